"""Writing the mail that a change owes into the outbox, in the transaction of the change.

Only what happens now is told. Whoever hands an action a moment of their own (`at`) records what happened
elsewhere: an importer, the demo story.
"""

from datetime import datetime

from accounts.models import User
from customers.models import Contact
from lib.mail_ids import new_mail_id
from lib.waking import wake
from tickets.models import Delivery, Message, Ticket
from tickets.rules import notifying
from tickets.rules.lifecycle import Verb
from tickets.rules.notifying import Reader


def tell_of_opening(ticket: Ticket, message: Message, *, at: datetime) -> None:
    """A receipt to the contact, if one is owed."""
    contact = ticket.contact
    is_old = notifying.is_old_news(ticket.arrived_at, at)
    if contact and notifying.owed_for_opening(
        _reader(ticket, contact), channel=ticket.channel, is_old=is_old
    ):
        _lay(Delivery.Kind.RECEIPT, ticket, contact, at=at, message=message)


def tell_of_message(ticket: Ticket, message: Message, *, then: Verb | None = None) -> None:
    """The message to the contact, if it is for them; the step `then` is told in the same mail."""
    contact = ticket.contact
    if contact and notifying.owed_for_message(
        _reader(ticket, contact), is_internal=message.is_internal, is_from_customer=message.is_from_customer
    ):
        params = {"verb": then.value} if then in notifying.NEWS else {}
        _lay(Delivery.Kind.REPLY, ticket, contact, at=message.at, message=message, params=params)


def tell_of_step(
    ticket: Ticket, verb: Verb, *, by: User | None, at: datetime, until: datetime | None = None
) -> None:
    """The new status to the contact, unless they set it themselves."""
    contact = ticket.contact
    if contact and notifying.owed_for_step(_reader(ticket, contact, by), verb):
        params = {"verb": verb.value}
        if until is not None and verb == Verb.SCHEDULE:
            params["until_at"] = until.isoformat()
        _lay(Delivery.Kind.STATUS, ticket, contact, at=at, params=params)


def _reader(ticket: Ticket, contact: Contact, by: User | None = None) -> Reader:
    return Reader(
        has_address=bool(contact.email),
        is_active=contact.is_active and ticket.customer.is_active,
        did_it=by is not None and contact.user_id == by.pk,
    )


def _lay(
    kind: Delivery.Kind,
    ticket: Ticket,
    contact: Contact,
    *,
    at: datetime,
    message: Message | None = None,
    params: dict[str, str] | None = None,
) -> None:
    Delivery.objects.create(
        kind=kind,
        ticket=ticket,
        contact=contact,
        message=message,
        params=params or {},
        mail_id=new_mail_id("ticket", ticket.pk),
        created_at=at,
        next_attempt_at=at,
    )
    wake("mail.deliver")
