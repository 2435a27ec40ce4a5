"""Who would pay for work that is about to be entered, before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts.models import User
from contracts.models import Service
from tickets.models import Ticket, TimeEntry
from tickets.queries.coverage import consent_to, inputs_for
from tickets.queries.time import SliceWords, in_hours, money, slice_words
from tickets.rules.coverage import decide


@dataclass(frozen=True)
class Foreseen:
    """What entering would say. `beyond`: minutes that the allowance refuses. Amounts are in words.

    `lacks_approval`: chargeable and nobody approved it; `is_refused_without` then says that it is not taken.
    `overlaps` are one's own entries at the same time, as ticket numbers.
    """

    slices: Sequence[SliceWords]
    amount: str
    lacks_approval: bool
    is_refused_without: bool
    approval: str
    beyond: str
    overlaps: Sequence[str]

    @property
    def is_all_covered(self) -> bool:
        """Whether nothing is charged."""
        return all(one.is_covered for one in self.slices)


def foresee(
    *,
    ticket: Ticket,
    service: Service,
    start: datetime,
    end: datetime,
    kilometres: int,
    by: User,
    at: datetime,
) -> Foreseen:
    """What the rule says of work from start to end (whole minutes) as things stand now; locks nothing."""
    inputs = inputs_for(
        ticket=ticket,
        customer_id=ticket.customer_id,
        service=service,
        start=start,
        end=end,
        kilometres=kilometres,
        at=at,
    )
    slices = decide(inputs)
    consent = consent_to(slices, ticket=ticket, customer_id=ticket.customer_id, service=service, at=start)
    beyond = sum(one.real_minutes for one in slices if one.is_refused)
    return Foreseen(
        slices=[slice_words(one) for one in slices],
        amount=money(slices),
        lacks_approval=consent.is_missing,
        is_refused_without=settings.UNAPPROVED_WORK == "refuse",
        approval="request" if consent.request else "standing" if consent.approval else "",
        beyond=in_hours(beyond) if beyond else "",
        overlaps=overlapping(by, start, end),
    )


def overlapping(agent: User, start: datetime, end: datetime, *, besides: int | None = None) -> list[str]:
    """The numbers of the tickets on which an agent has standing entries at the same time."""
    entries = TimeEntry.objects.standing().filter(agent=agent, started_at__lt=end, ended_at__gt=start)
    if besides is not None:
        entries = entries.exclude(pk=besides)
    return list(entries.order_by("ticket_id").values_list("ticket__number", flat=True).distinct())
