"""The timer of an agent: started on a ticket, stopped into a draft, entered or discarded."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets import access
from tickets.models import Ticket, Timer


@transaction.atomic
def start(*, ticket: Ticket, by: User, at: datetime | None = None) -> Timer:
    """Start one's timer on a ticket. One that runs on another ticket is stopped and waits there as a draft.

    Starting it where it runs already changes nothing. Error: Denied.
    """
    access.require(allowed=access.may_work(by, ticket))
    at = at or timezone.now()
    running = _running(by)
    if running is not None:
        if running.ticket_id == ticket.pk:
            return running
        _stop(running, at)
    return Timer.objects.create(agent=by, ticket=ticket, started_at=at)


@transaction.atomic
def stop(*, by: User, at: datetime | None = None) -> Timer | None:
    """Stop one's running timer: it waits to be entered. Returns: it, or None where none runs."""
    running = _running(by)
    return running and _stop(running, at or timezone.now())


@transaction.atomic
def discard(*, timer: Timer, by: User) -> None:
    """Throw one's timer away, running or stopped. Twice is once. Error: Denied."""
    access.require(allowed=timer.agent_id == by.pk)
    Timer.objects.filter(pk=timer.pk, agent=by).delete()


def _running(by: User) -> Timer | None:
    """The agent's running timer; whoever starts or stops one of theirs meanwhile waits."""
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=by.pk)
    return Timer.objects.running().filter(agent=by).first()


def _stop(timer: Timer, at: datetime) -> Timer:
    timer.stopped_at = max(at, timer.started_at)
    timer.save(update_fields=["stopped_at"])
    return timer
