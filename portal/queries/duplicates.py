"""Own open tickets that a new one might repeat."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from portal.queries.positions import state_label
from portal.rules.similarity import similar
from tickets.access import visible_tickets
from tickets.models import Ticket

LOOKED_AT = 100
SHOWN = 3


@dataclass(frozen=True)
class OpenTicket:
    """A ticket that may already be about the same."""

    number: str
    url: str
    subject: str
    state_label: str


def possible_duplicates(user: User, subject: str) -> list[OpenTicket]:
    """The open tickets that this person may read with a subject like this one, the most alike first.

    Only the newest hundred are looked at.
    """
    if not subject.strip():
        return []
    finished = (Ticket.Status.SOLVED, Ticket.Status.CLOSED)
    tickets = list(visible_tickets(user).exclude(status__in=finished).order_by("-pk")[:LOOKED_AT])
    places = similar(subject, [ticket.subject for ticket in tickets])
    return [_open_ticket(tickets[place]) for place in places[:SHOWN]]


def _open_ticket(ticket: Ticket) -> OpenTicket:
    url = reverse("portal:ticket", args=[ticket.number])
    return OpenTicket(ticket.number, url, ticket.subject, state_label(ticket))
