"""Agents say themselves whether they may be rung; whoever has no phone sees nothing of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from calls.actions import presence
from calls.models import AgentPhone, Call, PhoneSystem
from tests.factories.cast import make_agreement, make_customer, make_level
from tests.factories.phones import Line, make_number, make_phone, make_system, open_always

pytestmark = pytest.mark.django_db

GOLD = "+4930555001"
PRESENCE = "/desk/calls/presence/"


@pytest.fixture
def system() -> PhoneSystem:
    open_always()
    found = make_system()
    make_number(found, GOLD, make_agreement(make_customer("Aigner"), make_level("Gold")))
    return found


@pytest.fixture
def phone(system: PhoneSystem) -> AgentPhone:
    return make_phone(system)


@pytest.fixture
def desk(client: Client, phone: AgentPhone) -> Client:
    client.force_login(phone.user)
    return client


def the(phone: AgentPhone) -> AgentPhone:
    return AgentPhone.objects.get(pk=phone.pk)


def rings(system: PhoneSystem) -> dict[str, object]:
    return Line(system, GOLD).rings()


def shown(desk: Client) -> str:
    return desk.get("/desk/calls/phone/", headers={"Accept-Language": "en"}).content.decode()


def say(desk: Client, **fields: str) -> int:
    return desk.post(PRESENCE, fields, headers={"Accept-Language": "en"}).status_code


def test_who_pauses_is_not_rung_and_who_is_free_again_is(
    desk: Client, system: PhoneSystem, phone: AgentPhone
) -> None:
    assert say(desk, presence="paused:break") == 302
    assert (the(phone).presence, the(phone).presence_reason) == ("paused", "break")
    assert "paused (break)" in shown(desk)
    assert rings(system)["action"] == "busy"

    assert say(desk, presence="free") == 302
    assert the(phone).presence == "on"
    assert rings(system)["agent"] == phone.dial_target


def test_a_reason_of_ones_own_is_kept_and_leaving_the_phone_drops_it(desk: Client, phone: AgentPhone) -> None:
    say(desk, presence="paused", reason="Beim Kunden")
    assert the(phone).presence_reason == "Beim Kunden"
    assert "paused (Beim Kunden)" in shown(desk)
    say(desk, presence="off")
    assert (the(phone).presence, the(phone).presence_reason) == ("off", "")
    assert "not at the phone" in shown(desk)


def test_i_am_free_ends_the_time_for_notes(desk: Client, system: PhoneSystem, phone: AgentPhone) -> None:
    line = Line(system, GOLD)
    line.rings()
    line.tells("answered", seq=1)
    line.tells("hangup", seq=2)
    assert the(phone).wrap_up_until is not None
    assert "notes until" in shown(desk)
    say(desk, presence="free")
    assert the(phone).wrap_up_until is None
    assert ">free<" in shown(desk).replace("\n", "")


def test_a_lost_hangup_is_put_right_by_the_agent_after_a_question(
    desk: Client, system: PhoneSystem, phone: AgentPhone
) -> None:
    line = Line(system, GOLD)
    line.rings()
    line.tells("answered", seq=1)
    asked = desk.post(PRESENCE, {"presence": "free"}, headers={"Accept-Language": "en"})
    assert asked.status_code == 200
    assert "Is the call with" in asked.content.decode()
    assert line.call.state == Call.State.CONNECTED

    say(desk, presence="free", is_confirmed="1")
    assert (line.call.state, line.call.outcome, line.call.cause) == ("ended", "answered", "said_free")
    assert (the(phone).claimed_call, the(phone).wrap_up_until) == (None, None)
    assert AuditEntry.objects.filter(verb="call.said_over").count() == 1
    assert rings(system)["agent"] == phone.dial_target


def test_a_call_that_rings_is_not_ended_by_being_free(
    desk: Client, system: PhoneSystem, phone: AgentPhone
) -> None:
    line = Line(system, GOLD)
    line.rings()
    say(desk, presence="free", is_confirmed="1")
    assert line.call.state == Call.State.RINGING
    assert the(phone).claimed_call == line.call


def test_a_claim_that_ran_out_is_let_go(phone: AgentPhone, system: PhoneSystem) -> None:
    line = Line(system, GOLD)
    line.rings()
    presence.say_free(by=phone.user, at=timezone.now() + timedelta(minutes=5))
    assert the(phone).claimed_call is None


def test_nobody_speaks_for_anothers_phone_and_without_one_there_is_none(
    client: Client, system: PhoneSystem, phone: AgentPhone
) -> None:
    other = make_phone(system)
    client.force_login(other.user)
    say(client, presence="off")
    assert (the(phone).presence, the(other).presence) == ("on", "off")

    AgentPhone.objects.filter(pk=other.pk).delete()
    assert say(client, presence="off") == 404
    assert client.get("/desk/calls/phone/").status_code == 404
    page = client.get("/desk/").content.decode()
    assert "own-phone" not in page
    assert "call-pop" not in page


def test_presence_floods_no_audit_trail(desk: Client, phone: AgentPhone) -> None:
    before = AuditEntry.objects.count()
    for chosen in ("paused:meeting", "free", "off", "free"):
        say(desk, presence=chosen)
    assert AuditEntry.objects.count() == before
    assert the(phone).presence == "on"


def test_what_is_no_presence_is_refused(desk: Client, phone: AgentPhone) -> None:
    assert say(desk, presence="asleep") == 422
    assert the(phone).presence == "on"
