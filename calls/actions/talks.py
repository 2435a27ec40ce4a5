"""Talks of which a telephone system told late, or only the end."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from calls.actions import ending
from calls.models import AgentPhone, Call, CallChore
from calls.rules.peers import PeerEvent


def phone_of(call: Call, told: PeerEvent) -> AgentPhone | None:
    """The phone that is told of, else the one that rings."""
    named = AgentPhone.objects.filter(system_id=call.system_id, dial_target=told.agent).first()
    return (named if told.agent else None) or call.phone


def note(call: Call, told: PeerEvent, at: datetime) -> None:
    """Of a talk whose beginning was never told: when it began, and with whom."""
    if call.answered_at is not None or not told.talk_seconds:
        return
    began = at - timedelta(seconds=told.talk_seconds)
    call.phone, call.answered_at = phone_of(call, told), began
    call.arrived_at = min(call.arrived_at, began)
    call.waited_seconds = round((began - call.arrived_at).total_seconds())


def was_not_lost(call: Call, told: PeerEvent, at: datetime) -> None:
    """People talked while we heard nothing: it was answered, and nobody is to be called back."""
    note(call, told, at)
    call.outcome, call.cause = Call.Outcome.ANSWERED, told.cause[:40]
    call.talked_seconds, call.ended_at = told.talk_seconds, at
    call.save(update_fields=ending.CHANGES)
    ending.leave(call=call, kind=CallChore.Kind.TIMELINE, at=at)
    # Afterwards: whoever files it holds the rows of the task and of the ticket, and waits for the call's.
    transaction.on_commit(partial(_call_nobody_back, call.pk))


def _call_nobody_back(call_id: int) -> None:
    """Drop the call-back of a call, unless it was filed."""
    CallChore.objects.filter(call=call_id, kind=CallChore.Kind.CALLBACK, done_at__isnull=True).delete()
