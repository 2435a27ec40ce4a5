"""Calls on the timeline of their ticket: who, when, how long was waited and talked."""

from datetime import datetime

from django.utils.timezone import localtime

from calls.models import Call, CallChore
from calls.queries.reporters import reporter_of
from calls.rules.ticket_wording import length
from contracts.queries import company_zone
from lib.phones import readable
from lib.waking import wake
from tickets.actions import placing
from tickets.models import Ticket, TicketEvent

TALKED, WE_CALLED, AGAIN = "phone_call", "phone_call_out", "called_again"


def talked(*, call: Call, ticket: Ticket | None) -> bool:
    """Note an answered call on a ticket, once. Returns: whether it is new there.

    Without a ticket it waits until somebody says whose it is (`later`).
    """
    if ticket is None or call.answered_at is None:
        return False
    if TicketEvent.objects.filter(ticket=ticket, params__call=call.pk).exists():
        return False
    held = placing.hold(ticket)
    is_out = call.direction == Call.Direction.OUT
    placing.record(
        held.ticket,
        WE_CALLED if is_out else TALKED,
        by=call.phone.user if call.phone else None,
        at=held.at,
        call=call.pk,
        caller=_other_end(call, held.ticket),
        called_at=_said(call.arrived_at),
        talked=length(call.talked_seconds),
        waited=length(call.waited_seconds),
    )
    placing.settle_note(held)
    return True


def called_again(*, call: Call, ticket: Ticket) -> None:
    """Note on a call-back ticket that somebody called once more and was not put through."""
    held = placing.hold(ticket)
    how = "busy" if call.outcome == Call.Outcome.BUSY else "missed"
    placing.record(
        held.ticket,
        AGAIN,
        by=None,
        at=held.at,
        call=call.pk,
        caller=_other_end(call, held.ticket),
        called_at=_said(call.arrived_at),
        how=how,
    )
    placing.settle_note(held)


def later(*, call: Call, at: datetime) -> None:
    """Have a call noted on the ticket that it was given after its end; one that still runs is noted then."""
    if call.state != Call.State.ENDED or call.answered_at is None:
        return
    CallChore.objects.update_or_create(
        call=call,
        kind=CallChore.Kind.TIMELINE,
        defaults={"due_at": at, "done_at": None, "failed_at": None, "leased_until": None, "tries": 0},
    )
    wake("calls.chores")


def _other_end(call: Call, ticket: Ticket) -> str:
    """The number, with the name where it is that of a contact of the ticket's customer."""
    number = call.to_number if call.direction == Call.Direction.OUT else call.from_number
    contact = reporter_of(call).contact or call.contact
    is_theirs = contact is not None and contact.customer_id == ticket.customer_id
    name = contact.name if contact is not None and is_theirs else ""
    return ", ".join(part for part in (name, readable(number) if number else "") if part)


def _said(moment: datetime) -> str:
    return localtime(moment, company_zone()).isoformat()
