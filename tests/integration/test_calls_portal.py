"""The number to call, as customers and strangers read it: theirs while in force, and never another's."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Company, User
from accounts.queries.company import memory
from calls.models import OnCall, PhoneSystem, ServiceNumber
from calls.queries.service_numbers import phone_way
from contracts.models import Agreement, Suspension
from customers.models import Contact
from lib.phones import readable
from tests.factories.cast import Cast, make_agreement, make_cast
from tests.factories.phones import PUBLIC, make_number, make_system, open_always, set_policy

pytestmark = pytest.mark.django_db

GOLD, BRONZE, RESTING, FREE = "+4930555001", "+4930555002", "+4930555003", "+4930555004"
PAGES = ("/portal/", "/portal/contract/", "/service/", "/portal/new/")


@pytest.fixture
def cast() -> Cast:
    open_always()
    return make_cast()


@pytest.fixture
def system(cast: Cast) -> PhoneSystem:
    system, today = make_system(), timezone.localdate()
    make_number(system, GOLD, Agreement.objects.get(customer=cast.gold_customer))
    make_number(system, BRONZE, Agreement.objects.get(customer=cast.bronze_customer))
    make_number(
        system, RESTING, quarantine_until=today + timedelta(days=30), former_customer=cast.gold_customer
    )
    make_number(system, FREE)
    return system


def shown(who: Contact | None, address: str) -> str:
    client = Client(headers={"Accept-Language": "en"})
    if who is not None:
        assert who.user is not None
        User.objects.filter(pk=who.user.pk).update(language="en")
        client.force_login(who.user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("system")
def test_a_customer_reads_the_own_number_to_dial_and_what_to_expect(cast: Cast) -> None:
    html = shown(cast.owner, "/portal/contract/")
    assert f'href="tel:{GOLD}"' in html
    assert readable(GOLD) in html
    assert "Your service number" in html
    assert "No waiting queue: you are put through to somebody who is free." in html
    assert "we call you back" in html
    assert "Somebody is there now" in html
    assert "you may leave a voicemail" in html
    assert f'href="tel:{GOLD}"' in shown(cast.owner, "/portal/"), "where tickets are looked for"
    set_policy(callback_tickets=False)
    OnCall.objects.create(level=cast.gold, dial_target="+49170000000")
    html = shown(cast.owner, "/portal/contract/")
    assert "we call you back" not in html
    assert "the phone on call answers" in html
    assert "170000000" not in html


@pytest.mark.usefixtures("system")
def test_numbers_of_others_and_those_that_rest_are_nowhere(cast: Cast) -> None:
    theirs = {cast.owner: GOLD, cast.colleague: GOLD, cast.stranger: BRONZE, None: ""}
    for who, own in theirs.items():
        for address in PAGES if who else ("/", "/service/"):
            html = shown(who, address)
            for number in {GOLD, BRONZE, RESTING, FREE} - {own}:
                assert number not in html, (who, address)
                assert readable(number) not in html, (who, address)


def _ended(agreement: Agreement) -> None:
    Agreement.objects.filter(pk=agreement.pk).update(ends_on=date(2024, 12, 31))


def _suspended(agreement: Agreement) -> None:
    Suspension.objects.create(agreement=agreement, starts_on=date(2024, 1, 1))


def _coming(agreement: Agreement) -> None:
    Agreement.objects.filter(pk=agreement.pk).update(starts_on=timezone.localdate() + timedelta(days=9))


def _resting(agreement: Agreement) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    ServiceNumber.objects.filter(agreement=agreement).update(valid_from=tomorrow)


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (_ended, "Your service agreement has ended."),
        (_suspended, "Your service agreement is suspended."),
        (_coming, "Your service agreement has not started yet."),
        (_resting, "Your service number is not in service at the moment."),
    ],
)
@pytest.mark.usefixtures("system")
def test_out_of_force_it_is_the_public_number_and_why(
    cast: Cast, happens: Callable[[Agreement], None], words: str
) -> None:
    happens(Agreement.objects.get(customer=cast.gold_customer))
    html = shown(cast.owner, "/portal/contract/")
    assert words in html
    assert f'href="tel:{PUBLIC}"' in html
    assert "wait in the order in which they come. After 3 minutes" in html
    assert GOLD not in html


@pytest.mark.usefixtures("system")
def test_a_renewal_keeps_the_number(cast: Cast) -> None:
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    yesterday = timezone.localdate() - timedelta(days=1)
    Agreement.objects.filter(pk=agreement.pk).update(ends_on=yesterday)
    make_agreement(cast.gold_customer, cast.gold, starts_on=timezone.localdate(), renewed_from=agreement)
    assert f'href="tel:{GOLD}"' in shown(cast.owner, "/portal/contract/")


@pytest.mark.usefixtures("system")
def test_strangers_read_the_public_number_that_is_in_service() -> None:
    Company.objects.update_or_create(pk=1, defaults={"public_phone": "+4989111222"})
    memory.forget()
    for address in ("/", "/service/"):
        assert f'href="tel:{PUBLIC}"' in shown(None, address)
        assert "+4989111222" not in shown(None, address)
    ServiceNumber.objects.filter(kind="public").update(valid_until=date(2024, 1, 1))
    for address in ("/", "/service/"):
        assert 'href="tel:+4989111222"' in shown(None, address), (
            "the firm's own, where no other is in service"
        )


def test_without_a_telephone_system_nothing_is_promised(cast: Cast) -> None:
    assert "by-phone" not in shown(cast.owner, "/portal/contract/")


def test_open_and_closed_follow_the_hours_of_the_level(system: PhoneSystem, cast: Cast) -> None:
    open_always("Mon-Fri 08:00-17:00")
    zone = timezone.get_current_timezone()
    for at, is_open, changes in (
        (datetime(2026, 11, 23, 10, tzinfo=zone), True, datetime(2026, 11, 23, 17, tzinfo=zone)),
        (datetime(2026, 11, 21, 10, tzinfo=zone), False, datetime(2026, 11, 23, 8, tzinfo=zone)),
    ):
        way = phone_way(cast.gold_customer.pk, at, "en")
        assert way is not None
        assert (way.now.is_open, way.now.changes_at) == (is_open, changes)
    open_always("24/7")
    way = phone_way(cast.gold_customer.pk, timezone.now(), "en")
    assert way is not None
    assert (way.now.is_open, way.now.changes_at) == (True, None)
