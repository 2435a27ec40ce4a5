"""What a contact is asked to approve, and what was answered before, in the words of the portal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from tickets.access import visible_approvals
from tickets.models import Ticket
from tickets.models.approvals import ApprovalRequestQuerySet
from tickets.queries.approval_cards import ApprovalCard, cards

LISTED = 50


@dataclass(frozen=True)
class ApprovalLists:
    """Requests that wait for an answer, the one that runs out first in front; the others, newest first."""

    waiting: Sequence[ApprovalCard]
    past: Sequence[ApprovalCard]


def approval_lists(user: User, now: datetime) -> ApprovalLists:
    """Everything that somebody may see, of all tickets that they may read."""
    rows = _rows(user)
    waiting = rows.open(now).order_by("expires_at", "pk")[:LISTED]
    past = rows.exclude(pk__in=rows.open(now).values("pk")).order_by("-pk")[:LISTED]
    return ApprovalLists(cards(waiting, now), cards(past, now))


def waiting_approvals(user: User, now: datetime) -> list[ApprovalCard]:
    """Only those that wait for an answer: for the pages that a contact comes to first."""
    return cards(_rows(user).open(now).order_by("expires_at", "pk")[:LISTED], now)


def ticket_approvals(user: User, ticket: Ticket, now: datetime) -> ApprovalLists:
    """Those of one ticket that its reader may see."""
    found = cards(_rows(user).filter(ticket=ticket).order_by("-pk")[:LISTED], now)
    return ApprovalLists(
        [card for card in found if card.is_open], [card for card in found if not card.is_open]
    )


def _rows(user: User) -> ApprovalRequestQuerySet:
    """The requests of all tickets that somebody may read."""
    return visible_approvals(user).select_related("ticket", "service", "price_item", "contact", "asked_by")
