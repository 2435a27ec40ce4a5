"""A contact's list of tickets, and one ticket's conversation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from accounts.models import User
from customers.models import Contact
from lib.downloads import signed
from portal.queries.positions import days_closed, state_label
from tickets.access import visible_messages, visible_tickets
from tickets.models import Message, Ticket
from tickets.models.tickets import TicketQuerySet
from tickets.queries.places import places_of
from tickets.rules import lifecycle
from tickets.rules.lifecycle import Actor, Verb

PAGE_SIZE = 25
FINISHED = (Ticket.Status.SOLVED, Ticket.Status.CLOSED)


@dataclass(frozen=True)
class Choice:
    """What a contact asked to see: open tickets or all, own or the company's too, older than which."""

    is_open_only: bool = True
    is_own_only: bool = False
    before: int | None = None


@dataclass(frozen=True)
class TicketLine:
    """One ticket of the list."""

    number: str
    url: str
    subject: str
    status: str
    status_label: str
    place: int | None
    at: datetime
    by: str


@dataclass(frozen=True)
class TicketPage:
    """Up to `PAGE_SIZE` tickets, newest first, and where the next page begins."""

    tickets: tuple[TicketLine, ...]
    next_before: int | None
    is_degraded: bool

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The numbers of those that can still move."""
        return tuple(ticket.number for ticket in self.tickets if ticket.status not in FINISHED)


@dataclass(frozen=True)
class Verbs:
    """What a contact may do with a ticket now."""

    may_reply: bool
    may_close: bool
    may_reopen: bool


def ticket_page(user: User, contact: Contact, choice: Choice) -> TicketPage:
    """One page of the tickets a contact may read. The number of queries does not depend on the rows."""
    chosen = _chosen(visible_tickets(user), contact, choice)
    rows = list(chosen.select_related("contact").order_by("-id")[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    places = places_of(shown)
    lines = []
    for ticket in shown:
        place = places.by_ticket.get(ticket.pk)
        lines.append(_line(ticket, contact, place.position if place else None))
    return TicketPage(tuple(lines), shown[-1].pk if len(rows) > PAGE_SIZE else None, places.is_degraded)


def conversation_of(user: User, contact: Contact, ticket: Ticket) -> list[dict[str, Any]]:
    """The messages as the contact may read them, in the words of the message component."""
    return [_entry(message, contact, ticket, user) for message in visible_messages(user, ticket)]


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


def _chosen(tickets: TicketQuerySet, contact: Contact, choice: Choice) -> TicketQuerySet:
    if choice.is_open_only:
        tickets = tickets.exclude(status__in=FINISHED)
    if choice.is_own_only:
        tickets = tickets.filter(contact=contact)
    if choice.before is not None:
        tickets = tickets.filter(pk__lt=choice.before)
    return tickets


def _line(ticket: Ticket, contact: Contact, place: int | None) -> TicketLine:
    is_own = ticket.contact_id == contact.pk
    return TicketLine(
        number=ticket.number,
        url=reverse("portal:ticket", args=[ticket.number]),
        subject=ticket.subject,
        status=ticket.status,
        status_label=state_label(ticket),
        place=place,
        at=ticket.arrived_at,
        by="" if is_own or ticket.contact is None else ticket.contact.name,
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
            }
            for file in message.attachments.all()
        ],
    }


def _is_from_agent(message: Message) -> bool:
    """A machine's message has neither author nor contact and speaks for the customer."""
    return message.author_id is not None and not message.is_from_customer
