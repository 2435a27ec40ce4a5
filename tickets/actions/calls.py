"""Noting calls on a ticket: with whom, which way, how long, and what kind of work it was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Contact
from tickets import access
from tickets.actions import gating, placing
from tickets.actions.messages import add_message
from tickets.actions.refusals import CallNotDone, CannotOpen, EmptyMessage
from tickets.models import CallNote, Message, Ticket, WorkKind

LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Call:
    """A call as somebody notes it; `minutes` 0 where nobody was reached or counted."""

    called_at: datetime
    body: str
    minutes: int = 0
    contact: Contact | None = None
    is_outgoing: bool = False
    work_kind: str = WorkKind.ADVICE

    @property
    def ended_at(self) -> datetime:
        """The moment it was over."""
        return self.called_at + timedelta(minutes=self.minutes)


@transaction.atomic
def note_call(*, ticket: Ticket, call: Call, by: User, at: datetime | None = None) -> Message:
    """Write a call into the conversation as an internal note.

    Errors: Denied; EmptyMessage; CannotOpen for another customer's contact; CallNotDone for one that lies
    ahead; GateClosed where its kind of work was not allowed over all of it. Then nothing is kept.
    """
    access.require(allowed=access.may_work(by, ticket))
    _require_sound(call, at or timezone.now())
    gating.hold_customer(ticket)  # also where the kind needs no gate: what is noted may hold a log
    gating.require_kind_over(ticket, call.work_kind, start=call.called_at, end=call.ended_at)
    held = placing.hold(ticket, at=at)
    access.require(allowed=access.may_work(by, held.ticket))
    if call.contact is not None and call.contact.customer_id != held.ticket.customer_id:
        raise CannotOpen(_("The contact belongs to another customer."))
    message = add_message(
        ticket=held.ticket,
        body=call.body,
        author=by,
        author_name=by.display_name,
        channel=Ticket.Channel.PHONE,
        is_internal=True,
        at=held.at,
    )
    CallNote.objects.create(
        message=message,
        contact=call.contact,
        is_outgoing=call.is_outgoing,
        work_kind=call.work_kind,
        called_at=call.called_at,
        minutes=call.minutes,
    )
    placing.record(held.ticket, "noted", by=by, at=held.at)
    held.ticket.touched_at = held.at
    placing.settle_note(held)
    return message


def _require_sound(call: Call, now: datetime) -> None:
    if not call.body.strip():
        raise EmptyMessage
    if call.ended_at > now or call.ended_at - call.called_at > LONGEST:
        raise CallNotDone
