"""One step of a call: a telephone system asks what next, and is told. One transaction, one stored answer.

Locks are taken in one order: the public queue's, the call's row, a phone's row. Whoever may give an agent to
the queue takes the first for itself, so it sees all who came before; whoever joins behind others shares it. A
call on a service number never takes it, so it waits for nobody.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from calls.actions import announcing, arriving, claiming, ending, talks
from calls.actions.arriving import Before
from calls.models import Call, CallPolicy, CallStep, PhoneSystem
from calls.queries.facts import Dialled, dialled, gather
from calls.rules.deciding import (
    LATE,
    RINGS_ALREADY,
    Action,
    AgentFact,
    Decision,
    Event,
    Facts,
    Line,
    decide,
)
from calls.rules.peers import PeerEvent
from calls.rules.remembering import as_kept
from lib.compiled_sql import Rows, insert, update, update_and_insert
from lib.locking import Lock, lock_exclusive, lock_shared
from lib.metrics import ANSWERS

State, Outcome = Call.State, Call.Outcome
STATES = {
    Action.WAIT: State.WAITING,
    Action.OFFER_VOICEMAIL: State.OFFERED,
    Action.RECORD: State.RECORDING,
    Action.CONNECT: State.RINGING,
}
ENDS = {
    "recorded": Outcome.VOICEMAIL,
    "caller_gave_up": Outcome.ABANDONED,
    "no_key": Outcome.ANNOUNCED,
    "talked": Outcome.ANSWERED,
}
"""What a call that is told to hang up was, by the rule that says so."""
LAST_WORDS = frozenset({Action.ANNOUNCE, Action.BUSY, Action.HANGUP})
IN_VAIN = {"NOANSWER": "no_answer", "BUSY": "busy"}
"""Why a phone is paused after dialling it ended like that; after everything else it is unreachable."""
SEEN_EVERY = timedelta(seconds=10)
"""That a waiting call still asks is noted no more often; `calls.queries.facts.STALE` is far longer."""
FIRST = ("line", "line_why", "number", "holder", "in_hours")
"""What the first step settles of a call."""
ANSWERED = frozenset({"ANSWER", "ANSWERED"})
OVER = ANSWERED | {"CANCEL"}


@dataclass(frozen=True)
class _Last:
    """The latest question that was answered for a call."""

    seq: int
    answer: dict[str, Any]


@dataclass(frozen=True)
class _Step:
    """What is known of a step while it is taken."""

    system: PhoneSystem
    asked: PeerEvent
    event: Event
    call: Call
    number: Dialled
    policy: CallPolicy
    last: _Last | None
    before: Before
    at: datetime

    @property
    def is_first(self) -> bool:
        """Whether nothing was decided about the call yet."""
        return self.last is None


def step(*, system: PhoneSystem, asked: PeerEvent, at: datetime | None = None) -> dict[str, Any]:
    """Answer one question of a telephone system; the same question again is answered from the log.

    Returns the answer of the step protocol. Error: ValueError for an event that is no question.
    """
    began, now = time.perf_counter(), at or timezone.now()
    event = Event(asked.event)
    if event == Event.DIAL_RESULT:
        _settle_dialling(system, asked, now)
    before = arriving.before(system, asked, now)
    with transaction.atomic():
        if before.may_be_next or before.joins:
            (lock_exclusive if before.may_be_next else lock_shared)(Lock.CALLS)
            now = at or timezone.now()  # its place in the queue is that in which it got here
        call, is_created = arriving.locked_call(system=system, asked=asked, at=now, arrival=before.arrival)
        last = None if is_created else _last_question(call)
        is_later = is_created or (last is not None and asked.seq > last.seq)
        stored = None if is_later else stored_answer(call=call, asked=asked)
        if stored is not None:
            return stored
        number = before.number
        if number is None or (last is not None and not call.in_hours):
            number = _number(call, system, is_needed=last is None or not call.in_hours)
        return _take(_Step(system, asked, event, call, number, before.policy, last, before, now), began)


_LAST = Rows(
    lambda blank: (
        CallStep.objects.filter(call_id=blank.whole("call"), event__in=list(Event))
        .order_by("-seq", "-id")
        .values_list("seq", "response")[:1]
    )
)


def _last_question(call: Call) -> "_Last | None":
    found = _LAST.first(call=call.pk)
    return _Last(*found) if found else None


def _number(call: Call, system: PhoneSystem, *, is_needed: bool) -> Dialled:
    """The number as it was at the call's arrival."""
    return dialled(call.to_number, system, call.arrived_at) if is_needed else Dialled()


_STORED = Rows(
    lambda blank: (
        CallStep.objects.filter(
            call_id=blank.whole("call"), seq=blank.whole("seq"), event=blank.word("event")
        )
        .order_by()
        .values_list("response")
    )
)


def stored_answer(*, call: Call, asked: PeerEvent) -> dict[str, Any] | None:
    """What the same question was answered with before; None for a new one."""
    found = _STORED.first(call=call.pk, seq=asked.seq, event=asked.event)
    return found[0] if found else None


def _take(step: _Step, began: float) -> dict[str, Any]:
    """Decide, carry it out, and keep it."""
    said = _said_before(step)
    if said is not None:
        _keep(step, {}, said, began)
        return said
    facts = gather(
        step.call,
        event=step.event,
        result=_result(step),
        is_first=step.is_first,
        number=step.number,
        policy=step.policy,
        at=step.at,
        ahead=step.before.ahead,
    )
    before = (step.call.state, step.call.phone_id)
    decision, facts, phone = _decided(step, facts)
    answer = answer_of(decision, phone)
    changed = _carry_out(step, decision, facts, phone)
    if step.is_first or before != (step.call.state, step.call.phone_id):
        announcing.changed(step.call.phone_id)
    _keep(step, as_kept(facts), answer, began, changed)
    return answer


def _said_before(step: _Step) -> dict[str, Any] | None:
    """The answer that still holds for a step that comes late, or for a call whose phone is ringing."""
    call = step.call
    if call.state == State.ENDED:
        return None
    if step.last is not None and step.asked.seq < step.last.seq:
        return {**step.last.answer, "rule": LATE}
    is_asking_again = step.event in {Event.INCOMING, Event.WAIT_TICK, Event.VOICEMAIL_OFFER}
    if call.phone_id is None or not is_asking_again:
        return None
    target = call.claims.filter(claim_until__gte=step.at).values_list("dial_target", flat=True).first()
    return _connect_again(step, target) if target else None


def _connect_again(step: _Step, target: str) -> dict[str, Any]:
    line, why, ring_seconds = Line(step.call.line), step.call.line_why, step.policy.ring_seconds
    again = Decision(Action.CONNECT, RINGS_ALREADY, line, why, target=target, ring_seconds=ring_seconds)
    return answer_of(again, None)


def _result(step: _Step) -> str:
    """How dialling ended; whoever talked is not put through once more, whatever is told."""
    was_answered = step.event == Event.DIAL_RESULT and step.call.answered_at is not None
    return "ANSWER" if was_answered else step.asked.result


def _decided(step: _Step, facts: Facts) -> tuple[Decision, Facts, AgentFact | None]:
    decision = decide(facts)
    if step.system.kind == PhoneSystem.Kind.EVENTS:  # it rings whom it likes, and tells who answered
        return decision, facts, None
    if decision.rule == "public_head" and not step.before.may_be_next:
        # It became the head of the queue this moment; it is given an agent when it asks again.
        facts = replace(facts, agents=())
        decision = decide(facts)
    return claiming.claim_first(decision=decision, facts=facts, call=step.call, at=step.at)


def answer_of(decision: Decision, phone: AgentFact | None) -> dict[str, Any]:
    """The decision in the words of the step protocol."""
    return {
        "action": decision.action.value,
        "agent": phone.target if phone else decision.target,
        "ring_seconds": decision.ring_seconds,
        "wait_seconds": decision.wait_seconds,
        "position": decision.position,
        "reason": decision.line_why,
        "rule": decision.rule,
        "announcement": decision.announcement,
    }


def _carry_out(step: _Step, decision: Decision, facts: Facts, phone: AgentFact | None) -> tuple[str, ...]:
    """What the decision makes of the call. Returns: the fields that are still to be written."""
    call = step.call
    if call.state == State.ENDED:
        _hear_late(step)
        return ()
    before = (call.state, call.phone_id, call.offered_at)
    if step.is_first:
        call.line, call.line_why = decision.line, decision.line_why
        call.number, call.in_hours = step.number.row, facts.hours.is_open
        call.holder_id = step.number.holder_id if decision.line == Line.CONTRACT else None
    call.state = STATES.get(decision.action, call.state)
    if decision.action == Action.CONNECT:
        call.phone_id = phone.id if phone else None
    if decision.action == Action.OFFER_VOICEMAIL:
        call.offered_at = step.at
    changed: tuple[str, ...] = ()
    is_other = step.is_first or before != (call.state, call.phone_id, call.offered_at)
    if is_other or step.at - call.seen_at > SEEN_EVERY:
        call.seen_at = max(call.seen_at, step.at)
        changed = ("seen_at", "state", "phone", "offered_at", *(FIRST if step.is_first else ()))
    if decision.action not in LAST_WORDS:
        return changed
    if changed:
        update(call, changed)
    _end_if_over(step, decision)
    return ()


def _hear_late(step: _Step) -> None:
    """What is told only after the end: where a recording lies, and that people talked when all was silent."""
    call, asked = step.call, step.asked
    if step.event == Event.VOICEMAIL_RECORDED and asked.recording:
        ending.expect_voicemail(call=call, at=step.at, recording=asked.recording)
    was_answered = step.event == Event.DIAL_RESULT and asked.result.strip().upper() in ANSWERED
    if was_answered and asked.talk_seconds and call.outcome == Outcome.LOST:
        talks.was_not_lost(call, asked, step.at)


def _end_if_over(step: _Step, decision: Decision) -> None:
    """Busy and hanging up are the end; after an announcement the caller hangs up."""
    call, asked = step.call, step.asked
    if decision.action == Action.ANNOUNCE:
        Call.objects.filter(pk=call.pk).update(outcome=Outcome.ANNOUNCED)
    elif decision.action == Action.BUSY:
        ending.end(call=call, at=step.at, outcome=Outcome.BUSY, cause=decision.rule)
    elif decision.action == Action.HANGUP:
        if step.event == Event.VOICEMAIL_RECORDED:
            ending.expect_voicemail(call=call, at=step.at, recording=asked.recording)
        outcome = ENDS.get(decision.rule, "")
        talked = asked.talk_seconds or None
        if outcome == Outcome.ANSWERED and call.answered_at is None:
            talks.note(call, asked, step.at)
            call.answered_at = call.answered_at or step.at
        ending.end(call=call, at=step.at, outcome=outcome, cause=decision.rule, talked=talked)


def _keep(
    step: _Step,
    inputs: Mapping[str, Any],
    answer: Mapping[str, Any],
    began: float,
    changed: tuple[str, ...] = (),
) -> None:
    call, asked = step.call, step.asked
    keep(call=call, asked=asked, inputs=inputs, answer=answer, at=step.at, began=began, changed=changed)
    ANSWERS.labels(action=answer["action"], rule=answer["rule"]).inc()


def keep(
    *,
    call: Call,
    asked: PeerEvent,
    answer: Mapping[str, Any],
    at: datetime,
    inputs: Mapping[str, Any] | None = None,
    began: float | None = None,
    changed: tuple[str, ...] = (),
) -> None:
    """Write a step into the log, and what it changed of the call (the fields' names)."""
    took = 0.0 if began is None else time.perf_counter() - began
    row = CallStep(
        call=call,
        seq=asked.seq,
        event=asked.event,
        request=asked.fields(),
        inputs=dict(inputs or {}),
        response=dict(answer),
        rule=str(answer.get("rule", "")),
        at=at,
        took_micros=round(took * 1_000_000),
    )
    if changed:
        update_and_insert(call, changed, row)
    else:
        insert(row)


@transaction.atomic
def _settle_dialling(system: PhoneSystem, asked: PeerEvent, at: datetime) -> None:
    """Free and pause the phone that was rung in vain, before the next one is looked for.

    A transaction of its own: one that gave back a phone and then waited for another could wait for a
    neighbour who does the same the other way round.
    """
    result = asked.result.strip().upper()
    rows = Call.objects.select_for_update(of=("self",)).select_related("phone")
    call = rows.filter(system=system, external_id=asked.call_id, state=State.RINGING).first()
    if call is None or call.phone is None or result in OVER:
        return
    if asked.agent not in {"", call.phone.dial_target} or stored_answer(call=call, asked=asked) is not None:
        return
    claiming.pause_unanswered(call=call, why=IN_VAIN.get(result, "unreachable"), at=at)
    call.tried = [*call.tried, call.phone.pk]
    announcing.changed(call.phone.pk)
    call.phone = None
    # Without a phone it waits: the place in the queue is the old one.
    call.state = State.WAITING if call.line == Line.PUBLIC else State.NEW
    call.save(update_fields=["tried", "phone", "state"])
