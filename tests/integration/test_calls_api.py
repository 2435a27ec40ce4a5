"""Calls, service numbers and one's own phone over the API: who reads what, and what each may change."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from calls.models import AgentPhone, Call, PhoneSystem
from contracts.models import Agreement
from tests.factories.calling import Caller, refused, rows
from tests.factories.cast import Cast, make_agreement, make_cast, make_customer, make_ticket
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, make_system, open_always

pytestmark = pytest.mark.django_db

GOLD = "+4930555001"


@pytest.fixture
def cast() -> Cast:
    open_always()
    return make_cast()


@pytest.fixture
def system(cast: Cast) -> PhoneSystem:
    system = make_system()
    make_number(system, GOLD, Agreement.objects.get(reference="G-1"))
    return system


@pytest.fixture
def phone(system: PhoneSystem, cast: Cast) -> AgentPhone:
    User.objects.filter(pk=cast.agent.pk).update(is_on_duty=True)
    return AgentPhone.objects.create(user=cast.agent, system=system, dial_target="anna", presence="on")


@pytest.fixture
def talked(system: PhoneSystem, phone: AgentPhone) -> Call:
    line = Line(system, GOLD, caller="+49 30 700001", start=timezone.now() - timedelta(minutes=5))
    line.rings()
    line.tells("answered", after=4)
    line.tells("hangup", after=64)
    return line.call


def test_a_call_is_read_with_what_was_decided(talked: Call, cast: Cast) -> None:
    call = Caller(cast.lead).get(f"calls/{talked.pk}/").json()
    steps = call.pop("steps")
    assert call == {
        "id": talked.pk,
        "direction": "in",
        "from_number": "+4930700001",
        "to_number": GOLD,
        "service_number": talked.number_id,
        "line": "contract",
        "line_why": "",
        "in_hours": True,
        "customer": None,
        "contact": None,
        "match": "none",
        "standing": {"band": None, "level": None, "in_force": None, "agreement": None},
        "state": "ended",
        "outcome": "answered",
        "cause": "",
        "via_fallback": False,
        "agent": cast.agent.pk,
        "ticket": None,
        "arrived_at": call["arrived_at"],
        "answered_at": call["answered_at"],
        "ended_at": call["ended_at"],
        "waited_seconds": 4,
        "talked_seconds": 60,
    }
    assert [(step["event"], step["rule"]) for step in steps] == [
        ("incoming", "contract_free"), ("answered", ""), ("hangup", ""),
    ]  # fmt: skip
    assert steps[0]["response"]["agent"] == "anna"
    assert steps[0]["rule_text"] == "Service number: put through to somebody who was free."
    own = Caller(cast.agent).get(f"calls/{talked.pk}/").json()
    assert (own["id"], own["steps"]) == (talked.pk, None), "why is for leads"
    assert rows(Caller(cast.lead).get("calls/"))[0]["steps"] is None


def test_leads_read_all_calls_agents_their_own_and_contacts_none(
    talked: Call, system: PhoneSystem, cast: Cast
) -> None:
    other = make_phone(system)
    for who, sees in ((cast.lead, True), (cast.agent, True), (other.user, False), (cast.owner, False)):
        assert [row["id"] for row in rows(Caller(who).get("calls/"))] == ([talked.pk] if sees else [])
        assert Caller(who).get(f"calls/{talked.pk}/").status_code == (200 if sees else 404)
        if not sees:
            assert Caller(who).patch(f"calls/{talked.pk}/", {"ticket": None}).status_code == 404
    assert Caller().get("calls/").status_code == 401


def test_calls_are_found_by_their_filters(talked: Call, system: PhoneSystem, cast: Cast) -> None:
    waits = Line(system, PUBLIC, caller="+4930700002")
    AgentPhone.objects.update(presence="off")
    waits.rings()
    caller = Caller(cast.lead)
    for asked, expected in (
        ({"number": "+49 30 700001"}, [talked]),
        ({"number": PUBLIC}, [waits.call]),
        ({"line": "public"}, [waits.call]),
        ({"outcome": "answered"}, [talked]),
        ({"state": "waiting"}, [waits.call]),
        ({"agent": cast.agent.pk}, [talked]),
        ({"service_number": talked.number_id}, [talked]),
        ({"via_fallback": True}, []),
        ({"until": talked.arrived_at.isoformat()}, []),
        ({"ordering": "arrived_at"}, [talked, waits.call]),
        ({}, [waits.call, talked]),
    ):
        assert [row["id"] for row in rows(caller.get("calls/", **asked))] == [one.pk for one in expected], (
            asked
        )
    refused(caller.get("calls/", text="x"), 400, "unknown_filter", field="text")


def test_whoever_talked_says_which_ticket_a_call_is_about(talked: Call, cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, team=cast.team)
    caller, address = Caller(cast.agent), f"calls/{talked.pk}/"
    assert caller.patch(address, {"ticket": ticket.number}).json()["ticket"] == ticket.number
    talked.refresh_from_db()
    assert talked.ticket == ticket
    refused(caller.patch(address, {"ticket": "2020-000001"}), 400, "does_not_exist", field="ticket")
    refused(caller.patch(address, {"outcome": "busy"}), 400, "unknown_field", field="outcome")
    assert caller.patch(address, {"ticket": None}).json()["ticket"] is None


def test_a_colleague_who_reads_the_ticket_does_not_take_the_call_off_it(
    talked: Call, system: PhoneSystem, cast: Cast
) -> None:
    ticket = make_ticket(cast.gold_customer, team=cast.team)
    Call.objects.update(ticket=ticket)
    colleague = make_phone(system, ticket.team).user
    assert Caller(colleague).get(f"calls/{talked.pk}/").status_code == 200
    assert Caller(colleague).patch(f"calls/{talked.pk}/", {"ticket": None}).status_code == 403
    talked.refresh_from_db()
    assert talked.ticket == ticket


def test_the_number_of_a_ticket_is_told_to_who_reads_the_ticket(talked: Call, cast: Cast) -> None:
    secret = make_ticket(cast.gold_customer, team=cast.other_team)
    Call.objects.update(ticket=secret)
    for who, told in ((cast.agent, None), (cast.lead, secret.number)):
        caller = Caller(who)
        assert [row["ticket"] for row in rows(caller.get("calls/"))] == [told]
        assert caller.get(f"calls/{talked.pk}/").json()["ticket"] == told
        assert len(rows(caller.get("calls/", ticket=secret.number))) == (1 if told else 0)
    read = make_ticket(cast.gold_customer, team=cast.team)
    caller = Caller(cast.agent)
    assert caller.patch(f"calls/{talked.pk}/", {"ticket": read.number}).json()["ticket"] == read.number
    assert [row["id"] for row in rows(caller.get("calls/", ticket=read.number))] == [talked.pk]


def test_numbers_are_for_leads_and_for_whose_they_are(system: PhoneSystem, cast: Cast) -> None:
    today = timezone.localdate()
    make_number(system, "+4930555009", quarantine_until=today + timedelta(days=9))
    make_number(system, "+4930555008")
    others = make_agreement(make_customer("Other"), Agreement.objects.get(reference="G-1").level)
    make_number(system, "+4930555007", others)

    def read(who: object) -> list[str]:
        return [row["number"] for row in rows(Caller(who).get("service-numbers/"))]  # type: ignore[arg-type]

    assert len(read(cast.lead)) == 5
    assert read(cast.agent) == []
    assert read(cast.owner) == [PUBLIC, GOLD], "no other's, none that rests, none that is free"
    pk = rows(Caller(cast.owner).get("service-numbers/", kind="contract"))[0]["id"]
    assert Caller(cast.owner).get(f"service-numbers/{pk}/").json()["state"] == "in_service"
    hidden = rows(Caller(cast.lead).get("service-numbers/", number="+4930555007"))[0]["id"]
    assert Caller(cast.owner).get(f"service-numbers/{hidden}/").status_code == 404
    Agreement.objects.filter(reference="G-1").update(ends_on=date(2024, 1, 1))
    assert read(cast.owner) == [PUBLIC], "once it has ended, the number is nobody's to read"


def test_presence_is_ones_own(phone: AgentPhone, cast: Cast) -> None:
    caller = Caller(cast.agent)
    assert caller.get("me/presence/").json()["presence"] == "on"
    answer = caller.patch("me/presence/", {"presence": "paused", "reason": "lunch"})
    assert (answer.status_code, answer.json()["reason"]) == (200, "lunch")
    phone.refresh_from_db()
    assert (phone.presence, phone.presence_reason) == ("paused", "lunch")
    refused(caller.patch("me/presence/", {"presence": "asleep"}), 400, field="presence")
    refused(caller.patch("me/presence/", {"device": "reachable"}), 400, "read_only", field="device")
    for nobody in (cast.lead, cast.owner):
        assert Caller(nobody).get("me/presence/").status_code == 404
        assert Caller(nobody).patch("me/presence/", {"presence": "on"}).status_code == 404
