"""A contact's list of tickets: what they chose to see, one page of it, and how much there is."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from customers.models import Contact
from lib.languages import page_language
from portal.queries.positions import state_label
from tickets.access import visible_tickets
from tickets.models import Ticket
from tickets.models.tickets import TicketQuerySet
from tickets.queries.estimates import expected
from tickets.queries.places import places_of

PAGE_SIZE = 25
FINISHED = (Ticket.Status.SOLVED, Ticket.Status.CLOSED)

OPEN, FOR_YOU, FINISHED_ONES, EVERY = "open", "yours", "finished", "all"
STATES = (OPEN, FOR_YOU, FINISHED_ONES, EVERY)


@dataclass(frozen=True)
class Choice:
    """What a contact asked to see. `before`: only tickets older than the one with this id.

    `state`: one of STATES. `severity` None and `text` "": any.
    """

    state: str = OPEN
    is_own_only: bool = False
    severity: int | None = None
    text: str = ""
    before: int | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether more than the state and the owner was chosen."""
        return bool(self.text) or self.severity is not None


@dataclass(frozen=True)
class TicketLine:
    """One ticket of the list. `held_by`: who works on it; `by`: who filed it, if somebody else.

    `estimate`: in a few words, when somebody will probably take it.
    """

    number: str
    url: str
    subject: str
    status: str
    status_label: str
    place: int | None
    at: datetime
    by: str
    held_by: str
    estimate: str


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


def ticket_page(user: User, contact: Contact, choice: Choice) -> TicketPage:
    """One page of the tickets a contact may read. The number of queries does not depend on the rows."""
    chosen = _in_state(_of_whom(visible_tickets(user), contact, choice), choice.state)
    chosen = _narrowed(chosen, choice).select_related("contact", "assignee", "level")
    rows = list(chosen.order_by("-id")[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    places = places_of(shown)
    estimates = expected(shown, places.by_ticket, now=timezone.now(), language=page_language())
    lines = []
    for ticket in shown:
        place, estimate = places.by_ticket.get(ticket.pk), estimates.get(ticket.pk)
        short = estimate.words.short if estimate else ""
        lines.append(_line(ticket, contact, place.position if place else None, short))
    return TicketPage(tuple(lines), shown[-1].pk if len(rows) > PAGE_SIZE else None, places.is_degraded)


def counts_of(user: User, contact: Contact, choice: Choice) -> dict[str, int]:
    """How many tickets are open and wait for the contact. Finished ones pile up and are not counted."""
    tickets = _of_whom(visible_tickets(user), contact, choice).exclude(status__in=FINISHED)
    for_you = Count("pk", filter=Q(status=Ticket.Status.WAITING_CUSTOMER))
    counts = tickets.unsettled().aggregate(every=Count("pk"), for_you=for_you)
    return {OPEN: counts["every"], FOR_YOU: counts["for_you"]}


def _of_whom(tickets: TicketQuerySet, contact: Contact, choice: Choice) -> TicketQuerySet:
    return tickets.filter(contact=contact) if choice.is_own_only else tickets


def _in_state(tickets: TicketQuerySet, state: str) -> TicketQuerySet:
    if state == FOR_YOU:
        return tickets.filter(status=Ticket.Status.WAITING_CUSTOMER)
    if state == FINISHED_ONES:
        return tickets.filter(status__in=FINISHED)
    return tickets.exclude(status__in=FINISHED) if state == OPEN else tickets


def _narrowed(tickets: TicketQuerySet, choice: Choice) -> TicketQuerySet:
    if choice.severity is not None:
        tickets = tickets.filter(severity=choice.severity)
    if choice.text:
        by_text = Q(subject__icontains=choice.text) | Q(number__icontains=choice.text)
        tickets = tickets.filter(by_text)
    if choice.before is not None:
        tickets = tickets.filter(pk__lt=choice.before)
    return tickets


def _line(ticket: Ticket, contact: Contact, place: int | None, estimate: str) -> TicketLine:
    is_own = ticket.contact_id == contact.pk
    is_held = ticket.status == Ticket.Status.OPEN and ticket.assignee is not None
    return TicketLine(
        number=ticket.number,
        url=reverse("portal:ticket", args=[ticket.number]),
        subject=ticket.subject,
        status=ticket.status,
        status_label=state_label(ticket),
        place=place,
        at=ticket.arrived_at,
        by="" if is_own or ticket.contact is None else ticket.contact.name,
        estimate=estimate,
        held_by=ticket.assignee.display_name if is_held and ticket.assignee else "",
    )
