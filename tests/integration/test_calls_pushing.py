"""The telephone system's own list of contract numbers: what is in force is there, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from calls.actions import pushing
from calls.gateways import ami
from calls.models import PhoneSystem, ServiceNumber
from calls.queries.callers import number_in
from contracts.models import Agreement
from tests.factories.asterisk_links import Ami, ami_on_loopback
from tests.factories.cast import make_agreement, make_customer, make_level
from tests.factories.phones import make_number

pytestmark = pytest.mark.django_db
NUMBER = {"/contract/4930555001": "1", "/contract/004930555001": "1"}
Link = tuple[Ami, PhoneSystem]
"""A database in whose family "contract" the dialplan looks numbers up, and its telephone system."""


@pytest.fixture
def link() -> Iterator[Link]:
    with ami_on_loopback(region="AT") as given:  # where German numbers are foreign ones
        yield given


@pytest.fixture
def agreement() -> Agreement:
    return make_agreement(make_customer("Aigner"), make_level("Gold"), reference="G-1")


def actions(there: Ami) -> list[str]:
    """What was asked, without coming and going."""
    return [asked["Action"] for asked in there.said if asked["Action"] not in {"Login", "Logoff"}]


def test_numbers_in_force_are_put_and_all_others_deleted(link: Link, agreement: Agreement) -> None:
    there, system = link
    there.database = {
        "/contract/4930555009": "1",
        "/contract/4930555001": "0",
        "/registrar/contact/x": "mine",
    }
    make_number(system, "+4930555001", agreement)
    ending = make_number(system, "+4930555002", agreement)
    make_number(system, "+4930555003")
    assert pushing.push() == 1
    assert there.database == {
        **NUMBER,
        "/contract/4930555002": "1",
        "/contract/004930555002": "1",
        "/registrar/contact/x": "mine",
    }
    there.said[:] = [asked for asked in there.said if asked["Action"] == "Logoff"]
    assert pushing.push() == 0
    assert {asked["Action"] for asked in there.said} <= {"Logoff"}
    ServiceNumber.objects.filter(pk=ending.pk).update(quarantine_until=timezone.now().date())
    assert pushing.push() == 1
    assert there.database.keys() == NUMBER.keys() | {"/registrar/contact/x"}
    assert actions(there) == ["DBGetTree", "DBDel", "DBDel"]


def test_a_number_is_there_as_each_trunk_may_name_it(link: Link, agreement: Agreement) -> None:
    there, system = link
    PhoneSystem.objects.filter(pk=system.pk).update(region="DE", area_code="30")
    make_number(system, "+4930555001", agreement)
    pushing.push()
    keys = {key.removeprefix("/contract/") for key in there.database}
    assert keys == {"4930555001", "004930555001", "030555001", "555001"}
    assert all(number_in(key, PhoneSystem.objects.get()) == "+4930555001" for key in keys)


def test_a_list_that_somebody_emptied_is_back_within_the_hour(link: Link, agreement: Agreement) -> None:
    there, system = link
    make_number(system, "+4930555001", agreement)
    pushing.push()
    there.database.clear()
    assert pushing.push(at=timezone.now() + timedelta(minutes=59)) == 0
    assert pushing.push(at=timezone.now() + timedelta(minutes=61)) == 1
    assert there.database == NUMBER


def test_another_address_is_sent_the_numbers_at_once(link: Link, agreement: Agreement) -> None:
    _there, system = link
    make_number(system, "+4930555001", agreement)
    pushing.push()
    with ami_on_loopback() as (moved, other):
        PhoneSystem.objects.filter(pk=system.pk).update(ami_port=other.ami_port)
        PhoneSystem.objects.filter(pk=other.pk).update(is_active=False)
        assert pushing.push() == 1
        assert moved.database == NUMBER


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"password": "another"}, "refused"),
        ({"banner": b"SSH-2.0-OpenSSH_9.6\r\n"}, "garbage"),
        ({"banner": b"x" * 100_000}, "garbage"),
        ({"is_mute": True}, "timeout"),
        ({"instead": b"Event: Noise\r\n\r\n" * 40_000}, "garbage"),
        ({"instead": b"Response: Success\r\nActionID: vorrang-1\r\n\r\n"}, "timeout"),
    ],
)
def test_a_failure_is_kept_for_admins_and_tried_again(
    link: Link, agreement: Agreement, monkeypatch: pytest.MonkeyPatch, fields: dict[str, object], why: str
) -> None:
    there, system = link
    make_number(system, "+4930555001", agreement)
    monkeypatch.setattr(ami, "SECONDS", 0.4)
    monkeypatch.setattr(ami, "MOST_LINES", 1_000)
    before = {name: getattr(there, name) for name in fields}
    for name, value in fields.items():
        setattr(there, name, value)
    assert pushing.push() == 0
    system.refresh_from_db()
    assert (system.numbers_error, system.numbers_pushed_at) == (why, None)
    for name, value in before.items():
        setattr(there, name, value)
    assert pushing.push() == 1
    system.refresh_from_db()
    assert (system.numbers_error, system.numbers_pushed_at is None) == ("", False)


@pytest.mark.parametrize("field", ["ami_user", "ami_password"])
def test_no_value_becomes_a_line_of_its_own(link: Link, field: str) -> None:
    there, system = link
    setattr(system, field, "x\r\nAction: Command")
    system.save()
    assert pushing.push() == 0
    system.refresh_from_db()
    assert system.numbers_error == "not_one_line"
    assert there.said == []


def test_only_an_active_asterisk_with_a_manager_is_sent_numbers() -> None:
    for fields in ({"ami_host": ""}, {"ami_user": ""}, {"is_active": False}, {"kind": "sipgate"}):
        with ami_on_loopback(**fields) as (there, _system):
            assert pushing.push() == 0
            assert there.said == []
