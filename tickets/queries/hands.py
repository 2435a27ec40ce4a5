"""What is in somebody's hands, and what becomes of it when they stop working."""

from dataclasses import dataclass

from accounts.models import User
from tickets.models import Ticket
from tickets.models.tickets import PARKED

SHOWN = 50


@dataclass(frozen=True)
class InHands:
    """What waits for us with one agent (`shown` the first of `count`), and how many tickets are put off."""

    count: int
    shown: list[Ticket]
    put_off: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.shown)


def in_hands_of(user: User) -> InHands:
    """What goes back to the queue when this person stops working, best first."""
    held = Ticket.objects.in_hands().filter(assignee=user)
    shown = held.select_related("customer", "team").in_rank_order()[:SHOWN]
    return InHands(held.count(), list(shown), Ticket.objects.filter(PARKED, assignee=user).count())
