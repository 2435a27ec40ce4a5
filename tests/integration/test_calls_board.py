"""The leads' live board: who is at the phone, who waits and talks, what is wrong, and who hears of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from calls.actions import leading
from calls.models import AgentPhone, Call, PhoneSystem
from calls.queries.board import board
from contracts.models import Agreement
from lib.phones import readable
from tests.factories.cast import make_agreement, make_customer, make_level, make_user
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, make_system, open_always, set_policy
from tickets.access import Denied
from tickets.gateways import events

GOLD = "+4930555001"


@pytest.fixture
def system(db: None) -> PhoneSystem:
    open_always()
    return make_system()


@pytest.fixture
def agreement(system: PhoneSystem) -> Agreement:
    found = make_agreement(make_customer("Aigner Metallbau"), make_level("Gold"))
    make_number(system, GOLD, found)
    return found


def page(role: str = User.Role.LEAD) -> str:
    client = Client()
    client.force_login(make_user("reader", role))
    answer = client.get("/desk/calls/board/", headers={"Accept-Language": "en"})
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def states(at: datetime) -> dict[str, str]:
    return {line.name: str(line.now.state) for line in board(at, "en").phones}


@pytest.mark.usefixtures("agreement")
def test_the_board_says_of_every_agent_what_the_phone_does(system: PhoneSystem) -> None:
    set_policy(contract_hold=10, wrap_up=30)
    now = timezone.now()
    talker, ringer, paused, off, off_duty, lost, writer, held, free = (make_phone(system) for _ in range(9))
    for phone, changed in (
        (paused, {"presence": "paused", "presence_reason": "no_answer"}),
        (off, {"presence": "off"}),
        (lost, {"device": "unreachable"}),
        (writer, {"freed_at": now, "wrap_up_until": now + timedelta(seconds=30)}),
        (held, {"freed_at": now - timedelta(seconds=3)}),
    ):
        AgentPhone.objects.filter(pk=phone.pk).update(**changed)
    User.objects.filter(pk=off_duty.user_id).update(is_on_duty=False)
    AgentPhone.objects.filter(pk=ringer.pk).update(freed_at=now - timedelta(minutes=9))
    AgentPhone.objects.filter(pk=free.pk).update(freed_at=now - timedelta(minutes=5))
    talk = Line(system, GOLD, start=now - timedelta(seconds=125))  # the talker had no call yet, so is first
    talk.rings()
    talk.tells("answered", after=5)
    Line(system, GOLD, start=now - timedelta(seconds=2)).rings()

    found = states(now)
    assert [found[phone.user.display_name] for phone in (talker, ringer)] == ["talks", "rings"]
    others = [(paused, "paused"), (off, "off"), (off_duty, "off_duty"), (lost, "unreachable")]
    others += [(writer, "notes"), (held, "held"), (free, "free")]
    assert {phone.user.display_name: state for phone, state in others}.items() <= found.items()
    shown = board(now, "en")
    assert (shown.free, shown.talking) == (2, 1), "held for contract calls is free for those"
    html = page()
    assert "Aigner Metallbau" in html, "a service number tells whose call it is, whoever calls"
    assert "did not answer" in html
    assert talker.user.display_name in html


def test_the_public_queue_stands_in_its_order_and_vanished_callers_keep_no_place(system: PhoneSystem) -> None:
    now = timezone.now()
    late = Line(system, PUBLIC, caller="+4930700002", start=now - timedelta(seconds=30))
    early = Line(system, PUBLIC, caller="+4930700001", start=now - timedelta(seconds=50))
    gone = Line(system, PUBLIC, caller="+4930700000", start=now - timedelta(seconds=400))
    for line in (gone, early, late):
        assert line.rings()["action"] == "wait"
    found = board(now, "en")
    assert [(line.place, line.call) for line in found.queue] == [(1, early.call), (2, late.call)]
    assert found.first_in_line is not None
    assert found.first_in_line.call == early.call
    html = page()
    assert html.index(readable("+4930700001")) < html.index(readable("+4930700002"))


def test_of_a_long_queue_the_first_are_named_and_all_are_counted(
    system: PhoneSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calls.queries.board.MOST_WAITING", 2)
    monkeypatch.setattr("calls.queries.board.MOST_TALKS", 1)
    make_number(system, GOLD, make_agreement(make_customer("Aigner"), make_level("Gold")))
    now = timezone.now()
    waiting = [Line(system, PUBLIC, start=now - timedelta(seconds=50 - each)) for each in range(5)]
    for line in waiting:
        line.rings()
    talks = [Line(system, GOLD, start=now) for _each in range(3)]
    phones = [make_phone(system) for _each in talks]
    for line in talks:
        assert line.rings()["action"] == "connect"
    found = board(now, "en")
    assert [line.call for line in found.queue] == [line.call for line in waiting[:2]]
    assert (found.queue_count, found.unnamed_waiting) == (5, 3)
    assert (len(found.talks), found.talk_count, found.unnamed_talks) == (1, 3, 2)
    assert {line.call.call for line in found.phones if line.call} == {line.call for line in talks}
    assert len(found.phones) == len(phones)
    html = page()
    assert "and 3 more behind them" in html
    assert "and 2 more in the decisions" in html


def test_what_is_wrong_stands_on_top(system: PhoneSystem) -> None:
    make_phone(system)
    assert "never" in page()
    now = timezone.now()
    fine = {"seen_at": now, "refused_at": None, "reconcile_error": "", "reconciled_at": now}
    asked = {"ari_url": "http://pbx", "ari_user": "vorrang"}
    cases: tuple[tuple[dict[str, Any], int], ...] = (
        ({}, 0),
        ({"seen_at": now - timedelta(hours=25)}, 1),
        ({"refused_at": now - timedelta(hours=1)}, 1),
        ({"refused_at": now - timedelta(hours=25)}, 0),
        ({**asked, "reconcile_error": "refused"}, 1),
        ({**asked, "reconciled_at": now - timedelta(minutes=11)}, 1),
        (asked, 0),
        ({"is_active": False, "seen_at": None}, 0),
    )
    for changed, expected in cases:
        PhoneSystem.objects.filter(pk=system.pk).update(**{"ari_url": "", "ari_user": "", **fine, **changed})
        assert len(board(now, "en").warnings) == expected, changed


@pytest.mark.usefixtures("agreement")
def test_calls_that_the_telephone_system_decided_alone_are_listed_for_a_day(system: PhoneSystem) -> None:
    now = timezone.now()
    today = Line(system, GOLD, start=now - timedelta(hours=23))
    today.tells("hangup")
    before = Line(system, GOLD, start=now - timedelta(hours=25))
    before.tells("hangup")
    asked = Line(system, GOLD, start=now - timedelta(hours=1))
    asked.rings()
    found = board(now, "en")
    assert [line.call for line in found.alone] == [today.call]
    assert found.alone_count == 1


@pytest.mark.usefixtures("system")
def test_the_board_is_for_leads_and_admins() -> None:
    for role, expected in ((User.Role.AGENT, "404"), (User.Role.CONTACT, "404"), (User.Role.LEAD, "")):
        User.objects.filter(username="reader").delete()
        html = page(role)
        assert html == expected if expected else "phone-board" in html


def test_without_a_telephone_system_it_says_what_is_missing(db: None) -> None:
    assert "No telephone system is connected" in page()


@pytest.mark.django_db(transaction=True)
def test_leads_hear_of_all_calls_and_agents_of_their_own_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[set[str]] = []
    monkeypatch.setattr(events, "publish", lambda _client, topics: heard.append(set(topics)))
    open_always()
    system = make_system()
    phone = make_phone(system)
    waits = Line(system, PUBLIC)
    waits.rings()
    assert heard == [{"calls", f"phone:{phone.user_id}"}], "it rings"
    heard.clear()
    second = Line(system, PUBLIC)
    second.rings()
    assert heard == [{"calls"}], "it waits at nobody's phone"
    second.asks(after=3)
    assert heard == [{"calls"}], "to go on waiting is no news"
    waits.tells("hangup", after=9)
    assert heard[1:] == [{"calls", f"phone:{phone.user_id}"}], "once for each transaction"
    assert Call.objects.filter(state="ended").count() == 1


def test_leads_pause_a_phone_and_let_it_ring_again(system: PhoneSystem) -> None:
    phone = make_phone(system)
    lead, agent = Client(), Client()
    lead.force_login(make_user("lead", User.Role.LEAD))
    agent.force_login(phone.user)
    address = f"/desk/calls/board/phones/{phone.pk}/"
    assert agent.post(address, {"presence": "paused"}).status_code == 404
    for presence, reason in (("paused", "by_lead"), ("on", "")):
        assert lead.post(address, {"presence": presence}).status_code == 302
        phone.refresh_from_db()
        assert (phone.presence, phone.presence_reason) == (presence, reason)
    for wrong in ("off", "asleep", ""):
        assert lead.post(address, {"presence": wrong}).status_code == 404
    assert lead.post("/desk/calls/board/phones/999999/", {"presence": "on"}).status_code == 404
    with pytest.raises(Denied):
        leading.set_presence(phone_id=phone.pk, presence="paused", by=phone.user)
    phone.refresh_from_db()
    assert phone.presence == "on"
    assert AuditEntry.objects.filter(verb="agent_phone.set").count() == 2
