"""The waits of the eight weeks before the story: who came when, was told what, and was taken when.

The tickets of those weeks are not told, only how long they waited: enough that customers see estimates and
leads see whether they hold. A small desk is played through on the service clock, always the same way; each
estimate is made by the product's own rule from what had been recorded by then, so the first weeks have none.
"""

import heapq
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from accounts.models import Team
from contracts.queries import company_calendar
from contracts.rules.standing import NO_CONTRACT_BAND
from tickets.actions import recording
from tickets.models import RecordedWait
from tickets.rules.estimating import MOST_SERVED, PERIOD, Curve, Estimate, Served, contains, fit

# The team, how many of its people take tickets at a time, and seconds between two arrivals.
DESKS = (("infrastructure", 1, 2900), ("workplace", 2, 1400), ("network", 1, 3100))
HANDLING = 2400.0
BANDS, BAND_WEIGHTS = (1, 2, 3, NO_CONTRACT_BAND), (22, 26, 18, 34)
SEVERITIES, SEVERITY_WEIGHTS = (1, 2, 3, 4), (6, 24, 50, 20)
# Estimates are made anew once in so many seconds; the product does it each minute.
REFIT = 9 * 3600
_LAST = timedelta(minutes=1)


@dataclass(slots=True)
class _Case:
    """One ticket of those weeks, in seconds on the service clock."""

    team: str
    band: int
    severity: int
    arrived: float
    ahead: int = 0
    taken: float = 0.0

    @property
    def waited(self) -> float:
        return self.taken - self.arrived


def add_waits(teams: Mapping[str, Team], *, until: datetime) -> int:
    """Record the waits up to a moment. Returns how many."""
    clock = _Clock(until - PERIOD + timedelta(hours=1), until - _LAST)
    rnd = Random(8)  # noqa: S311 (a story, not a secret)
    cases = [case for desk in DESKS for case in _play(rnd, *desk, length=clock.length)]
    cases.sort(key=lambda case: case.arrived)
    rows = []
    for case, told in zip(cases, _told(cases), strict=True):
        rows.append(
            RecordedWait(
                team=teams[case.team],
                band=case.band,
                severity=case.severity,
                arrived_at=clock.at(case.arrived),
                ahead=case.ahead,
                low=told.low if told else None,
                middle=told.middle if told else None,
                high=told.high if told else None,
                taken_at=clock.at(case.taken),
                ended=RecordedWait.Ended.SERVED,
                seconds=round(case.waited),
            )
        )
    return recording.take_over(waits=rows)


class _Clock:
    """Moments by seconds of service hours since the first day."""

    def __init__(self, since: datetime, until: datetime) -> None:
        days = max(1, (until - since).days)
        self._starts = [since + timedelta(days=day) for day in range(days)]
        ends = [*self._starts[1:], until]
        self._calendar = company_calendar()
        lengths = [self._calendar.seconds(start, end) for start, end in zip(self._starts, ends, strict=True)]
        self._begins = [0.0, *accumulate(lengths)]
        self.length = self._begins.pop()

    def at(self, seconds: float) -> datetime:
        """The moment at which so many seconds have passed."""
        day = bisect_right(self._begins, seconds) - 1
        return self._calendar.add(self._starts[day], seconds - self._begins[day])


def _play(rnd: Random, team: str, people: int, gap: float, *, length: float) -> Iterator[_Case]:
    """One team's queue until the end; what still waits then belongs to nobody's past."""
    free = [0.0] * people
    queue: list[tuple[int, int, float, _Case]] = []
    arriving = rnd.expovariate(1 / gap)
    while True:
        at = max(free[0], queue[0][2] if queue else arriving)
        while arriving <= at:
            band = rnd.choices(BANDS, BAND_WEIGHTS)[0]
            severity = rnd.choices(SEVERITIES, SEVERITY_WEIGHTS)[0]
            case = _Case(team, band, severity, arriving)
            case.ahead = sum(
                1 for one in queue if one[2] <= arriving and one[:3] < (band, severity, arriving)
            )
            insort(queue, (band, severity, arriving, case), key=lambda one: one[:3])
            arriving += rnd.expovariate(1 / gap)
        if at >= length:
            return
        case = queue.pop(0)[3]
        case.taken = max(at, case.arrived) + rnd.expovariate(1 / 120)
        busy = HANDLING * rnd.lognormvariate(-0.2, 0.63)
        heapq.heapreplace(free, case.taken + busy)
        if case.taken < length:
            yield case


def _told(cases: list[_Case]) -> list[Estimate | None]:
    """What each case was told: from the waits of its own team, or of all where those are too few."""
    groups: dict[tuple[object, ...], list[_Case]] = defaultdict(list)
    for case in cases:
        groups[case.band, case.severity].append(case)
        groups[case.band, case.severity, case.team].append(case)
    told: dict[int, Estimate | None] = {}
    curves: dict[tuple[object, ...], Curve | None] = {}

    def curve(key: tuple[object, ...], turn: int) -> Curve | None:
        if (key, turn) not in curves:
            known = [one for one in groups[key] if one.taken <= turn * REFIT][-MOST_SERVED:]
            curves[key, turn] = fit([Served(one.ahead, one.waited, _came_true(told, one)) for one in known])
        return curves[key, turn]

    for case in cases:
        turn, group = int(case.arrived // REFIT), (case.band, case.severity)
        found = curve((*group, case.team), turn) or curve(group, turn)
        told[id(case)] = found.at(case.ahead) if found else None
    return [told[id(case)] for case in cases]


def _came_true(told: Mapping[int, Estimate | None], case: _Case) -> bool | None:
    estimate = told.get(id(case))
    return contains(estimate.low, estimate.high, case.waited) if estimate else None
