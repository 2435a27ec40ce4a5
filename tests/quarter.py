"""A simulated quarter of a service desk, and the estimates that would have been told in it.

Tickets arrive around the clock, more on Mondays and in the mornings; agents work in service hours only, fall
ill, go on holiday, and take the best ticket of the queue when they have finished one and had a break. Time
runs on the service clock (seconds of service hours since the start), which the product's own rule winds.
"""

import heapq
import math
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

from contracts.rules.hours import Calendar, parse_hours
from tickets.rules.estimating import MOST_SERVED, PERIOD, Curve, Estimate, Served, contains, fit

ZONE = ZoneInfo("Europe/Berlin")
CALENDAR = Calendar(parse_hours("Mon-Fri 08:00-12:00,13:00-17:00"), ZONE)
DAY = 8 * 3600.0
# From early in February over the change of the clocks: eight weeks to learn from, then the quarter.
START = datetime(2027, 2, 1, tzinfo=ZONE)
LEARNING_WEEKS, WEEKS = 8, 21
BANDS, BAND_WEIGHTS = (1, 2, 3, 100), (15, 25, 20, 40)
SEVERITIES, SEVERITY_WEIGHTS = (1, 2, 3, 4), (5, 20, 55, 20)
WEEKDAYS = (1.35, 1.05, 0.95, 0.9, 0.75)
HANDLING = 40 * 60.0
BREAK = 5 * 60.0
REFIT = DAY / 8
"""As long as a process may go on with what it last read of the records (the product: a minute)."""


@dataclass(slots=True)
class Case:
    """One ticket: moments on the service clock, the places ahead, and what was told."""

    arrived: float
    at: datetime
    band: int
    severity: int
    ahead: int = 0
    taken: float = math.inf
    told: Estimate | None = None
    ahead_later: int | None = None
    """The places ahead an hour of service later, if it still waited then."""
    later: Estimate | None = None

    @property
    def waited(self) -> float:
        return self.taken - self.arrived

    @property
    def came_true(self) -> bool | None:
        told = self.told
        return contains(told.low, told.high, self.waited) if told else None


@dataclass(frozen=True)
class Figures:
    """How the estimates of one quarter came out."""

    agents: int
    load: float
    tickets: int
    told: int
    inside: float
    width: float
    """Median of (high − low) / middle."""
    inside_later: float
    longest_hours: float
    by_band: dict[int, float]


def quarter(seed: int) -> Figures:
    """Run one quarter, tell each ticket an estimate from what was known then, and compare."""
    rnd = Random(seed)
    agents, load = rnd.choice((3, 4, 5, 6)), rnd.uniform(0.75, 0.97)
    cases = _Desk(rnd, agents).run(list(_arrivals(rnd, agents, load)))
    _tell(cases)
    begin = (START + timedelta(weeks=LEARNING_WEEKS)).astimezone(UTC)
    quarter_of = [case for case in cases if case.at >= begin and case.taken < math.inf]
    told = [(case, case.told) for case in quarter_of if case.told is not None]
    by_band = defaultdict(list)
    for case, _ in told:
        by_band[case.band].append(bool(case.came_true))
    later = [
        contains(case.later.low, case.later.high, case.waited - 3600) for case in quarter_of if case.later
    ]
    return Figures(
        agents=agents,
        load=load,
        tickets=len(quarter_of),
        told=len(told),
        inside=sum(map(sum, by_band.values())) / len(told),
        width=median((one.high - one.low) / one.middle for _, one in told),
        inside_later=sum(later) / len(later),
        longest_hours=max(case.waited for case in quarter_of) / 3600,
        by_band={band: sum(hits) / len(hits) for band, hits in sorted(by_band.items())},
    )


def _arrivals(rnd: Random, agents: int, load: float) -> Iterator[Case]:
    """Tickets in the order of their arrival, on the calendar and on the service clock."""
    moments: list[datetime] = []
    # A week has 5.3 days' worth of tickets, agents are there on 87 of 100 days.
    per_day = load * agents * 0.87 * DAY / (HANDLING + BREAK) / 1.06
    for number in range(WEEKS * 7):
        day = (START + timedelta(days=number)).date()
        share = WEEKDAYS[day.weekday()] if day.weekday() < len(WEEKDAYS) else 0.15
        mean = per_day * share * rnd.lognormvariate(-0.03, 0.25)
        for _ in range(max(0, round(rnd.gauss(mean, math.sqrt(mean))))):
            is_by_night = day.weekday() > 4 or rnd.random() < 0.15
            hour = rnd.uniform(0, 24) if is_by_night else 8 + 9 * rnd.betavariate(1.3, 1.8)
            moments.append(datetime.combine(day, time(), ZONE) + timedelta(hours=min(hour, 23.99)))
        if day.weekday() <= 4 and rnd.random() < 0.06:  # something is down at many customers
            since = datetime.combine(day, time(), ZONE) + timedelta(hours=rnd.uniform(8, 15))
            moments += [since + timedelta(hours=rnd.random()) for _ in range(rnd.randint(8, 20))]
    clock, last = 0.0, START
    for moment in sorted(moment.astimezone(UTC) for moment in moments):
        clock, last = clock + CALENDAR.seconds(last, moment), moment
        band, severity = rnd.choices(BANDS, BAND_WEIGHTS)[0], rnd.choices(SEVERITIES, SEVERITY_WEIGHTS)[0]
        yield Case(clock, moment, band, severity)


class _Desk:
    """Agents and the queue. Events are (service clock, kind, agent or case)."""

    def __init__(self, rnd: Random, agents: int) -> None:
        self.rnd = rnd
        self.queue: list[tuple[int, int, float, int]] = []
        self.idle: set[int] = set()
        self.absent = set(self._absences(agents))
        self.events: list[tuple[float, int, int]] = [(0.0, 0, agent) for agent in range(agents)]

    def run(self, cases: list[Case]) -> list[Case]:
        """Let the cases arrive and be taken."""
        self.events += [(case.arrived, 1, number) for number, case in enumerate(cases)]
        self.events += [(case.arrived + 3600, 2, number) for number, case in enumerate(cases)]
        heapq.heapify(self.events)
        while self.events:
            now, kind, number = heapq.heappop(self.events)
            if kind == 1:
                self._arrive(cases[number], number, now)
            elif kind == 0:
                self._take(cases, number, now)
            elif cases[number].taken > now:
                cases[number].ahead_later = bisect_left(self.queue, self._key(cases[number], number))
        return cases

    def _arrive(self, case: Case, number: int, now: float) -> None:
        case.ahead = bisect_left(self.queue, self._key(case, number))
        insort(self.queue, self._key(case, number))
        if self.idle:
            agent = self.rnd.choice(sorted(self.idle))
            self.idle.discard(agent)
            heapq.heappush(self.events, (now + self.rnd.expovariate(1 / 240), 0, agent))

    def _take(self, cases: list[Case], agent: int, now: float) -> None:
        today = int(now // DAY)
        if (agent, today) in self.absent:
            heapq.heappush(self.events, ((today + 1) * DAY + self.rnd.uniform(0, 900), 0, agent))
        elif self.queue:
            cases[self.queue.pop(0)[3]].taken = now
            busy = HANDLING * self.rnd.lognormvariate(-0.32, 0.8) + self.rnd.expovariate(1 / BREAK)
            heapq.heappush(self.events, (now + busy, 0, agent))
        else:
            self.idle.add(agent)

    def _absences(self, agents: int) -> Iterator[tuple[int, int]]:
        """Some twelve days in a hundred: a day, some days, a week."""
        for agent in range(agents):
            day = 0
            while day < WEEKS * 5:
                day += self.rnd.randint(8, 30)
                for _ in range(self.rnd.choice((1, 1, 2, 3, 5, 5))):
                    yield agent, day
                    day += 1

    @staticmethod
    def _key(case: Case, number: int) -> tuple[int, int, float, int]:
        return case.band, case.severity, case.arrived, number


def _tell(cases: list[Case]) -> None:
    """Give each case the estimate that its band and severity had recorded by then, and no later."""
    groups: dict[tuple[int, int], list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.band, case.severity].append(case)
    for group in groups.values():
        served = sorted((case for case in group if case.taken < math.inf), key=lambda case: case.taken)
        knowledge = _Knowledge(served)
        for case in group:
            curve = knowledge.at(case.arrived)
            case.told = curve.at(case.ahead) if curve else None
            if case.ahead_later is not None:
                curve = knowledge.at(case.arrived + 3600)
                case.later = curve.at(case.ahead_later) if curve else None


class _Knowledge:
    """What was recorded of one band and severity by a moment."""

    def __init__(self, served: list[Case]) -> None:
        self.served = served
        self.taken = [case.taken for case in served]
        self.curves: dict[int, Curve | None] = {}

    def at(self, now: float) -> Curve | None:
        turn = int(now // REFIT)
        if turn not in self.curves:
            until = bisect_left(self.taken, turn * REFIT)
            since = bisect_left(self.taken, turn * REFIT - PERIOD.days / 7 * 5 * DAY)
            known = self.served[max(since, until - MOST_SERVED) : until]
            self.curves[turn] = fit([Served(case.ahead, case.waited, case.came_true) for case in known])
        return self.curves[turn]
