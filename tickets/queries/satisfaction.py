"""How customers found our work: the latest ratings, and by week how many were good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.utils.timezone import localtime

from contracts.queries import company_zone
from tickets.models import Rating, Ticket

WEEKS = 8
SHOWN = 50


@dataclass(frozen=True)
class Week:
    """The ratings of one calendar week of the company; `monday` is its first day."""

    monday: datetime
    good: int
    fair: int
    bad: int

    @property
    def count(self) -> int:
        """How many were given."""
        return self.good + self.fair + self.bad

    @property
    def share_good(self) -> int | None:
        """Percent good, None in a week without ratings."""
        return round(100 * self.good / self.count) if self.count else None


def latest_ratings(*, with_comment: bool = False) -> list[Rating]:
    """The latest of all, or of those with a comment; the last change counts."""
    ratings = Rating.objects.with_case().order_by("-changed_at", "-pk")
    return list((ratings.exclude(comment="") if with_comment else ratings)[:SHOWN])


def ratings_of(ticket: Ticket) -> list[Rating]:
    """What was said of one ticket, latest first."""
    return list(Rating.objects.filter(ticket=ticket).select_related("contact").order_by("-changed_at", "-pk"))


def weeks(now: datetime) -> Sequence[Week]:
    """The last eight weeks, this one first, those without ratings too. One query."""
    zone = company_zone()
    today = localtime(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in range(WEEKS)]
    rows = (
        Rating.objects.filter(changed_at__gte=mondays[-1])
        .annotate(week=TruncWeek("changed_at", tzinfo=zone))
        .order_by()
        .values_list("week")
        .annotate(**{verdict: Count("pk", filter=Q(verdict=verdict)) for verdict in Rating.Verdict.values})
    )
    counts = {week.date(): found for week, *found in rows}
    return [Week(monday, *counts.get(monday.date(), (0, 0, 0))) for monday in mondays]
