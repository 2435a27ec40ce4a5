"""How well estimates come true: by band and severity, and week by week. Three queries, however many waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.timezone import localtime

from contracts.models import ServiceLevel
from contracts.queries import company_zone
from contracts.rules.standing import NO_CONTRACT_BAND
from tickets.rules.estimating import LEAST_SERVED, PERIOD
from tickets.rules.ranking import severity_name

LEAST_PERCENT, MOST_PERCENT = 70, 90
"""Between these an estimate is as honest as it says; above, the ranges are wider than they need be."""
MOST_WIDTH = 2.0

_GROUPS = """
    SELECT band, severity,
        count(*) FILTER (WHERE ended = 'served'),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE ended = 'served'),
        count(high), count(*) FILTER (WHERE seconds BETWEEN low AND high),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (high - low) / greatest(middle, 1)::float)
            FILTER (WHERE high IS NOT NULL)
    FROM tickets_recordedwait
    WHERE seconds IS NOT NULL AND taken_at > %(after)s AND taken_at <= %(now)s AND ended <> 'own'
    GROUP BY GROUPING SETS ((band, severity), ()) ORDER BY band, severity
"""
_WEEKS = """
    SELECT date_trunc('week', taken_at AT TIME ZONE %(zone)s)::date, count(high),
        count(*) FILTER (WHERE seconds BETWEEN low AND high)
    FROM tickets_recordedwait
    WHERE seconds IS NOT NULL AND taken_at > %(after)s AND taken_at <= %(now)s AND ended <> 'own'
    GROUP BY 1
"""


@dataclass(frozen=True)
class Hits:
    """How many ranges were told to tickets that somebody took since, and how many of those came true."""

    told: int
    inside: int

    @property
    def percent(self) -> int | None:
        """The share that came true; None while nothing was told."""
        return round(100 * self.inside / self.told) if self.told else None

    @property
    def verdict(self) -> str:
        """`good`, `rare` (too few came true), `often` (wider than need be), `few` (too few to judge)."""
        if self.percent is None or self.told < LEAST_SERVED:
            return "few"
        if self.percent < LEAST_PERCENT:
            return "rare"
        return "often" if self.percent > MOST_PERCENT else "good"


@dataclass(frozen=True)
class GroupFigures(Hits):
    """One band and severity. `levels` is empty without a contract, `step` 1 critical to 4 low.

    `width`: median of width by middle.
    """

    levels: str
    band_position: int
    severity: str
    step: int
    served: int
    median_seconds: int
    width: float | None

    @property
    def has_estimate(self) -> bool:
        """Whether enough were served."""
        return self.served >= LEAST_SERVED

    @property
    def lacking(self) -> int:
        """How many are missing for an estimate."""
        return max(0, LEAST_SERVED - self.served)


@dataclass(frozen=True)
class Week(Hits):
    """One calendar week of the company; `monday` is its first day."""

    monday: date


@dataclass(frozen=True)
class Calibration:
    """All of it; `overall` is None while nobody was served."""

    overall: GroupFigures | None
    groups: Sequence[GroupFigures]
    weeks: Sequence[Week]


def calibration(now: datetime) -> Calibration:
    """The last eight weeks, the oldest first."""
    zone = company_zone()
    params: dict[str, Any] = {"after": now - PERIOD, "now": now, "zone": zone.key}
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, params)
        rows = cursor.fetchall()
        cursor.execute(_WEEKS, params)
        by_week = {monday: Hits(told, inside) for monday, told, inside in cursor.fetchall()}
    levels = _levels()
    groups = [_figures(levels, *row) for row in rows]
    this = localtime(now, zone).date()
    mondays = [this - timedelta(days=this.weekday(), weeks=back) for back in range(PERIOD.days // 7, -1, -1)]
    nothing = Hits(0, 0)
    return Calibration(
        # Without any wait the row of the whole is there, too, and counts nothing.
        overall=next((one for one in groups if not one.severity and one.served + one.told), None),
        groups=[one for one in groups if one.severity],
        weeks=[
            Week(by_week.get(monday, nothing).told, by_week.get(monday, nothing).inside, monday)
            for monday in mondays
        ],
    )


def _levels() -> dict[int, tuple[str, int]]:
    """Names and position (1 is the best) of each band that a service level gives."""
    names: dict[int, list[str]] = {}
    for rank, name in ServiceLevel.objects.order_by("rank", "name").values_list("rank", "name"):
        names.setdefault(rank, []).append(name)
    return {rank: (" / ".join(of_rank), place) for place, (rank, of_rank) in enumerate(names.items(), 1)}


def _figures(  # noqa: PLR0917 (the columns of the statement)
    levels: dict[int, tuple[str, int]],
    band: int | None,
    severity: int | None,
    served: int,
    median: float | None,
    told: int,
    inside: int,
    width: float | None,
) -> GroupFigures:
    # A level may be gone or have another rank since.
    known = ("", 0) if band in (None, NO_CONTRACT_BAND) else levels.get(band or 0, (f"({band})", 0))
    return GroupFigures(
        told=told,
        inside=inside,
        levels=known[0],
        band_position=min(known[1], 9),
        severity=severity_name(severity) if severity else "",
        step=severity or 0,
        served=served,
        median_seconds=round(median or 0),
        width=width,
    )
