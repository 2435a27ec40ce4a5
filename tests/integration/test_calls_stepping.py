"""What a telephone system is told for each call, on the real tables: by contract, queue, who is free."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.models.tokens import token_digest
from calls.actions import telling
from calls.models import AgentPhone, Call, CallChore, CallStep, OnCall, PhoneSystem, Voicemail
from calls.rules.deciding import decide
from calls.rules.remembering import from_kept
from contracts.actions import agreements
from contracts.models import Agreement, Suspension
from tests.factories.cast import make_agreement, make_contact, make_customer, make_level
from tests.factories.phones import (
    PUBLIC,
    Line,
    make_number,
    make_phone,
    make_system,
    open_always,
    set_policy,
)

pytestmark = pytest.mark.django_db

GOLD = "+4930555001"


@pytest.fixture
def system() -> PhoneSystem:
    open_always()
    return make_system()


@pytest.fixture
def agreement(system: PhoneSystem) -> Agreement:
    found = make_agreement(make_customer("Aigner"), make_level("Gold"), reference="G-1")
    make_number(system, GOLD, found)
    return found


def said(answer: dict[str, Any]) -> tuple[str, str]:
    return answer["action"], answer["rule"]


def the(phone: AgentPhone) -> AgentPhone:
    return AgentPhone.objects.get(pk=phone.pk)


# Service numbers


@pytest.mark.usefixtures("agreement")
def test_a_service_number_gets_the_free_agent_or_busy_at_once(system: PhoneSystem) -> None:
    phone = make_phone(system)
    first, second = Line(system, GOLD), Line(system, GOLD)
    answer = first.rings()
    assert said(answer) == ("connect", "contract_free")
    assert (answer["agent"], answer["ring_seconds"]) == (phone.dial_target, 20)
    assert (the(phone).claimed_call, first.call.state) == (first.call, "ringing")

    answer = second.rings()
    assert said(answer) == ("busy", "contract_busy")
    call = second.call
    assert (call.state, call.outcome, call.line) == ("ended", "busy", "contract")
    assert [chore.kind for chore in call.chores.all()] == ["callback"], "they are called back"

    first.tells("answered", after=4)
    assert first.call.waited_seconds == 4
    first.tells("hangup", after=64, cause="16")
    ended = first.call
    assert (ended.state, ended.outcome, ended.talked_seconds) == ("ended", "answered", 60)
    freed = the(phone)
    assert freed.claimed_call is None
    assert freed.freed_at == first.start + timedelta(seconds=64)
    assert freed.wrap_up_until == first.start + timedelta(seconds=94)
    assert said(Line(system, GOLD, start=first.start).rings(after=93))[0] == "busy", "it writes notes"
    assert said(Line(system, GOLD, start=first.start).rings(after=94))[0] == "connect"


@pytest.mark.usefixtures("agreement")
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"presence": "paused"}, "contract_nobody"),
        ({"presence": "off"}, "contract_nobody"),
        ({"is_on_duty": False}, "contract_nobody"),
        ({"is_active": False}, "contract_nobody"),
        ({"device": "unreachable"}, "contract_busy"),
        ({"wrap_up_until": timezone.now() + timedelta(hours=1)}, "contract_busy"),
    ],
)
def test_who_is_not_there_is_not_rung(system: PhoneSystem, change: dict[str, Any], rule: str) -> None:
    phone = make_phone(system)
    rows: Any = User.objects.filter(pk=phone.user_id)
    if not {"is_on_duty", "is_active"} & set(change):
        rows = AgentPhone.objects.filter(pk=phone.pk)
    rows.update(**change)
    assert said(Line(system, GOLD).rings()) == ("busy", rule)
    assert the(phone).claimed_call is None


@pytest.mark.usefixtures("agreement")
def test_who_lets_it_ring_is_paused_and_the_next_one_is_tried(system: PhoneSystem) -> None:
    phones = [make_phone(system), make_phone(system), make_phone(system)]
    line = Line(system, GOLD)
    reasons = {}
    assert line.rings()["agent"] == phones[0].dial_target
    for phone, result in zip(phones, ["NOANSWER", "BUSY", "CHANUNAVAIL"], strict=True):
        answer = line.asks("dial_result", result=result, after=25)
        paused = the(phone)
        reasons[result] = paused.presence_reason
        assert (paused.presence, paused.claimed_call) == ("paused", None)
    assert reasons == {"NOANSWER": "no_answer", "BUSY": "busy", "CHANUNAVAIL": "unreachable"}
    assert said(answer) == ("busy", "contract_nobody")
    assert line.call.tried == [phone.pk for phone in phones]
    assert line.call.outcome == "busy"


@pytest.mark.usefixtures("agreement")
def test_a_caller_who_gives_up_pauses_nobody_and_is_called_back(system: PhoneSystem) -> None:
    phone = make_phone(system)
    line = Line(system, GOLD)
    line.rings()
    line.tells("hangup", after=5)
    assert (the(phone).presence, the(phone).claimed_call, the(phone).wrap_up_until) == ("on", None, None)
    assert (line.call.outcome, line.call.waited_seconds) == ("abandoned", 5)
    assert CallChore.objects.get().kind == "callback"


def test_an_agreement_that_is_over_makes_its_number_a_public_one(
    system: PhoneSystem, agreement: Agreement
) -> None:
    make_phone(system)
    before = Line(system, GOLD)
    assert said(before.rings()) == ("connect", "contract_free")
    Suspension.objects.create(agreement=agreement, starts_on=date(2020, 1, 1))
    suspended = Line(system, GOLD)
    assert (said(suspended.rings()), suspended.call.line_why) == (
        ("wait", "public_waits"),
        "agreement_suspended",
    )
    Suspension.objects.all().delete()
    agreement.terminated_on = date(2021, 1, 1)
    agreements.save(agreement=agreement, by=None)
    ended = Line(system, GOLD)
    answer = ended.rings()
    assert (answer["action"], answer["reason"]) == ("wait", "agreement_ended")
    assert (ended.call.line, ended.call.number.number) == ("public", GOLD)  # type: ignore[union-attr]
    assert before.call.line == "contract", "what was settled stays"


def test_the_agreement_that_renews_another_keeps_its_number(system: PhoneSystem) -> None:
    customer, level = make_customer(), make_level()
    old = make_agreement(customer, level, ends_on=date(2021, 1, 1))
    make_number(system, "+4930555002", old)
    assert Line(system, "+4930555002").rings()["reason"] == "agreement_ended"
    new = make_agreement(customer, level, starts_on=date(2021, 1, 2))
    Agreement.objects.filter(pk=new.pk).update(renewed_from=old)
    make_phone(system)
    assert said(Line(system, "+4930555002").rings()) == ("connect", "contract_free")


@pytest.mark.usefixtures("agreement")
def test_numbers_that_rest_or_do_not_hold_are_public_and_unknown_ones_nobodys(system: PhoneSystem) -> None:
    make_phone(system)
    today = timezone.localdate()
    gold = make_agreement(make_customer(), make_level())
    make_number(system, "+4930555003", gold, quarantine_until=today + timedelta(days=9))
    make_number(system, "+4930555004", gold, valid_from=today + timedelta(days=9))
    make_number(system, "+4930555005")
    expected = {"3": "quarantined", "4": "number_not_valid", "5": "agreement_none"}
    assert {last: Line(system, f"+493055500{last}").rings()["reason"] for last in expected} == expected
    unknown = Line(system, "+4930999")
    assert said(unknown.rings()) == ("announce", "unknown_number")
    unknown.tells("hangup", after=9)
    assert unknown.call.outcome == "announced"
    other = make_system("other", secret_sha256=token_digest("x"))
    assert said(Line(other, GOLD).rings())[0] == "announce", "of another telephone system"


def test_outside_of_the_hours_it_rings_on_call_else_there_is_the_voicemail(
    system: PhoneSystem, agreement: Agreement
) -> None:
    open_always("Mon 00:00-00:01")
    make_phone(system)
    line = Line(system, GOLD, start=timezone.now().replace(hour=12))
    answer = line.rings()
    assert (said(answer), answer["announcement"]) == (("offer_voicemail", "closed"), "closed")
    assert said(line.asks("voicemail_offer", result="1", after=9)) == ("record", "key_pressed")
    recorded = line.asks("voicemail_recorded", result="OK", recording="vm-1", after=30)
    assert said(recorded) == ("hangup", "recorded")
    assert (line.call.outcome, Voicemail.objects.get().recording) == ("voicemail", "vm-1")
    assert [chore.kind for chore in line.call.chores.all()] == ["voicemail"]

    assert agreement.level is not None
    OnCall.objects.create(level=agreement.level, dial_target="mobile", ring_seconds=40)
    line = Line(system, GOLD, start=timezone.now().replace(hour=12))
    answer = line.rings()
    assert (said(answer), answer["agent"], answer["ring_seconds"]) == (("connect", "on_call"), "mobile", 40)
    assert said(line.asks("dial_result", result="NOANSWER", after=50))[0] == "offer_voicemail"


# The public number


def test_the_public_number_waits_in_order_and_only_its_head_gets_an_agent(system: PhoneSystem) -> None:
    phone = make_phone(system, presence="paused")
    lines = [Line(system, PUBLIC, start=timezone.now() + timedelta(seconds=n)) for n in range(3)]
    start = lines[0].start
    answers = [line.rings() for line in lines]
    assert [(a["action"], a["position"], a["wait_seconds"]) for a in answers] == [
        ("wait", 1, 3),
        ("wait", 2, 3),
        ("wait", 3, 3),
    ]
    AgentPhone.objects.update(presence="on")
    late = Line(system, PUBLIC, start=start)
    for line in (lines[2], lines[1]):
        line.start = start
        assert said(line.asks(after=5)) == ("wait", "public_behind")
    assert said(late.rings(after=5)) == ("wait", "public_behind")
    assert said(lines[0].asks(after=6)) == ("connect", "public_head")
    assert said(lines[1].asks(after=7)) == ("wait", "public_waits")
    assert lines[1].call.state == "waiting"

    answer = lines[0].asks("dial_result", result="NOANSWER", after=30)
    assert (said(answer), answer["position"]) == (("wait", "public_waits"), 1), "back to the old place"
    assert the(phone).presence_reason == "no_answer"
    lines[0].tells("hangup", after=31)
    assert (lines[0].call.outcome, lines[0].call.chores.count()) == ("abandoned", 0)
    assert lines[1].asks(after=32)["position"] == 1


@pytest.mark.usefixtures("agreement")
def test_a_freed_agent_is_held_for_contract_calls(system: PhoneSystem) -> None:
    set_policy(contract_hold=10, wrap_up=0)
    phone = make_phone(system)
    first, waiting = Line(system, GOLD), Line(system, PUBLIC)
    start = waiting.start = first.start
    first.rings()
    waiting.rings(after=1)
    first.tells("answered", after=2)
    first.tells("hangup", after=20)
    assert said(waiting.asks(after=25)) == ("wait", "public_waits")
    contract = Line(system, GOLD, start=start)
    assert said(contract.rings(after=29)) == ("connect", "contract_free"), "and so it overtakes"
    contract.tells("hangup", after=30)
    assert said(waiting.asks(after=39))[0] == "wait"
    assert waiting.asks(after=40)["agent"] == phone.dial_target


def test_after_a_while_the_voicemail_is_offered_and_without_a_key_the_place_is_kept(
    system: PhoneSystem,
) -> None:
    first, second = Line(system, PUBLIC), Line(system, PUBLIC)
    second.start = first.start
    first.rings()
    second.rings(after=1)
    for moment in range(3, 180, 3):
        assert first.asks(after=moment)["action"] == "wait"
        second.asks(after=moment)
    assert said(first.asks(after=180)) == ("offer_voicemail", "offer_due")
    assert second.asks(after=180)["position"] == 2, "whoever listens to the offer keeps the place"
    assert (first.asks("voicemail_offer", after=188)["position"], first.call.state) == (1, "waiting")
    assert said(first.asks(after=240))[0] == "wait"
    assert said(first.asks(after=360))[0] == "offer_voicemail"
    assert said(first.asks("voicemail_offer", result="1", after=366)) == ("record", "key_pressed")
    first.tells("hangup", after=380)
    assert (first.call.outcome, Voicemail.objects.get().recording) == ("voicemail", f"vm-{first.id}")


# The log


def test_the_same_question_again_gets_the_same_answer_and_a_late_one_claims_nobody(
    system: PhoneSystem, agreement: Agreement
) -> None:
    phones = [make_phone(system), make_phone(system)]
    line = Line(system, GOLD)
    answer = line.rings()
    line.seq = 0
    assert line.rings(after=60) == answer
    assert CallStep.objects.count() == 1
    line.seq = 4
    again = line.asks("incoming", after=2)
    assert (again["rule"], again["agent"]) == ("rings_already", answer["agent"])
    late = line.asks("wait_tick", seq=2, after=3)
    assert (late["rule"], late["agent"]) == ("late", answer["agent"])
    assert the(phones[1]).claimed_call is None
    assert [step.rule for step in CallStep.objects.all()] == ["contract_free", "rings_already", "late"]


@pytest.mark.usefixtures("agreement")
def test_every_decision_can_be_replayed_from_what_was_kept(system: PhoneSystem) -> None:
    make_phone(system)
    lines = [Line(system, GOLD), Line(system, GOLD), Line(system, PUBLIC)]
    for line in lines:
        line.rings()
    lines[0].asks("dial_result", result="NOANSWER", after=25)
    kept = list(CallStep.objects.all())
    replayed = [decide(from_kept(json.loads(json.dumps(step.inputs)))) for step in kept]
    assert [decision.rule for decision in replayed] == [step.rule for step in kept]
    assert [step.rule for step in kept] == [
        "contract_free",
        "contract_busy",
        "public_waits",
        "contract_nobody",
    ]


@pytest.mark.usefixtures("agreement")
def test_ended_is_final_and_events_come_in_any_order(system: PhoneSystem) -> None:
    phone = make_phone(system)
    line = Line(system, GOLD)
    line.tells("hangup")
    assert (line.call.state, line.call.via_fallback) == ("ended", True), "nobody asked us"
    assert (line.call.line, line.call.outcome) == ("contract", "fallback")
    assert said(line.rings(after=1)) == ("hangup", "call_is_over")
    line.agent = phone.dial_target
    line.tells("answered", after=2)
    assert (line.call.state, the(phone).claimed_call) == ("ended", None)

    line = Line(system, GOLD)
    line.rings()
    line.tells("answered", after=3)
    line.tells("answered", after=9)
    line.tells("hangup", after=10)
    line.tells("hangup", after=20)
    assert (line.call.talked_seconds, line.call.via_fallback) == (7, False)
    assert line.call.ended_at == line.start + timedelta(seconds=10)


@pytest.mark.usefixtures("agreement")
def test_a_restart_of_the_telephone_system_closes_its_calls_and_no_others(system: PhoneSystem) -> None:
    other = make_system("other", secret_sha256=token_digest("x"))
    phone = make_phone(system)
    talking, waiting, elsewhere = Line(system, GOLD), Line(system, PUBLIC), Line(other, PUBLIC)
    talking.rings()
    talking.tells("answered")
    waiting.rings()
    elsewhere.rings()
    assert telling.restarted(system=system, at=talking.start + timedelta(seconds=9)) == 2
    assert (talking.call.outcome, waiting.call.outcome) == ("answered", "lost")
    assert (the(phone).claimed_call, elsewhere.call.state) == (None, "new")


def test_the_caller_is_known_by_the_number_and_gains_nothing_by_it(
    system: PhoneSystem, agreement: Agreement
) -> None:
    contact = make_contact(agreement.customer)
    contact.phones.create(number="+49301234567")
    line = Line(system, PUBLIC, caller='"Aigner" <sip:0301234567@10.0.0.1;user=phone>')
    waiting = Line(system, PUBLIC)
    waiting.start = line.start - timedelta(seconds=9)
    waiting.rings()
    make_phone(system)
    assert said(line.rings()) == ("wait", "public_behind")
    call = line.call
    assert (call.from_number, call.match, call.contact) == ("+49301234567", "known", contact)
    assert (call.standing["in_force"], call.standing["level"]) == (True, "Gold")
    assert Line(system, PUBLIC, caller="anonymous").rings()["position"] == 3
    assert Call.objects.get(from_text="anonymous").match == "none"


def test_where_the_firm_wants_it_a_known_caller_comes_first_on_the_public_number(
    system: PhoneSystem, agreement: Agreement
) -> None:
    set_policy(contract_gains_on_public=True)
    make_contact(agreement.customer).phones.create(number="+49301234567")
    first, known = Line(system, PUBLIC, caller="anonymous"), Line(system, PUBLIC)
    known.start = first.start
    first.rings()
    assert known.rings(after=1)["reason"] == "known_caller"
    make_phone(system)
    assert said(known.asks(after=4)) == ("connect", "public_known")
    assert said(first.asks(after=5)) == ("wait", "public_waits")


# Telephone systems that only tell


@pytest.mark.usefixtures("agreement")
def test_a_system_that_rings_whom_it_likes_claims_no_phone(system: PhoneSystem) -> None:
    elsewhere = make_system(kind="events")
    make_number(elsewhere, "+4930555009", Agreement.objects.get())
    phone = make_phone(elsewhere)
    missed = Line(elsewhere, "+4930555009")
    assert said(missed.rings()) == ("connect", "contract_free")
    assert (the(phone).claimed_call, missed.call.phone) == (None, None)
    missed.tells("hangup", after=20, result="NOANSWER")
    assert the(phone).presence == "on", "nobody knows whose phone it was"

    taken = Line(elsewhere, "+4930555009")
    taken.rings()
    taken.agent = "somebody else"
    taken.tells("answered", after=5)
    assert (the(phone).claimed_call, taken.call.phone, taken.call.state) == (None, None, "connected")


def test_a_talk_that_is_told_at_its_end_began_before(system: PhoneSystem) -> None:
    make_phone(system)
    line = Line(system, PUBLIC)
    assert line.rings()["action"] == "connect"
    line.asks("dial_result", after=100, result="ANSWER", talk_seconds=88)
    call = line.call
    assert call.answered_at == line.start + timedelta(seconds=12)
    assert (call.waited_seconds, call.talked_seconds) == (12, 88)


def test_a_call_that_nobody_asked_about_says_why_and_when(system: PhoneSystem, agreement: Agreement) -> None:
    Agreement.objects.filter(pk=agreement.pk).update(ends_on=date(2020, 2, 1), starts_on=date(2020, 1, 1))
    open_always("Mon 00:00-00:01")
    alone = Line(system, GOLD, start=timezone.now().replace(hour=12))
    alone.tells("hangup")
    call = alone.call
    assert (call.line, call.line_why, call.in_hours) == ("public", "agreement_ended", False)


# As few statements as these, whatever waits and whoever is there


def statements(line: Line, event: str, *, after: float = 0) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        line.asks(event, after=after)
    return [each["sql"] for each in asked.captured_queries if "SAVEPOINT" not in each["sql"]]


@pytest.mark.usefixtures("agreement")
def test_a_question_is_answered_with_a_handful_of_statements(system: PhoneSystem) -> None:
    make_phone(system)
    head = Line(system, PUBLIC)
    head.rings()
    set_policy(reserve=3)
    for _more in range(2):
        for _each in range(3):
            make_phone(system)
            Line(system, PUBLIC).rings()
        last = Line(system, PUBLIC)
        assert len(statements(last, "incoming")) == 6
        assert len(statements(last, "wait_tick", after=3)) == 4
        assert len(statements(Line(system, GOLD), "incoming")) == 6
