"""Moving tickets through their lifecycle: wait, schedule, resume, solve, close, reopen."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from contracts.actions.standing_changes import lock_customers
from contracts.queries import standing_of
from lib.locking import Lock, lock_shared
from lib.reasons import reason
from tickets import access
from tickets.actions import notifying, placing
from tickets.actions.placing import Held
from tickets.actions.rowwise import each
from tickets.models import Ticket
from tickets.rules import lifecycle
from tickets.rules.lifecycle import Actor, NotAllowed, Status, Verb


@transaction.atomic
def progress(
    *,
    ticket: Ticket,
    verb: Verb,
    by: User | None,
    why: str = "",
    until: datetime | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Take a ticket through one step of the lifecycle table.

    `until` is the moment a scheduled ticket comes back. Errors: Denied for whoever may not touch the
    ticket; NotAllowed, with its reason, where the table or the reopening period refuses.
    """
    held = hold_with_customer(ticket, at=at)
    actor = actor_on(held.ticket, by)
    move(held, verb, by=by, actor=actor, why=why, until=until)
    _tell(held, verb, by=by, until=until)
    return placing.settle(held)


def hold_with_customer(ticket: Ticket, *, at: datetime | None = None) -> Held:
    """Lock a ticket together with its customer's standing, for changes that may rank it anew."""
    lock_shared(Lock.QUEUE)
    customer_ids = Ticket.objects.filter(pk=ticket.pk).values_list("customer_id", flat=True)
    lock_customers(list(customer_ids))
    return placing.hold(ticket, at=at)


def actor_on(ticket: Ticket, by: User | None) -> Actor:
    """In which role somebody moves a ticket. Error: Denied."""
    if by is None:
        return Actor.SYSTEM
    if by.is_agent:
        access.require(allowed=access.may_work(by, ticket))
        return Actor.AGENT
    access.require(allowed=access.may_write_as_customer(by, ticket))
    return Actor.CUSTOMER


def require_step(held: Held, verb: Verb, *, actor: Actor) -> None:
    """Whether `move` will refuse, asked before files are stored: no rollback takes those away.

    Error: NotAllowed.
    """
    _target(held, verb, actor)


def move(
    held: Held,
    verb: Verb,
    *,
    by: User | None,
    actor: Actor,
    why: str = "",
    until: datetime | None = None,
) -> None:
    """Apply a verb to a held ticket, without settling it: a step inside a larger action."""
    ticket, before = held.ticket, held.ticket.status
    ticket.status = _target(held, verb, actor)
    ticket.scheduled_until = _checked_until(held, until) if verb == Verb.SCHEDULE else None
    _stamp(held, Status(before))
    if before == Status.CLOSED:
        rank_by_standing(ticket, held.at)
    comes_back = ticket.status == Status.OPEN and before != Status.OPEN
    if ticket.assignee_id is not None and (comes_back or (by is not None and ticket.assignee_id == by.pk)):
        # What waited for others did not lie idle: whoever has it gets their hours from now on.
        ticket.touched_at = held.at
    if before != ticket.status or verb == Verb.SCHEDULE:
        params = {"until_at": until.isoformat()} if until else {}
        placing.record(ticket, f"status.{verb}", by=by, at=held.at, why=why, **params)


def rank_by_standing(ticket: Ticket, at: datetime) -> None:
    """Give a ticket the band and level of its customer's standing (the customer is locked)."""
    standing = standing_of(ticket.customer_id, at)
    ticket.band = standing.band
    ticket.level_id = standing.level.id if standing.level else None


def wake_scheduled(*, at: datetime | None = None) -> int:
    """Bring scheduled tickets whose moment has come back to work. Returns how many."""
    due = list(Ticket.objects.schedules_due(at or timezone.now()).order_by("pk").values_list("pk", flat=True))
    return each(due, lambda pk: _wake_one(pk, at), work="schedules")


@transaction.atomic
def _wake_one(ticket_id: int, at: datetime | None) -> bool:
    held = placing.hold(ticket_id, at=at)
    until = held.ticket.scheduled_until
    if held.ticket.status != Status.SCHEDULED or until is None or until > held.at:
        return False
    move(held, Verb.SCHEDULED_DUE, by=None, actor=Actor.SYSTEM)
    placing.settle(held)
    return True


def _target(held: Held, verb: Verb, actor: Actor) -> Status:
    if verb != Verb.REOPEN:
        return lifecycle.transition(held.ticket.status, verb, actor)
    closed_for = held.at - held.ticket.closed_at if held.ticket.closed_at else timedelta()
    return lifecycle.reopen(
        held.ticket.status, actor, closed_days=closed_for.days, reopen_days=settings.REOPEN_DAYS
    )


def _checked_until(held: Held, until: datetime | None) -> datetime:
    if until is None or until <= held.at:
        raise NotAllowed(reason("lifecycle.schedule_needs_future"))
    return until


def _stamp(held: Held, before: Status) -> None:
    """Keep the dates of solving and closing true to the status."""
    ticket = held.ticket
    if ticket.status == Status.SOLVED and before != Status.SOLVED:
        ticket.solved_at = held.at
    if ticket.status == Status.CLOSED:
        ticket.closed_at = held.at
    else:
        ticket.closed_at = None
        if ticket.status != Status.SOLVED:
            ticket.solved_at = None


def close_solved(*, at: datetime | None = None) -> int:
    """Close tickets that stayed solved for the set number of days. Returns how many."""
    limit = (at or timezone.now()) - timedelta(days=settings.CLOSE_SOLVED_DAYS)
    due = Ticket.objects.filter(status=Status.SOLVED, solved_at__lte=limit).order_by("pk")
    ids = list(due.values_list("pk", flat=True)[:500])
    return each(ids, lambda pk: _close_one(pk, limit, at), work="closing")


@transaction.atomic
def _close_one(ticket_id: int, limit: datetime, at: datetime | None) -> bool:
    held = placing.hold(ticket_id, at=at)
    solved_at = held.ticket.solved_at
    if held.ticket.status != Status.SOLVED or solved_at is None or solved_at > limit:
        return False
    move(held, Verb.AUTO_CLOSE, by=None, actor=Actor.SYSTEM)
    _tell(held, Verb.AUTO_CLOSE, by=None)
    placing.settle(held)
    return True


def _tell(held: Held, verb: Verb, *, by: User | None, until: datetime | None = None) -> None:
    """Lay the mail that a step owes into the outbox."""
    if held.is_live:
        notifying.tell_of_step(held.ticket, verb, by=by, at=held.at, until=until)
