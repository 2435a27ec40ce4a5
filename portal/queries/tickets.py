"""One ticket for its customer: the conversation, and what may be done with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from customers.models import Contact
from lib.downloads import signed
from lib.languages import page_language
from portal.queries.positions import days_closed
from tickets.access import visible_messages
from tickets.models import Message, Ticket
from tickets.queries.held import held_of
from tickets.queries.sounds import player_of
from tickets.rules import lifecycle
from tickets.rules.lifecycle import Actor, Verb


@dataclass(frozen=True)
class Verbs:
    """What a contact may do with a ticket now."""

    may_reply: bool
    may_close: bool
    may_reopen: bool


def conversation_of(user: User, contact: Contact, ticket: Ticket) -> list[dict[str, Any]]:
    """The messages as the contact may read them, in the words of the message component."""
    messages = visible_messages(user, ticket)
    held = held_of(messages, ticket, timezone.now(), page_language(), "customer")
    return [{**_entry(one, contact, ticket, user), "held": held.get(one.pk)} for one in messages]


def verbs_of(ticket: Ticket, now: datetime) -> Verbs:
    """What the customer's side may do with a ticket, from the lifecycle table."""
    status = ticket.status
    may_reopen = lifecycle.may_reopen(
        status, Actor.CUSTOMER, closed_days=days_closed(ticket, now), reopen_days=settings.REOPEN_DAYS
    )
    return Verbs(
        may_reply=may_reopen or status != Ticket.Status.CLOSED,
        may_close=Verb.CLOSE in lifecycle.verbs_for(status, Actor.CUSTOMER),
        may_reopen=may_reopen,
    )


def _entry(message: Message, contact: Contact, ticket: Ticket, reader: User) -> dict[str, Any]:
    return {
        "id": f"m-{message.pk}",
        "kind": "reply" if _is_from_agent(message) else "customer",
        "author": message.author_name,
        "own": message.contact_id == contact.pk,
        "at": message.at,
        "body": message.body,
        "attachments": [
            {
                "name": file.name,
                "url": signed(
                    reverse("portal:file", args=[ticket.number, file.key]), key=file.key, user_id=reader.pk
                ),
                "size_label": filesizeformat(file.size),
                "player": player_of(file, reverse("portal:sound", args=[ticket.number, file.key])),
            }
            for file in message.attachments.all()
        ],
    }


def _is_from_agent(message: Message) -> bool:
    """A machine's message has neither author nor contact and speaks for the customer."""
    return message.author_id is not None and not message.is_from_customer
