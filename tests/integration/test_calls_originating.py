"""Click-to-call: one's own phone rings, then the number. Whoever may not, or whatever costs, is refused."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from calls.actions import originating, reconciling
from calls.gateways import ari
from calls.models import AgentPhone, Call, PhoneSystem
from calls.queries.outgoing import NotDialled, number_to_dial
from calls.rules.link_wording import TABLE
from tests.factories.asterisk_links import Ari, ari_on_loopback
from tests.factories.cast import (
    make_agreement,
    make_contact,
    make_customer,
    make_level,
    make_team,
    make_ticket,
)
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, open_always
from tickets.access import Denied

pytestmark = pytest.mark.django_db
Link = tuple[Ari, PhoneSystem]
CUSTOMER = "+49891234567"


@pytest.fixture
def link() -> Iterator[Link]:
    open_always()
    with ari_on_loopback() as given:
        yield given


def originate(phone: AgentPhone, number: str = "089 1234567", **fields: Any) -> Call:
    return originating.originate(**{"phone": phone, "number": number, "by": phone.user, **fields})


def refused(phone: AgentPhone, number: str = CUSTOMER, **fields: Any) -> str:
    with pytest.raises(originating.CannotCall) as why:
        originate(phone, number, **fields)
    return why.value.why


def told(call: Call) -> Line:
    """What the telephone system tells of it, in our channel's name."""
    return Line(call.system, call.to_number, caller=PUBLIC, id=call.external_id, agent=call.phone.dial_target)  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
def test_ones_own_phone_rings_and_the_call_is_there_before_it_does(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    _there, system = link
    phone = make_phone(system, presence="paused")
    asked: list[dict[str, Any]] = []

    def asks(_system: PhoneSystem, **fields: Any) -> None:
        assert not connection.in_atomic_block
        assert AgentPhone.objects.get(pk=phone.pk).claimed_call == Call.objects.get()
        asked.append(fields)

    monkeypatch.setattr(ari, "originate", asks)
    call = originate(phone)
    assert asked[0]["endpoint"] == f"PJSIP/{phone.dial_target}"
    assert (asked[0]["context"], asked[0]["extension"]) == ("vorrang-originate", CUSTOMER)
    assert asked[0]["variables"] == {"AGENT": phone.dial_target, "SHOWN": PUBLIC}
    assert asked[0]["channel_id"] == call.external_id


def test_what_is_told_of_it_finds_the_call_and_frees_the_phone_at_its_end(link: Link) -> None:
    there, system = link
    customer = make_customer("Aigner")
    contact = make_contact(customer)
    contact.phones.create(number=CUSTOMER)
    team = make_team(is_default=True)
    ticket, phone = make_ticket(customer), make_phone(system, team)
    call = originate(phone, ticket=ticket)
    assert there.channels == [call.external_id]
    assert (call.direction, call.state, call.to_number, call.from_number) == (
        "out",
        "ringing",
        CUSTOMER,
        PUBLIC,
    )
    assert (call.customer, call.contact, call.ticket) == (customer, contact, ticket)
    entry = AuditEntry.objects.get(verb="call.originated")
    assert entry.actor_id == phone.user_id
    line = told(call)
    line.start = call.arrived_at
    line.tells("answered", after=10)
    line.tells("hangup", after=70, talk_seconds=60, cause="16")
    call.refresh_from_db()
    phone.refresh_from_db()
    assert Call.objects.count() == 1
    assert (call.outcome, call.talked_seconds, phone.claimed_call) == ("answered", 60, None)


def test_nobody_else_rings_the_phone_and_it_takes_one_call_at_a_time(link: Link) -> None:
    _there, system = link
    phone, rung = make_phone(system), make_phone(system)
    originate(phone)
    assert Line(system, PUBLIC).rings()["agent"] == rung.dial_target
    assert Line(system, PUBLIC).rings()["action"] == "wait"
    assert refused(phone) == "phone_taken"
    assert refused(rung) == "phone_taken"


def test_an_own_phone_that_nobody_answers_is_free_within_a_minute(link: Link) -> None:
    there, system = link
    phone = make_phone(system)
    call = originate(phone)
    there.channels.clear()
    assert reconciling.reconcile(at=timezone.now() + timedelta(seconds=45)) == 1
    call.refresh_from_db()
    phone.refresh_from_db()
    assert (call.state, call.cause, phone.claimed_call) == ("ended", "19", None)


@pytest.mark.parametrize("answer", [lambda to: to.answer(500, b""), lambda to: to.over.wait(20)])
def test_what_the_telephone_system_does_not_begin_leaves_nothing_taken(
    link: Link, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    there, system = link
    monkeypatch.setattr(ari, "SECONDS", 0.3)
    there.instead = answer
    phone = make_phone(system)
    assert refused(phone) == "pbx_failed"
    call = Call.objects.get()
    assert (call.state, call.outcome, call.cause) == ("ended", "lost", "not_begun")
    assert [(method, path) for method, path, _body in there.asked] == [
        ("POST", "/ari/channels"),
        ("DELETE", f"/ari/channels/{call.external_id}"),
    ]
    there.instead = None
    originate(phone)


def test_a_phone_begins_calls_for_its_agent_only_and_only_where_it_can(link: Link) -> None:
    there, system = link
    phone, other = make_phone(system), make_phone(system)
    assert refused(phone, by=other.user) == "not_yours"
    for field, value in (("role", "contact"), ("is_active", False)):
        before = getattr(phone.user, field)
        setattr(phone.user, field, value)
        assert refused(phone) == "not_yours"
        setattr(phone.user, field, before)
    assert refused(make_phone(system, dial_target="+491701234567")) == "phone_elsewhere"
    dead = make_phone(system, device="unreachable")
    assert refused(dead) == "phone_unreachable"
    assert not originating.can_originate(dead)
    assert originating.can_originate(other)
    for fields in ({"kind": "twiml"}, {"ari_url": ""}, {"is_active": False}):
        with ari_on_loopback(**fields) as (asked, elsewhere):
            assert refused(make_phone(elsewhere)) == "no_link"
            assert asked.asked == []
    assert there.asked == []


def test_a_ticket_of_another_team_is_not_called_for(link: Link) -> None:
    _there, system = link
    make_team(is_default=True)
    phone = make_phone(system, make_team())
    with pytest.raises(Denied):
        originate(phone, ticket=make_ticket(make_customer("Brandl")))
    assert not Call.objects.exists()


def test_six_calls_in_a_minute_are_enough(link: Link) -> None:
    _there, system = link
    phone = make_phone(system)
    now = timezone.now()
    for _ in range(6):
        call = originate(phone, at=now)
        told(call).tells("hangup", cause="19")
    assert refused(phone, at=now) == "too_many"
    originate(phone, at=now + timedelta(seconds=61))


def test_our_own_numbers_are_not_dialled(link: Link) -> None:
    _there, system = link
    make_number(system, "+4930555001", make_agreement(make_customer("Aigner"), make_level("Gold")))
    assert refused(make_phone(system), "030 555001") == "own_number"
    assert refused(make_phone(system), PUBLIC) == "own_number"


NUMBERS = {
    "089 1234567": CUSTOMER,
    "+49 (0)89 1234567": CUSTOMER,
    "0049891234567": CUSTOMER,
    "tel:+49-89-1234567": CUSTOMER,
    "1234567": "+49301234567",
    "+43 1 5123456": "+4315123456",
    "110": "emergency",
    "112": "emergency",
    "+49112": "emergency",
    "201": "extension",
    "911": "extension",
    "0900 5123456": "premium",
    "+49 900 1 123456": "premium",
    "+44 909 8790000": "premium",
    "116117": "bad_number",
    "+49": "bad_number",
    "anonymous": "bad_number",
    "": "bad_number",
    "+12": "bad_number",
    "+1 555": "bad_number",
    "089 1234567&PJSIP/agent2": "bad_number",
    "0891234567\r\nAction: x": "bad_number",
}


@pytest.mark.parametrize(("written", "means"), NUMBERS.items())
def test_only_numbers_that_somebody_has_are_dialled(written: str, means: str) -> None:
    try:
        found = number_to_dial(written, region="DE", area_code="30")
    except NotDialled as why:
        found = why.why
        assert TABLE[f"outgoing.{found}"].keys() == {"de", "en"}
    assert found == means
