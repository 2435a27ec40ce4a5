"""The end of calls, however it is learnt of. Ended is final."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from calls.actions import announcing, claiming
from calls.models import Call, CallChore, CallPolicy, PhoneSystem, Voicemail
from calls.queries.policy import policy_row
from lib.compiled_sql import update
from lib.waking import wake

Outcome, State = Call.Outcome, Call.State
NOT_HERE = (Voicemail.State.EXPECTED, Voicemail.State.MISSING, Voicemail.State.EMPTY)
MISSED = (Outcome.BUSY, Outcome.ABANDONED, Outcome.LOST, Outcome.FALLBACK)
"""Ends after which a caller on a service number is called back."""


CHANGES = (
    *("line", "line_why", "number", "holder", "in_hours", "phone", "direction", "via_fallback"),
    *("state", "outcome", "cause", "waited_seconds", "talked_seconds"),
    *("arrived_at", "offered_at", "seen_at", "answered_at", "ended_at"),
)
"""What a step or an event changes of a call."""


def end(*, call: Call, at: datetime, outcome: str = "", cause: str = "", talked: int | None = None) -> bool:
    """End a call whose row is locked, free its phone, leave its chores. Returns: whether it was open.

    `outcome`: "" for what the call's state says. `talked`: seconds, if the telephone system told them.
    """
    if call.state == State.ENDED:
        return False
    policy = policy_row()
    was_recording = call.state == State.RECORDING
    call.outcome = call.outcome or outcome or _outcome_of(call)
    call.cause = cause[:40]
    _count(call, at, talked)
    call.state, call.ended_at, call.seen_at = State.ENDED, at, at
    update(call, CHANGES)
    has_talked = call.outcome == Outcome.ANSWERED
    claiming.release(call=call, at=at, wrap_up=policy.wrap_up if has_talked else 0)
    if was_recording or call.outcome == Outcome.VOICEMAIL:
        expect_voicemail(call=call, at=at)
    _leave_chores(call, policy, at)
    announcing.changed(call.phone_id)
    return True


def _outcome_of(call: Call) -> str:
    """What an end without further words means, by where the call was."""
    if call.answered_at is not None:
        return Outcome.ANSWERED
    if call.state == State.RECORDING:
        return Outcome.VOICEMAIL
    return Outcome.FALLBACK if call.via_fallback else Outcome.ABANDONED


def _count(call: Call, at: datetime, talked: int | None) -> None:
    """How long was waited and talked."""
    if call.answered_at is None:
        call.waited_seconds = _seconds(at - call.arrived_at)
        return
    call.talked_seconds = _seconds(at - call.answered_at) if talked is None else talked


def _seconds(span: timedelta) -> int:
    return max(0, round(span.total_seconds()))


def expect_voicemail(*, call: Call, at: datetime, recording: str = "") -> None:
    """Note that a recording is to be fetched; one for each call. `recording`: its name, where it was told.

    Told only after it was looked for in vain, it is looked for again.
    """
    name = recording or f"vm-{call.external_id}"
    voicemail, is_new = Voicemail.objects.get_or_create(
        call=call, defaults={"recording": name, "created_at": at}
    )
    leave(call=call, kind=CallChore.Kind.VOICEMAIL, at=at)
    if recording and not is_new and voicemail.recording != recording:
        # Afterwards: whoever files it holds the rows of the task and of the ticket, and waits for the call's.
        transaction.on_commit(partial(_look_there, call.pk, recording, at))


@transaction.atomic
def _look_there(call_id: int, recording: str, at: datetime) -> None:
    chores = CallChore.objects.filter(call=call_id, kind=CallChore.Kind.VOICEMAIL)
    list(chores.select_for_update().values_list("pk"))
    wanted = Voicemail.objects.filter(call=call_id, state__in=NOT_HERE).exclude(recording=recording)
    if wanted.update(recording=recording, state=Voicemail.State.EXPECTED):
        chores.update(due_at=at, tries=0, leased_until=None, done_at=None, failed_at=None)
        CallChore.objects.filter(call=call_id, kind=CallChore.Kind.DISCARD).delete()
        wake("calls.chores")


def _leave_chores(call: Call, policy: CallPolicy, at: datetime) -> None:
    is_missed = call.line == Call.Line.CONTRACT and call.outcome in MISSED
    if is_missed and policy.callback_tickets:
        leave(call=call, kind=CallChore.Kind.CALLBACK, at=at)
    if call.outcome == Outcome.ANSWERED:
        leave(call=call, kind=CallChore.Kind.TIMELINE, at=at)


def leave(*, call: Call, kind: str, at: datetime) -> None:
    """Leave something to be done outside of the telephone system's request, once."""
    CallChore.objects.get_or_create(call=call, kind=kind, defaults={"due_at": at})
    wake("calls.chores")


def end_all(*, system: PhoneSystem, at: datetime | None = None, cause: str = "pbx_restarted") -> int:
    """End every open call of a telephone system, such as after its restart. Returns how many there were."""
    at = at or timezone.now()
    started_before = Call.objects.filter(system=system, arrived_at__lte=at).exclude(state=State.ENDED)
    ids = list(started_before.order_by("pk").values_list("pk", flat=True))
    return sum(end_lost(call_id=pk, cause=cause, at=at) for pk in ids)


@transaction.atomic
def end_lost(*, call_id: int, cause: str, at: datetime) -> bool:
    """End a call of which nobody will tell any more. Returns: whether it was open."""
    call = Call.objects.select_for_update(of=("self",)).get(pk=call_id)
    is_talk = call.answered_at is not None
    return end(call=call, at=at, outcome="" if is_talk else Outcome.LOST, cause=cause)
