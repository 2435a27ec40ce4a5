"""What a contact said of a ticket, and whether they may (still) say it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from customers.models import Contact
from portal.queries.positions import days_closed, reopening_ends_on
from tickets.models import Rating, Ticket
from tickets.rules import lifecycle
from tickets.rules.lifecycle import Actor


@dataclass(frozen=True)
class RatingCard:
    """`given`: the contact's own rating. `until`: the last day on which it may be given or changed, in words.

    `until` is empty where the ticket is solved and not closed yet, or may not be rated.
    """

    may_rate: bool
    given: Rating | None
    until: str


def rating_card(ticket: Ticket, contact: Contact, now: datetime) -> RatingCard:
    """The contact's rating of a ticket as its page shows it."""
    may_rate = lifecycle.may_rate(
        ticket.status,
        Actor.CUSTOMER,
        closed_days=days_closed(ticket, now),
        reopen_days=settings.REOPEN_DAYS,
    )
    given = Rating.objects.filter(ticket=ticket, contact=contact).first()
    until = reopening_ends_on(ticket) if may_rate and ticket.closed_at else ""
    return RatingCard(may_rate, given, until)
