"""What becomes of a call at the desk: its ticket, or why it needs none; and notes of what was said."""

import math
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from calls.access import may_handle
from calls.actions import announcing, notes_on_tickets
from calls.models import Call
from customers.models import Customer
from tickets import access as ticket_access
from tickets.actions import assigning, calls, opening
from tickets.models import Message, Ticket


class NeedsReason(Exception):
    """That a call needs no ticket is said with a reason."""


class NoTicket(Exception):
    """Notes stand on a ticket, and the call has none yet."""


@transaction.atomic
def attach(*, call: Call, ticket: Ticket, by: User, at: datetime | None = None) -> Call:
    """Say which ticket a call is about. Errors: Denied, 404 for a ticket that this person does not read."""
    ticket_access.get_ticket(by, ticket.number)
    locked = _held(call, by)
    before = locked.ticket_id
    locked.ticket, locked.no_ticket_why = ticket, ""
    locked.save(update_fields=["ticket", "no_ticket_why"])
    if before not in (None, ticket.pk):
        auditing.record(by=by, verb="call.moved", what=locked, at=at, details={"from": before})
    notes_on_tickets.later(call=locked, at=at or timezone.now())
    announcing.changed(locked.phone_id)
    return locked


def take_over(*, call: Call, ticket: Ticket, why: str, by: User, at: datetime | None = None) -> Call:
    """Take a ticket into one's own hands because its customer is on the phone, and attach the call to it.

    `why` is kept where better-placed tickets are passed. Errors: Denied, OffDuty; then nothing happened.
    """
    ticket_access.require(allowed=may_handle(by, call))
    assigning.assign(ticket=ticket, to=by, by=by, reason=why, at=at)
    return attach(call=call, ticket=ticket, by=by, at=at)


@transaction.atomic
def open_ticket(
    *, call: Call, customer: Customer, by: User, at: datetime | None = None, **filed: Any
) -> Ticket:
    """File a ticket for whoever called, and attach the call. `filed`: as `opening.open_ticket` takes it.

    Errors: Denied, CannotOpen.
    """
    ticket_access.require(allowed=may_handle(by, call))
    ticket = opening.open_ticket(customer=customer, channel=Ticket.Channel.PHONE, by=by, at=at, **filed)
    locked = _held(call, by)
    locked.ticket, locked.no_ticket_why = ticket, ""
    if locked.customer_id is None:
        locked.customer, locked.match = customer, Call.Match.KNOWN
    locked.save(update_fields=["ticket", "no_ticket_why", "customer", "match"])
    notes_on_tickets.later(call=locked, at=at or timezone.now())
    announcing.changed(locked.phone_id)
    return ticket


@transaction.atomic
def detach(*, call: Call, by: User, at: datetime | None = None) -> Call:
    """Take a call off its ticket; what was noted there stays. Error: Denied."""
    locked = _held(call, by)
    if locked.ticket_id is not None:
        auditing.record(by=by, verb="call.moved", what=locked, at=at, details={"from": locked.ticket_id})
        locked.ticket = None
        locked.save(update_fields=["ticket"])
        announcing.changed(locked.phone_id)
    return locked


@transaction.atomic
def set_aside(*, call: Call, why: str, by: User, at: datetime | None = None) -> Call:
    """Say that a call needs no ticket, and why. Errors: Denied, NeedsReason."""
    if not why.strip():
        raise NeedsReason
    locked = _held(call, by)
    locked.no_ticket_why = why.strip()[:200]
    locked.save(update_fields=["no_ticket_why"])
    auditing.record(by=by, verb="call.set_aside", what=locked, at=at)
    announcing.changed(locked.phone_id)
    return locked


def note(*, call: Call, body: str, work_kind: str, by: User, at: datetime | None = None) -> Message:
    """Write what was said on the phone into the call's ticket, as an internal note with the call's times.

    It goes the way of every noted call, so the gates of its kind of work and for logs in texts hold.
    Errors: NoTicket, Denied, EmptyMessage, GateClosed, LogInText.
    """
    if call.ticket is None:
        raise NoTicket
    ticket_access.require(allowed=may_handle(by, call))
    at = at or timezone.now()
    start, minutes = spoken(call, at)
    noted = calls.Call(
        called_at=start,
        body=body,
        minutes=minutes,
        contact=call.contact
        if call.contact and call.contact.customer_id == call.ticket.customer_id
        else None,
        is_outgoing=call.direction == Call.Direction.OUT,
        work_kind=work_kind,
    )
    return calls.note_call(ticket=call.ticket, call=noted, by=by, at=at)


def spoken(call: Call, at: datetime) -> tuple[datetime, int]:
    """When a conversation began and its minutes, begun ones counted whole; it never ends in the future."""
    if call.answered_at is None:
        return call.arrived_at, 0
    seconds = call.talked_seconds if call.ended_at else (at - call.answered_at).total_seconds()
    minutes = math.ceil(max(0.0, seconds) / 60)
    return min(call.answered_at, at - timedelta(minutes=minutes)), minutes


def _held(call: Call, by: User) -> Call:
    """The call's row, locked, for whoever may say what becomes of it. Error: Denied."""
    locked = Call.objects.select_for_update(of=("self",)).select_related("phone").get(pk=call.pk)
    ticket_access.require(allowed=may_handle(by, locked))
    return locked
