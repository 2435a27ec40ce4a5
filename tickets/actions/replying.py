"""Replies, internal notes and the customer's messages."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from customers.models import Contact
from tickets import access
from tickets.actions import notifying, placing, timing
from tickets.actions.messages import NewFile, add_message
from tickets.actions.placing import Held
from tickets.actions.progressing import hold_with_customer, move, require_step
from tickets.actions.refusals import EmptyMessage
from tickets.models import Message, Ticket
from tickets.rules.lifecycle import Actor, Status, Verb


@transaction.atomic
def reply(
    *,
    ticket: Ticket,
    body: str,
    by: User,
    then: Verb | None = None,
    files: Sequence[NewFile] = (),
    at: datetime | None = None,
) -> Message:
    """Answer the customer, optionally setting the ticket to waiting or solved in the same step.

    Errors: Denied for whoever does not work on the ticket, NotAllowed where the lifecycle refuses `then`,
    EmptyMessage.
    """
    held = hold_with_customer(ticket, at=at)
    message = _write_as_agent(held, body, by, files, is_internal=False, then=then)
    held.heard.add(timing.ANSWERED)
    placing.record(held.ticket, "replied", by=by, at=held.at)
    if then is not None:
        move(held, then, by=by, actor=Actor.AGENT)
    placing.settle(held)
    if held.is_live:
        notifying.tell_of_message(held.ticket, message, then=then)
    return message


@transaction.atomic
def note(
    *, ticket: Ticket, body: str, by: User, files: Sequence[NewFile] = (), at: datetime | None = None
) -> Message:
    """Write an internal note, which no customer ever sees. Errors as in `reply`."""
    held = hold_with_customer(ticket, at=at)  # files may stand behind the customer's gate
    message = _write_as_agent(held, body, by, files, is_internal=True)
    placing.record(held.ticket, "noted", by=by, at=held.at)
    placing.settle_note(held)
    return message


@transaction.atomic
def customer_reply(
    *,
    ticket: Ticket,
    body: str,
    contact: Contact,
    by: User | None,
    channel: Ticket.Channel = Ticket.Channel.PORTAL,
    files: Sequence[NewFile] = (),
    at: datetime | None = None,
) -> Message:
    """Add the customer's message; a ticket that waited for them, or was solved, waits for us again.

    A closed ticket is reopened within the reopening period. It keeps its arrival, so a nag gains nothing.
    Errors: Denied for a contact who may not see the ticket, NotAllowed when the reopening period is over,
    EmptyMessage.
    """
    held = hold_with_customer(ticket, at=at)
    access.require(allowed=contact.customer_id == held.ticket.customer_id)
    if by is not None:
        access.require(allowed=access.may_write_as_customer(by, held.ticket))
    _require_content(body, files)
    verb = Verb.REOPEN if held.ticket.status == Status.CLOSED else Verb.CUSTOMER_REPLIED
    require_step(held, verb, actor=Actor.CUSTOMER)
    message = add_message(
        ticket=held.ticket,
        body=body,
        author=by,
        contact=contact,
        author_name=contact.name,
        channel=channel,
        files=files,
        at=held.at,
        is_live=held.is_live,
    )
    held.heard.add(timing.ASKED)
    move(held, verb, by=by, actor=Actor.CUSTOMER)
    placing.settle(held)
    return message


def _write_as_agent(
    held: Held,
    body: str,
    by: User,
    files: Sequence[NewFile],
    *,
    is_internal: bool,
    then: Verb | None = None,
) -> Message:
    access.require(allowed=access.may_work(by, held.ticket))
    _require_content(body, files)
    if then is not None:
        require_step(held, then, actor=Actor.AGENT)
    if held.ticket.assignee_id == by.pk:
        held.ticket.touched_at = held.at
    return add_message(
        ticket=held.ticket,
        body=body,
        author=by,
        author_name=by.display_name,
        channel=Ticket.Channel.DESK,
        is_internal=is_internal,
        files=files,
        at=held.at,
        is_live=held.is_live,
    )


def _require_content(body: str, files: Sequence[NewFile]) -> None:
    if not body.strip() and not files:
        raise EmptyMessage
