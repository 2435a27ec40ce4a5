"""What telephone systems tell without asking. It may come late, twice, in any order; ended is final.

Only of a call that was taken for lost is believed later that it was answered.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from calls.actions import announcing, claiming, ending, talks
from calls.actions.arriving import locked_call
from calls.actions.stepping import keep, stored_answer
from calls.models import Call, PhoneSystem
from calls.queries.facts import dialled, hours_of, is_contract
from calls.queries.policy import policy_row
from calls.rules.deciding import Line, why_not_contract
from calls.rules.peers import PeerEvent, Told

IN_VAIN = {
    "NOANSWER": "no_answer",
    "BUSY": "busy",
    "CHANUNAVAIL": "unreachable",
    "CONGESTION": "unreachable",
}
"""Why a phone is paused that was rung until its call was over, by how dialling ended."""
SEEN_EVERY = 5.0
"""Seconds; more often it is not noted that a telephone system was heard of."""
DONE = {"ok": True}
State = Call.State


@transaction.atomic
def tell(
    *, system: PhoneSystem, told: PeerEvent, via_fallback: bool = False, at: datetime | None = None
) -> dict[str, Any]:
    """Take in an event: answered, hangup, voicemail or outgoing. Returns what the telephone system is told.

    A call that nobody asked about was decided by the telephone system alone, and is marked.
    Error: ValueError for an unknown event.
    """
    at = at or timezone.now()
    kind = Told(told.event)
    call, is_new = locked_call(system=system, asked=told, at=at)
    stored = stored_answer(call=call, asked=told)
    if stored is not None:
        return stored
    at = max(at, call.arrived_at)  # of what is told later: nothing ends before it begins
    is_alone = is_new and call.direction == Call.Direction.IN and system.kind != PhoneSystem.Kind.EVENTS
    call.via_fallback = call.via_fallback or via_fallback or is_alone
    if is_new and call.direction == Call.Direction.IN:
        _settle(call, system, at)
    _DOES[kind](call, told, at)
    keep(call=call, asked=told, answer=DONE, at=at)
    announcing.changed(call.phone_id)
    return dict(DONE)


def _settle(call: Call, system: PhoneSystem, at: datetime) -> None:
    """What a call that nobody asked about was to be decided as."""
    number = dialled(call.to_number, system, at)
    call.number, fact = number.row, number.fact
    if fact is None:
        return
    call.line = Call.Line.CONTRACT if is_contract(fact) else Call.Line.PUBLIC
    call.holder_id = number.holder_id if is_contract(fact) else None
    call.line_why = why_not_contract(fact) if fact.line == Line.CONTRACT else ""
    call.in_hours = hours_of(call, Line(call.line), number, is_first=True).is_open


def _answered(call: Call, told: PeerEvent, at: datetime) -> None:
    """Somebody talks: the phone stays claimed until the end."""
    if call.state == State.ENDED:
        _save_mark(call)
        return
    phone = talks.phone_of(call, told)
    if phone is not None:
        claiming.hold(phone=phone, call=call, policy=policy_row(), at=at)
        call.phone = phone
    if call.answered_at is None:
        call.answered_at = at
        call.waited_seconds = max(0, round((at - call.arrived_at).total_seconds()))
    call.state, call.seen_at = State.CONNECTED, at
    call.save()


def _hung_up(call: Call, told: PeerEvent, at: datetime) -> None:
    """It is over. A voicemail that the telephone system took comes with its recording."""
    if told.recording:
        ending.expect_voicemail(call=call, at=at, recording=told.recording)
        if call.state != State.ENDED and call.answered_at is None:
            call.state = State.RECORDING  # whoever hangs up while speaking has left a message
    if call.state != State.ENDED:
        _pause_unanswered(call, told, at)
        talks.note(call, told, at)
    elif call.outcome == Call.Outcome.LOST and told.talk_seconds:
        talks.was_not_lost(call, told, at)
    if not ending.end(call=call, at=at, cause=told.cause, talked=told.talk_seconds or None):
        _save_mark(call)


def _pause_unanswered(call: Call, told: PeerEvent, at: datetime) -> None:
    """Of a phone that nobody answered some telephone systems tell only with the end of the call."""
    why = IN_VAIN.get(told.result.strip().upper())
    is_ours = call.direction == Call.Direction.IN and call.state == State.RINGING
    if why and is_ours and not told.talk_seconds:
        claiming.pause_unanswered(call=call, why=why, at=at)


def _left_voicemail(call: Call, told: PeerEvent, at: datetime) -> None:
    ending.expect_voicemail(call=call, at=at, recording=told.recording)
    if call.state != State.ENDED:
        call.state, call.seen_at = State.RECORDING, at
    call.save()


def _went_out(call: Call, told: PeerEvent, at: datetime) -> None:
    """We call somebody: the agent's phone is busy with it."""
    call.direction = Call.Direction.OUT
    if call.state == State.NEW:
        call.state = State.RINGING
    call.save()


def _save_mark(call: Call) -> None:
    """Of an ended call nothing is changed but how it was decided."""
    call.save(update_fields=["via_fallback"])


_DOES = {
    Told.ANSWERED: _answered,
    Told.HANGUP: _hung_up,
    Told.VOICEMAIL: _left_voicemail,
    Told.OUTGOING: _went_out,
}


def restarted(*, system: PhoneSystem, at: datetime | None = None) -> int:
    """Take in that a telephone system started at that moment: what it had is over, what began since is not.

    Returns how many calls that ends.
    """
    at = at or timezone.now()
    is_news = Q(restarted_at__isnull=True) | Q(restarted_at__lt=at)
    PhoneSystem.objects.filter(is_news, pk=system.pk).update(restarted_at=at)
    return ending.end_all(system=system, at=at)


def heard_of(*, system: PhoneSystem, at: datetime | None = None) -> None:
    """Note that a telephone system asked, every few seconds: its row is everybody's, and locked by a note."""
    at = at or timezone.now()
    if system.seen_at is None or (at - system.seen_at).total_seconds() >= SEEN_EVERY:
        PhoneSystem.objects.filter(pk=system.pk).update(seen_at=at)


def was_refused(*, system: PhoneSystem, at: datetime | None = None) -> None:
    """Note that somebody had a system's secret, but came from elsewhere or did not sign."""
    PhoneSystem.objects.filter(pk=system.pk).update(refused_at=at or timezone.now())
