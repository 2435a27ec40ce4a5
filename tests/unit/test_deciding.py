"""What happens next to a call: one table per rule of the phone, with what may not beside what may."""

import ast
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from calls.rules import deciding
from calls.rules.deciding import (
    Action,
    AgentFact,
    CallerFact,
    CallFact,
    Decision,
    Event,
    Facts,
    HoursFact,
    Line,
    NumberFact,
    PolicyFact,
    QueueFact,
    decide,
    without,
)
from calls.rules.peers import Told
from calls.rules.wording import ALL_CODES, cause_words, words

NOW = datetime(2026, 11, 23, 10, 14, tzinfo=UTC)
CONTRACT = NumberFact(Line.CONTRACT, agreement="in_force")
PUBLIC = NumberFact(Line.PUBLIC)
CLOSED = HoursFact(is_open=False)
ON_CALL = HoursFact(is_open=False, on_call="+491713920091", on_call_seconds=25)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def agent(number: int = 1, *, is_ready: bool = True, **more: Any) -> AgentFact:
    return AgentFact(id=number, target=f"agent{number}", is_ready=is_ready, **more)


def facts(number: NumberFact | None, *agents: AgentFact, event: Event = Event.INCOMING, **more: Any) -> Facts:
    """A call that arrived a second ago, within the hours, with nobody ahead of it."""
    call = CallFact(arrived_at=ago(more.pop("waited", 1)), **more.pop("call", {}))
    return Facts(
        event=event,
        call=call,
        number=number,
        caller=CallerFact(has_agreement=more.pop("has_agreement", False)),
        agents=agents,
        queue=QueueFact(ahead=more.pop("ahead", 0)),
        hours=more.pop("hours", HoursFact()),
        policy=PolicyFact(**more.pop("policy", {})),
        now=NOW,
        **more,
    )


def answer(number: NumberFact | None, *agents: AgentFact, **more: Any) -> Decision:
    """What is decided; whatever it is, it is worded."""
    decision = decide(facts(number, *agents, **more))
    assert f"rule.{decision.rule}" in ALL_CODES
    assert not decision.line_why or f"why.{decision.line_why}" in ALL_CODES
    return decision


def targets(decision: Decision) -> list[str]:
    return [candidate.target for candidate in decision.candidates]


# --- 1: the dialled number decides ----------------------------------------------------------------------


def test_a_service_number_in_force_is_put_through_to_a_free_agent() -> None:
    decision = answer(CONTRACT, agent())
    assert (decision.action, decision.rule, decision.line) == (Action.CONNECT, "contract_free", Line.CONTRACT)
    assert (targets(decision), decision.ring_seconds) == (["agent1"], 20)


@pytest.mark.parametrize(
    ("agents", "rule"),
    [
        ([agent(is_ready=False)], "contract_busy"),
        ([agent(wrap_up_until=NOW + timedelta(seconds=1))], "contract_busy"),
        ([agent(is_ready=False), agent(2, is_ready=False, is_there=False)], "contract_busy"),
        ([agent(is_ready=False, is_there=False, freed_at=ago(60))], "contract_nobody"),
        ([], "contract_nobody"),
    ],
)
@pytest.mark.parametrize("event", [Event.INCOMING, Event.WAIT_TICK, Event.DIAL_RESULT, Event.VOICEMAIL_OFFER])
def test_a_service_number_without_a_free_agent_is_busy_and_never_waits(
    agents: list[AgentFact], rule: str, event: Event
) -> None:
    decision = answer(CONTRACT, *agents, event=event, result="1", waited=600, ahead=3)
    assert (decision.action, decision.rule) == (Action.BUSY, rule)


def test_the_callers_number_opens_no_way_past_the_dialled_one() -> None:
    assert answer(PUBLIC, agent(freed_at=ago(1)), has_agreement=True).action == Action.WAIT
    assert answer(None, agent(), has_agreement=True).action == Action.ANNOUNCE
    ended = replace(CONTRACT, agreement="ended")
    opened = {"contract_gains_on_public": True}
    assert answer(ended, agent(freed_at=ago(1)), has_agreement=True, policy=opened).action == Action.WAIT


# --- 2: numbers that are not in force -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"agreement": "ended"}, "agreement_ended"),
        ({"agreement": "suspended"}, "agreement_suspended"),
        ({"agreement": "not_yet"}, "agreement_not_yet"),
        ({"agreement": "none"}, "agreement_none"),
        ({"is_valid": False}, "number_not_valid"),
        ({"is_quarantined": True}, "quarantined"),
        ({"is_quarantined": True, "agreement": "ended", "is_valid": False}, "quarantined"),
    ],
)
def test_a_number_out_of_force_is_public_and_says_why(change: dict[str, Any], why: str) -> None:
    decision = answer(replace(CONTRACT, **change), agent(is_ready=False), ahead=2)
    assert (decision.action, decision.rule, decision.position) == (Action.WAIT, "public_behind", 3)
    assert (decision.line, decision.line_why) == (Line.PUBLIC, why)


@pytest.mark.parametrize("number", [None, NumberFact(Line.NONE)])
@pytest.mark.parametrize("event", [event for event in Event if event != Event.VOICEMAIL_RECORDED])
@pytest.mark.parametrize("hours", [HoursFact(), CLOSED, ON_CALL])
def test_an_unknown_number_hears_an_announcement_and_gets_nothing_else(
    number: NumberFact | None, event: Event, hours: HoursFact
) -> None:
    decision = answer(number, agent(), event=event, result="1", hours=hours)
    assert (decision.action, decision.announcement) == (Action.ANNOUNCE, "unknown_number")
    assert (decision.line, decision.line_why) == (Line.NONE, "unknown_number")


@pytest.mark.parametrize(
    ("settled", "number", "action"),
    [
        (Line.CONTRACT, replace(CONTRACT, agreement="ended"), Action.BUSY),
        (Line.PUBLIC, CONTRACT, Action.WAIT),
        (Line.NONE, CONTRACT, Action.ANNOUNCE),
    ],
)
def test_a_call_stays_what_its_first_decision_made_it(
    settled: Line, number: NumberFact, action: Action
) -> None:
    call = {"line": settled, "line_why": "agreement_not_yet"}
    decision = answer(number, event=Event.WAIT_TICK, call=call)
    assert (decision.action, decision.line, decision.line_why) == (action, settled, "agreement_not_yet")


# --- 3: the public queue --------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [Event.INCOMING, Event.WAIT_TICK, Event.DIAL_RESULT, Event.VOICEMAIL_OFFER])
def test_only_the_head_of_the_queue_gets_an_agent(event: Event) -> None:
    head = answer(PUBLIC, agent(), event=event)
    assert (head.action, head.rule, targets(head)) == (Action.CONNECT, "public_head", ["agent1"])
    behind = answer(PUBLIC, agent(), agent(2), event=event, ahead=1)
    assert (behind.action, behind.rule) == (Action.WAIT, "public_behind")
    assert (behind.position, behind.wait_seconds, behind.candidates) == (2, 3, ())


def test_the_head_waits_while_nobody_is_free() -> None:
    decision = answer(PUBLIC, agent(is_ready=False))
    assert (decision.action, decision.rule, decision.position) == (Action.WAIT, "public_waits", 1)


@pytest.mark.parametrize(
    ("opened", "has_agreement", "is_free", "outcome"),
    [
        (False, True, True, ("wait", "public_behind", "")),
        (True, False, True, ("wait", "public_behind", "")),
        (True, True, True, ("connect", "public_known", "known_caller")),
        # never worse off than anybody else on the public number: no busy signal there
        (True, True, False, ("wait", "public_behind", "known_caller")),
    ],
)
def test_a_known_caller_gains_on_the_public_number_only_where_the_firm_says_so(
    *, opened: bool, has_agreement: bool, is_free: bool, outcome: tuple[str, str, str]
) -> None:
    held = agent(is_ready=is_free, freed_at=ago(1))
    policy = {"contract_gains_on_public": opened, "reserve": 1}
    decision = answer(PUBLIC, held, has_agreement=has_agreement, policy=policy, ahead=2)
    assert (decision.action, decision.rule, decision.line_why) == outcome
    assert decision.line == Line.PUBLIC


def test_a_known_caller_wakes_nobody_who_is_on_call() -> None:
    policy = {"contract_gains_on_public": True}
    decision = answer(PUBLIC, has_agreement=True, policy=policy, hours=ON_CALL)
    assert (decision.action, decision.target) == (Action.OFFER_VOICEMAIL, "")


# --- 4: nobody picks up ---------------------------------------------------------------------------------


@pytest.mark.parametrize("result", ["NOANSWER", "BUSY", "CHANUNAVAIL", "CONGESTION", "", "nonsense"])
def test_the_next_free_agent_is_tried_then_busy_or_back_to_the_place(result: str) -> None:
    more: dict[str, Any] = {"event": Event.DIAL_RESULT, "result": result, "call": {"tried": frozenset({1})}}
    for number in (CONTRACT, PUBLIC):
        assert targets(answer(number, agent(1), agent(2), **more)) == ["agent2"]
    assert answer(CONTRACT, agent(1), **more).action == Action.BUSY
    back = answer(PUBLIC, agent(1), waited=600, **more)
    assert (back.action, back.position) == (Action.WAIT, 1)


def test_an_agent_who_is_back_is_rung_again_by_who_still_waits() -> None:
    again = answer(PUBLIC, agent(1), event=Event.WAIT_TICK, call={"tried": frozenset({1})})
    assert targets(again) == ["agent1"]
    assert answer(CONTRACT, agent(1), call={"tried": frozenset({1})}).action == Action.BUSY


@pytest.mark.parametrize(
    ("result", "rule"),
    [
        ("ANSWER", "talked"),
        ("answered", "talked"),
        ("CANCEL", "caller_gave_up"),
        ("cancel ", "caller_gave_up"),
    ],
)
@pytest.mark.parametrize("number", [CONTRACT, PUBLIC])
def test_who_has_talked_or_given_up_is_put_through_to_nobody_else(
    number: NumberFact, result: str, rule: str
) -> None:
    decision = answer(number, agent(), event=Event.DIAL_RESULT, result=result)
    assert (decision.action, decision.rule) == (Action.HANGUP, rule)


def test_whoever_had_no_call_for_longest_is_rung_first() -> None:
    agents = [agent(1, freed_at=ago(60)), agent(2, freed_at=ago(600)), agent(3), agent(4, freed_at=ago(600))]
    for number in (CONTRACT, PUBLIC):
        assert targets(answer(number, *agents)) == ["agent3", "agent2", "agent4", "agent1"]


def test_a_candidate_that_another_call_took_is_left_out() -> None:
    before = facts(CONTRACT, agent(1), agent(2))
    assert targets(decide(without(before, 1))) == ["agent2"]
    last = decide(without(without(before, 1), 2))
    assert (last.action, last.rule) == (Action.BUSY, "contract_busy"), "they are there, and talk"


# --- 5: the voicemail -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waited", "offered", "action"),
    [
        (179, None, Action.WAIT),
        (180, None, Action.OFFER_VOICEMAIL),
        (359, 179, Action.WAIT),
        (360, 180, Action.OFFER_VOICEMAIL),
    ],
)
def test_the_voicemail_is_offered_when_it_is_due_and_not_before(
    waited: int, offered: int | None, action: Action
) -> None:
    call = {"offered_at": None if offered is None else ago(offered)}
    for ahead in (0, 4):
        decision = answer(PUBLIC, event=Event.WAIT_TICK, waited=waited, call=call, ahead=ahead)
        assert (decision.action, decision.position) == (action, ahead + 1)
    put_through = answer(PUBLIC, agent(), event=Event.WAIT_TICK, waited=waited, call=call)
    assert put_through.action == Action.CONNECT


@pytest.mark.parametrize(
    ("key", "hours", "outcome"),
    [
        ("1", HoursFact(), ("record", "key_pressed")),
        ("9", CLOSED, ("record", "key_pressed")),
        ("", HoursFact(), ("wait", "public_behind")),
        (" ", HoursFact(), ("wait", "public_behind")),
        ("", CLOSED, ("hangup", "no_key")),
    ],
)
def test_a_key_records_and_without_one_the_place_is_kept(
    key: str, hours: HoursFact, outcome: tuple[str, str]
) -> None:
    decision = answer(PUBLIC, event=Event.VOICEMAIL_OFFER, result=key, hours=hours, ahead=1, waited=600)
    assert (decision.action, decision.rule) == outcome


def test_a_contract_caller_speaks_to_the_voicemail_outside_of_the_hours_only() -> None:
    assert answer(CONTRACT, event=Event.VOICEMAIL_OFFER, result="1", hours=CLOSED).action == Action.RECORD
    assert answer(CONTRACT, event=Event.VOICEMAIL_OFFER, result="1").action == Action.BUSY


@pytest.mark.parametrize("number", [CONTRACT, PUBLIC, None])
def test_after_the_recording_the_call_is_over(number: NumberFact | None) -> None:
    decision = answer(number, agent(), event=Event.VOICEMAIL_RECORDED)
    assert (decision.action, decision.rule) == (Action.HANGUP, "recorded")


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("number", [CONTRACT, PUBLIC, None])
def test_ended_is_final(number: NumberFact | None, event: Event) -> None:
    decision = answer(number, agent(), event=event, result="1", call={"is_ended": True})
    assert (decision.action, decision.rule) == (Action.HANGUP, "call_is_over")


# --- 6: held and reserved for contract calls ------------------------------------------------------------


@pytest.mark.parametrize(
    ("freed", "wrapped_up", "is_public_served"),
    [
        (None, None, True),
        (10, None, True),
        (9, None, False),
        # the time to write notes comes first: held from its end
        (60, 9, False),
        (60, 10, True),
        (9, 60, False),
    ],
)
def test_a_freed_agent_is_held_for_contract_calls(
    freed: int | None, wrapped_up: int | None, *, is_public_served: bool
) -> None:
    just_freed = agent(
        freed_at=None if freed is None else ago(freed),
        wrap_up_until=None if wrapped_up is None else ago(wrapped_up),
    )
    assert answer(CONTRACT, just_freed).action == Action.CONNECT
    assert answer(PUBLIC, just_freed).action == (Action.CONNECT if is_public_served else Action.WAIT)


@pytest.mark.parametrize(
    ("reserve", "free", "is_public_served"), [(0, 1, True), (1, 1, False), (1, 2, True), (2, 2, False)]
)
def test_the_reserve_is_kept_for_contract_calls(reserve: int, free: int, *, is_public_served: bool) -> None:
    agents = [*(agent(number) for number in range(free)), agent(9, is_ready=False)]
    policy = {"reserve": reserve}
    assert answer(CONTRACT, *agents, policy=policy).action == Action.CONNECT
    assert answer(PUBLIC, *agents, policy=policy).action == (
        Action.CONNECT if is_public_served else Action.WAIT
    )


# --- 7: outside of the hours ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "hours", "outcome"),
    [
        (CONTRACT, ON_CALL, ("connect", "on_call", "+491713920091", 25, "")),
        (CONTRACT, CLOSED, ("offer_voicemail", "closed", "", 0, "closed")),
        (PUBLIC, ON_CALL, ("offer_voicemail", "closed", "", 0, "closed")),
        (replace(CONTRACT, agreement="ended"), ON_CALL, ("offer_voicemail", "closed", "", 0, "closed")),
        (replace(PUBLIC, announcement="xmas"), CLOSED, ("offer_voicemail", "closed", "", 0, "xmas")),
    ],
)
def test_outside_of_the_hours_the_phone_on_call_rings_or_the_voicemail_is_offered(
    number: NumberFact, hours: HoursFact, outcome: tuple[str, str, str, int, str]
) -> None:
    decision = answer(number, agent(), hours=hours)
    said = (decision.action, decision.rule, decision.target, decision.ring_seconds, decision.announcement)
    assert said == outcome
    assert decision.candidates == ()


def test_where_the_phone_on_call_does_not_answer_the_voicemail_is_offered() -> None:
    decision = answer(CONTRACT, agent(), event=Event.DIAL_RESULT, result="NOANSWER", hours=ON_CALL)
    assert (decision.action, decision.rule) == (Action.OFFER_VOICEMAIL, "closed")


# --- in words -------------------------------------------------------------------------------------------


def texts_in(path: str) -> set[object]:
    source = ast.parse(Path(path).read_text())
    return {node.value for node in ast.walk(source) if isinstance(node, ast.Constant)}


def test_every_wording_of_a_rule_belongs_to_one() -> None:
    texts = texts_in(str(deciding.__file__)) | texts_in("calls/actions/stepping.py")
    agreements = {f"agreement_{state}" for state in ("suspended", "ended", "not_yet", "none")}
    worded = {code.split(".")[1] for code in ALL_CODES if code.startswith(("rule.", "why."))}
    assert worded - agreements <= texts
    events = {f"event.{event}" for event in (*Event, *Told)}
    assert events | {f"action.{action}" for action in Action} <= ALL_CODES


def test_a_rule_is_said_in_words_and_an_agents_own_reason_as_it_is() -> None:
    assert words("rule", "contract_busy", "en") == "Service number: nobody was free, so busy at once."
    assert words("rule", "public_behind", "de", position=3).startswith("Wartet auf Platz 3: ")
    assert words("rule", "public_behind", "en") == "Waits: earlier calls come first."
    assert words("pause", "no_answer", "de") == "nicht abgenommen"
    assert cause_words("contract_busy", "en") == words("rule", "contract_busy", "en")
    assert (cause_words("17", "de"), cause_words("103", "de")) == ("besetzt", "103")
    assert words("pause", "lunch with {name}", "de") == "lunch with {name}"
