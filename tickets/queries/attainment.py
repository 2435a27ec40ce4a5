"""How often we kept what we promised: by level, severity and kind, and week by week.

A target counts where it was decided: a missed one on the day it was missed, one that was met on the day it
was met, any other on the day it began. So each counts once, and what is over does not change any more.
Six queries, however many clocks.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Coalesce

from contracts.queries import company_zone
from contracts.rules.standing import day_start
from tickets.models import Clock
from tickets.queries.clock_cases import clock_pauses
from tickets.queries.deadlines import facts_of
from tickets.rules.clocks import seconds_used
from tickets.rules.periods import Period

MOST_MEASURED = 5_000
"""The median of the time used is taken over the latest so many."""
MOST_SHOWN = 100
_DAY = timedelta(days=1)
_LAST = date.max - _DAY
NEXT_SHOWN = 20

_DECIDED = "coalesce(c.breached_at, c.stopped_at, c.starts_at)"
_OUTCOME = """
    CASE WHEN c.breached_at IS NOT NULL THEN 'missed' WHEN c.stopped_at IS NOT NULL THEN 'met'
         WHEN c.state = 'withdrawn' THEN 'withdrawn' ELSE 'running' END
"""
_GROUPS = f"""
    SELECT coalesce(l.name, ''), coalesce(l.rank, 100), c.severity, c.kind, {_OUTCOME}, count(*)
    FROM tickets_clock c LEFT JOIN contracts_servicelevel l ON l.id = c.level_id
    WHERE {_DECIDED} >= %(since)s AND {_DECIDED} < %(until)s
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 1, 3, 4
"""  # noqa: S608 (made of constants)
_WEEKS = f"""
    SELECT date_trunc('week', {_DECIDED} AT TIME ZONE %(zone)s)::date,
        count(*) FILTER (WHERE c.breached_at IS NULL), count(*) FILTER (WHERE c.breached_at IS NOT NULL)
    FROM tickets_clock c
    WHERE {_DECIDED} >= %(since)s AND {_DECIDED} < %(until)s
        AND (c.breached_at IS NOT NULL OR c.stopped_at IS NOT NULL)
    GROUP BY 1
"""  # noqa: S608 (made of constants)

_KIND_ORDER = {"response": 0, "next_answer": 1, "resolution": 2}
GroupKey = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of some targets."""

    met: int = 0
    missed: int = 0
    running: int = 0
    withdrawn: int = 0

    @property
    def percent(self) -> int | None:
        """The share that was met of what is decided, rounded down: 100 means all of them."""
        decided = self.met + self.missed
        return 100 * self.met // decided if decided else None

    @property
    def total(self) -> int:
        """All of them."""
        return self.met + self.missed + self.running + self.withdrawn


@dataclass(frozen=True, slots=True)
class Group:
    """The targets of one kind for a level and a severity; `median_seconds` of the time that counts."""

    level: str
    step: int
    severity: int
    kind: str
    figures: Figures
    median_seconds: float | None


@dataclass(frozen=True, slots=True)
class Week:
    """What was decided in a week that begins with this Monday."""

    monday: date
    figures: Figures


@dataclass(frozen=True, slots=True)
class Attainment:
    """A period's targets."""

    overall: Figures
    groups: Sequence[Group]
    weeks: Sequence[Week]
    missed: Sequence[Clock]
    more_missed: int
    unjustified: int


def attainment(period: Period) -> Attainment:
    """All of a period's figures."""
    found = _groups(period)
    medians = _medians(period)
    ranks = sorted({rank for _, rank, _, _ in found})
    groups = [
        Group(level, ranks.index(rank) + 1, severity, kind, figures, medians.get((level, severity, kind)))
        for (level, rank, severity, kind), figures in found.items()
    ]
    groups.sort(key=lambda one: (one.step, one.level, one.severity, _KIND_ORDER[one.kind]))
    missed = list(missed_clocks(period)[:MOST_SHOWN])
    overall = _sum(group.figures for group in groups)
    return Attainment(
        overall=overall,
        groups=groups,
        weeks=_weeks(period),
        missed=missed,
        more_missed=max(0, overall.missed - len(missed)),
        unjustified=missed_clocks(period).filter(justification="").count() if missed else 0,
    )


def missed_clocks(period: Period) -> QuerySet[Clock]:
    """What was missed in a period: what nobody has explained first, then the latest."""
    since, until = bounds(period)
    return (
        Clock.objects.filter(breached_at__gte=since, breached_at__lt=until)
        .select_related("ticket__customer", "ticket__assignee", "ticket__team", "level", "justified_by")
        .alias(lacks_words=ExpressionWrapper(Q(justification=""), BooleanField()))
        .order_by("-lacks_words", "-breached_at", "-pk")
    )


def decided_clocks(period: Period) -> QuerySet[Clock]:
    """Every target of a period, for the export, in the order in which they count."""
    since, until = bounds(period)
    return (
        Clock.objects.annotate(counts_at=Coalesce("breached_at", "stopped_at", "starts_at"))
        .filter(counts_at__gte=since, counts_at__lt=until)
        .select_related("ticket__customer", "ticket__assignee", "ticket__team", "level", "justified_by")
        .order_by("counts_at", "pk")
    )


def breaching_next(now: datetime) -> list[Clock]:
    """The running deadlines that are due next, of all teams."""
    return list(
        Clock.objects.filter(state=Clock.State.RUNNING, breached_at__isnull=True, due_at__gt=now)
        .select_related("ticket__customer", "ticket__assignee", "ticket__team", "level")
        .order_by("due_at", "pk")[:NEXT_SHOWN]
    )


def bounds(period: Period) -> tuple[datetime, datetime]:
    """A period's days as moments, in the company's time zone: [first midnight, midnight after the last)."""
    zone = company_zone()
    last = min(period.last, _LAST)
    return day_start(period.first, zone), day_start(last + _DAY, zone)


def _asked(period: Period) -> dict[str, Any]:
    since, until = bounds(period)
    return {"since": since, "until": until, "zone": str(company_zone())}


def _groups(period: Period) -> dict[tuple[str, int, int, str], Figures]:
    counted: dict[tuple[str, int, int, str], dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, _asked(period))
        for level, rank, severity, kind, outcome, count in cursor.fetchall():
            counted[level, rank, severity, kind][outcome] = count
    return {key: Figures(**counts) for key, counts in counted.items()}


def _weeks(period: Period) -> list[Week]:
    with connection.cursor() as cursor:
        cursor.execute(_WEEKS, _asked(period))
        counts = {monday: Figures(met=met, missed=missed) for monday, met, missed in cursor.fetchall()}
    return [Week(monday, counts.get(monday, Figures())) for monday in period.mondays]


def _medians(period: Period) -> dict[GroupKey, float]:
    """The median of the time that was used until something was done, in the time that counts for it."""
    since, until = bounds(period)
    clocks = list(
        Clock.objects.filter(stopped_at__gte=since, stopped_at__lt=until)
        .select_related("level")
        .order_by("-stopped_at")[:MOST_MEASURED]
    )
    pauses = clock_pauses({clock.ticket_id for clock in clocks}) if clocks else {}
    used: dict[GroupKey, list[float]] = defaultdict(list)
    for clock in clocks:
        facts = facts_of(clock, pauses.get(clock.ticket_id, ()))
        key = (clock.level.name if clock.level else "", clock.severity, clock.kind)
        used[key].append(seconds_used(facts, clock.stopped_at or until))
    return {key: median(seconds) for key, seconds in used.items()}


def _sum(figures: Iterator[Figures]) -> Figures:
    every = list(figures)
    return Figures(
        met=sum(one.met for one in every),
        missed=sum(one.missed for one in every),
        running=sum(one.running for one in every),
        withdrawn=sum(one.withdrawn for one in every),
    )
