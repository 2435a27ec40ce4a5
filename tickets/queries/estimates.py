"""Estimates of waiting times, from the recorded waits of a band and severity over the last eight weeks.

What the records say changes slowly, so each process keeps it for a minute: an estimate on a page costs no
query then, and one query however many tickets the page shows otherwise.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.timezone import localtime

from contracts.queries import company_calendar, company_zone
from contracts.queries.calendars import PAGES
from tickets.models import RecordedWait, Ticket
from tickets.queries.places import Place
from tickets.rules import estimating
from tickets.rules.estimate_wording import Said, say_estimate, say_too_few
from tickets.rules.estimating import Curve, Estimate, Moments, Served

KEPT_SECONDS = 60.0

Group = tuple[int, int]
"""Band and severity."""

_EXAMPLES = """
    SELECT asked.band, asked.severity, w.team_id, w.ahead, w.seconds, w.low, w.high, w.ended
    FROM unnest(%(bands)s::int[], %(severities)s::int[]) AS asked(band, severity)
    CROSS JOIN LATERAL (
        SELECT team_id, ahead, seconds, low, high, ended FROM tickets_recordedwait
        WHERE band = asked.band AND severity = asked.severity AND ended <> 'own' AND seconds IS NOT NULL
          AND taken_at > %(after)s AND taken_at <= %(at)s
        ORDER BY taken_at DESC LIMIT %(most)s
    ) w
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """A recorded wait, as the question above asks for it."""

    team_id: int
    ahead: int
    seconds: int
    low: int | None
    high: int | None
    ended: str

    def as_served(self) -> Served:
        """The wait as the rule knows it."""
        told = None if self.low is None or self.high is None else (self.low, self.high)
        return Served(self.ahead, self.seconds, told and estimating.contains(*told, self.seconds))


@dataclass(frozen=True)
class Experience:
    """What the records of one band and severity say.

    `by_team` holds the curves of teams that have enough waits of their own; `percent_inside` is the share of
    the ranges told that came true, None while fewer than thirty were told.
    """

    served: int
    curve: Curve | None = None
    by_team: Mapping[int, Curve] = field(default_factory=dict)
    percent_inside: int | None = None

    def curve_of(self, team_id: int) -> Curve | None:
        """The team's own curve, or the one of all teams."""
        return self.by_team.get(team_id, self.curve)


@dataclass(frozen=True)
class Expected:
    """What is said of a waiting ticket: on the clock and in words, in one language."""

    moments: Moments
    words: Said


class _Memory:
    """What this process read in the last minute."""

    def __init__(self) -> None:
        self._kept: dict[Group, tuple[float, Experience]] = {}

    def of(self, groups: Iterable[Group], at: datetime) -> dict[Group, Experience]:
        """What is known of these groups; one query for all that were not read lately."""
        now = time.monotonic()
        wanted = set(groups)
        missing = [one for one in wanted if one not in self._kept or self._kept[one][0] <= now]
        if missing:
            read = _read(missing, at)
            self._kept.update({one: (now + KEPT_SECONDS, known) for one, known in read.items()})
        return {one: self._kept[one][1] for one in wanted}

    def forget(self) -> None:
        """Read anew next time."""
        self._kept.clear()


memory = _Memory()


def estimate_at(ticket: Ticket, ahead: int, at: datetime) -> Estimate | None:
    """The estimate for a ticket with so many ahead; None where too few were served."""
    curve = memory.of([_group(ticket)], at)[_group(ticket)].curve_of(ticket.team_id)
    return curve.at(ahead) if curve else None


def expected(
    tickets: Iterable[Ticket], places: Mapping[int, Place], *, now: datetime, language: str
) -> dict[int, Expected]:
    """Estimates by ticket id, for tickets (with level) that have a place and enough to compare with."""
    waiting = [ticket for ticket in tickets if ticket.pk in places]
    known = memory.of({_group(ticket) for ticket in waiting}, now)
    calendar, zone, found = company_calendar(max_age=PAGES), company_zone(), {}
    for ticket in waiting:
        experience = known[_group(ticket)]
        curve = experience.curve_of(ticket.team_id)
        if curve is None:
            continue
        estimate = curve.at(places[ticket.pk].counts.total)
        moments = estimating.on_the_clock(estimate, now, calendar)
        words = say_estimate(
            language,
            since=localtime(moments.low_at, zone),
            until=localtime(moments.high_at, zone),
            today=localtime(now, zone).date(),
            is_at_once=moments.is_at_once,
            served=estimate.served,
            level=ticket.level.name if ticket.level else None,
            severity=ticket.severity_name,
            percent_inside=experience.percent_inside,
        )
        found[ticket.pk] = Expected(moments, words)
    return found


def why_none(ticket: Ticket, *, now: datetime, language: str) -> str:
    """Why a waiting ticket has no estimate, or nothing where it has one."""
    experience = memory.of([_group(ticket)], now)[_group(ticket)]
    if experience.curve is not None:
        return ""
    return say_too_few(
        language,
        served=experience.served,
        level=ticket.level.name if ticket.level else None,
        severity=ticket.severity_name,
    )


def _group(ticket: Ticket) -> Group:
    return ticket.band, ticket.severity


def _read(groups: list[Group], at: datetime) -> dict[Group, Experience]:
    rows: dict[Group, list[_Row]] = {one: [] for one in groups}
    params: dict[str, Any] = {
        "bands": [band for band, _ in groups],
        "severities": [severity for _, severity in groups],
        "after": at - estimating.PERIOD,
        "at": at,
        "most": estimating.MOST_SERVED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EXAMPLES, params)
        for band, severity, *row in cursor.fetchall():
            rows[band, severity].append(_Row(*row))
    return {one: _experience(found) for one, found in rows.items()}


def _experience(rows: list[_Row]) -> Experience:
    """The share counts whoever was told a range, as the leads' page does; the curves only examples."""
    by_team: dict[int, list[Served]] = {}
    for row in rows:
        if row.ended == RecordedWait.Ended.SERVED:
            by_team.setdefault(row.team_id, []).append(row.as_served())
    every = [one for of_team in by_team.values() for one in of_team]
    share = estimating.share_true(row.as_served() for row in rows)
    curves = {team_id: estimating.fit(served) for team_id, served in by_team.items()}
    return Experience(
        served=len(every),
        curve=estimating.fit(every),
        by_team={team_id: curve for team_id, curve in curves.items() if curve},
        percent_inside=None if share is None else round(100 * share),
    )
