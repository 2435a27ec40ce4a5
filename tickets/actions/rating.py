"""Confirming or changing a ticket's severity, and pinning it above the order."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets import access
from tickets.actions import notifying, placing
from tickets.actions.refusals import PinNeedsFuture, ReasonRequired
from tickets.actions.rowwise import each
from tickets.models import Ticket
from tickets.queries.places import numbers_ahead
from tickets.rules.ranking import effective_pin, severity_name


@transaction.atomic
def set_severity(
    *, ticket: Ticket, severity: Ticket.Severity, by: User, reason: str = "", at: datetime | None = None
) -> Ticket:
    """Confirm the severity the customer reported, or change it with a reason; the ticket moves at once.

    The ticket's contact is told of a change, with the reason.

    Errors: Denied; ReasonRequired where the severity changes without one.
    """
    held = placing.hold(ticket, at=at)
    access.require(allowed=access.may_work(by, held.ticket))
    before = held.ticket.severity
    if severity != before and not reason.strip():
        raise ReasonRequired
    held.ticket.confirmed_severity = held.ticket.severity = int(severity)
    if severity == before:
        placing.record(held.ticket, "severity_confirmed", by=by, at=held.at, new=severity_name(severity))
    else:
        placing.record(
            held.ticket,
            "severity_changed",
            by=by,
            at=held.at,
            old=severity_name(before),
            new=severity_name(severity),
            why=reason,
        )
        if held.is_live:
            notifying.tell_of_severity(held.ticket, before=before, why=reason, by=by, at=held.at)
    _touch(held, by)
    return placing.settle(held)


@transaction.atomic
def pin(*, ticket: Ticket, by: User, reason: str, expires_at: datetime, at: datetime | None = None) -> Ticket:
    """Put a ticket before all that are not pinned, until the pin expires; the record names whom it overtook.

    Errors: Denied for anybody but leads, ReasonRequired, PinNeedsFuture.
    """
    access.require(allowed=access.may_lead(by))
    if not reason.strip():
        raise ReasonRequired
    held = placing.hold(ticket, at=at)
    if expires_at <= held.at:
        raise PinNeedsFuture
    overtaken = numbers_ahead(held.ticket) if held.ticket.pinned_at is None else []
    held.ticket.pinned_at = _standing_pin(held) or held.at
    held.ticket.pin_expires_at = expires_at
    held.ticket.pin_reason = reason[:250]
    placing.record(
        held.ticket,
        "pinned",
        by=by,
        at=held.at,
        why=held.ticket.pin_reason,
        until_at=expires_at.isoformat(),
        overtook=", ".join(overtaken),
    )
    return placing.settle(held)


@transaction.atomic
def unpin(*, ticket: Ticket, by: User | None, at: datetime | None = None) -> Ticket:
    """Take a pin away. Error: Denied for anybody but leads."""
    access.require(allowed=by is None or access.may_lead(by))
    held = placing.hold(ticket, at=at)
    if held.ticket.pinned_at is None:
        return held.ticket
    clear_pin(held.ticket)
    placing.record(held.ticket, "unpinned", by=by, at=held.at)
    return placing.settle(held)


def expire_pins(*, at: datetime | None = None) -> int:
    """Take away the pins that have run out. Returns how many."""
    due = list(Ticket.objects.pins_expired(at or timezone.now()).order_by("pk").values_list("pk", flat=True))
    return each(due, lambda pk: _expire_one(pk, at), work="pins")


def clear_pin(ticket: Ticket) -> None:
    """Remove the pin from the row (the caller settles)."""
    ticket.pinned_at = ticket.pin_expires_at = None
    ticket.pin_reason = ""


@transaction.atomic
def _expire_one(ticket_id: int, at: datetime | None) -> bool:
    held = placing.hold(ticket_id, at=at)
    expires_at = held.ticket.pin_expires_at
    if expires_at is None or expires_at > held.at:
        return False
    clear_pin(held.ticket)
    placing.record(held.ticket, "pin_expired", by=None, at=held.at)
    placing.settle(held)
    return True


def _standing_pin(held: placing.Held) -> datetime | None:
    """A pin made longer keeps its place; one that has run out is over, swept already or not."""
    return effective_pin(held.ticket.pinned_at, held.ticket.pin_expires_at, held.at)


def _touch(held: placing.Held, by: User) -> None:
    if held.ticket.assignee_id == by.pk:
        held.ticket.touched_at = held.at
