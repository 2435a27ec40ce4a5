"""Service hours: intervals of local days, and how much of them lies between two moments.

An instant counts when the wall clock of the calendar's zone shows a day and time inside an interval
(half-open). So an hour that comes twice in an autumn night counts twice, and one that is skipped in
spring does not count.

An interval over midnight ("Fri 22:00-06:00") belongs as a whole to the day it begins on. So whoever began
on the evening before a holiday stays until the morning, and on the evening of a closed day nobody begins.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import ClassVar
from zoneinfo import ZoneInfo

from contracts.rules.holidays import Holidays
from contracts.rules.openings import (
    MICRO,
    Opening,
    Openings,
    micros,
    moment_of,
    openings_of_year,
)

Stretch = tuple[datetime, datetime]

DAY = 24 * 60
"""Minutes of a day on the wall clock."""


class HoursError(ValueError):
    """A text of service hours cannot be read or contradicts itself: why (`code`) and where (`parts`).

    unreadable: the part; order: the weekdays; weekday: its name; interval: the text; length: the interval;
    overlap: both intervals.
    """

    SAID: ClassVar = {
        "unreadable": 'Service hours read like "Mon-Fri 08:00-17:00", not {0!r}',
        "order": "{0!r}: the last weekday comes before the first",
        "weekday": "Not a weekday: {0!r} (Mon, Tue, Wed, Thu, Fri, Sat, Sun)",
        "interval": "An interval reads like 08:00-17:00, not {0!r}",
        "length": "An interval must end after it starts, within a day: {0}",
        "overlap": "Service hours overlap: {0} and {1}",
    }

    def __init__(self, code: str, *parts: object) -> None:
        self.code, self.parts = code, tuple(str(part) for part in parts)
        super().__init__(self.SAID[code].format(*self.parts))


_WEEKDAYS = {
    name: number
    for names in ("mon tue wed thu fri sat sun", "mo di mi do fr sa so")
    for number, name in enumerate(names.split())
}
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_GROUP = re.compile(r"(?P<first>[a-z]+)(?:-(?P<last>[a-z]+))?\s+(?P<intervals>[0-9:,\s-]+)")


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch in minutes since a local day's midnight; an end above 1440 lies on the next day."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < DAY or not self.start < self.end < self.start + DAY + (self.start == 0):
            raise HoursError("length", self)

    def __str__(self) -> str:
        return f"{_said(self.start)}-{_said(self.end if self.end <= DAY else self.end - DAY)}"


Intervals = tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """The intervals of the seven weekdays, Monday first, each sorted; none overlap, over midnight either."""

    days: tuple[Intervals, ...]

    def __post_init__(self) -> None:
        if len(self.days) != 7:  # noqa: PLR2004
            raise ValueError("Service hours need seven weekdays.")
        for day, intervals in enumerate(self.days):
            require_apart(intervals)
            following = self.days[(day + 1) % 7]
            if intervals and following and intervals[-1].end - DAY > following[0].start:
                raise HoursError("overlap", intervals[-1], following[0])

    def __bool__(self) -> bool:
        return any(self.days)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When service is given: weekly hours in a zone, and the days on which it is otherwise.

    `days` are single days with their own intervals (none: closed); they hold on holidays, too. On the other
    `holidays` nothing is open. Equal calendars are equal values. What is asked of one calendar again and
    again is worked out once per year, so keep the object.
    """

    weekly: WeeklyHours
    zone: ZoneInfo
    days: tuple[tuple[date, Intervals], ...] = ()
    holidays: Holidays | None = None
    _special: Mapping[date, Intervals] = field(init=False, compare=False, repr=False)
    _openings: Openings = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_special", dict(self.days))
        object.__setattr__(self, "_openings", Openings(self._of_year))

    def on(self, day: date) -> Intervals:
        """What begins on this local day: of the special day, else nothing on a holiday, else of the week."""
        if (special := self._special.get(day)) is not None:
            return special
        if self.holidays is not None and day in self.holidays.of_year(day.year):
            return ()
        return self.weekly.days[day.weekday()]

    def seconds(self, start: datetime, end: datetime) -> float:
        """Seconds of service in [start, end), exact to the microsecond; 0 when `end` is not after `start`."""
        since, to = micros(start), micros(end)
        if to <= since:
            return 0.0
        span = self._openings.covering(since, to)
        return (span.passed(to) - span.passed(since)) / MICRO

    def add(self, start: datetime, seconds: float) -> datetime:
        """The first moment (UTC) at which so many seconds of service have passed since `start`.

        Errors: ValueError for negative seconds; NeverOpen, a ValueError, where they do not come.
        """
        since, length = micros(start), _length(seconds)
        if length == 0:
            return moment_of(since)
        span = self._openings.ahead(since, length)
        return moment_of(span.reached(span.passed(since) + length))

    def before(self, end: datetime, seconds: float) -> datetime:
        """The last moment (UTC) since which so many seconds of service have passed at `end`.

        What was last touched at or before it has been silent for that long. Errors as of `add`.
        """
        to, length = micros(end), _length(seconds)
        if length == 0:
            return moment_of(to)
        span = self._openings.behind(to, length)
        return moment_of(span.left(span.passed(to) - length))

    def is_open(self, at: datetime) -> bool:
        """Whether service is given at this moment."""
        value = micros(at)
        return self._openings.covering(value, value).is_open(value)

    def stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """The stretches of service inside [start, end) in UTC, in order; no two of them touch."""
        since, to = micros(start), micros(end)
        if since < to:
            for opens, closes in self._openings.covering(since, to).between(since, to):
                yield moment_of(opens), moment_of(closes)

    def boundaries(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """The moments (UTC) after `start` and before `end` at which service begins or ends, in order."""
        since, to = start, end
        for stretch in self.stretches(start, end):
            yield from (moment for moment in stretch if since < moment < to)

    def _of_year(self, year: int) -> list[Opening]:
        return openings_of_year(year, self.zone, self._minutes_on)

    def _minutes_on(self, day: date) -> list[tuple[int, int]]:
        return [(each.start, each.end) for each in self.on(day)]


def parse_hours(text: str) -> WeeklyHours:
    """Read "Mon-Fri 08:00-12:00,13:00-17:00; Fri 22:00-06:00" (also Mo, Di, ...; 24:00 ends a day).

    "24/7" is around the clock. Error: HoursError, a ValueError that names the part it cannot read.
    """
    if text.replace(" ", "").lower() in {"24x7", "24/7"}:
        return _AROUND_THE_CLOCK
    days: list[list[Interval]] = [[] for _ in range(7)]
    for part in text.split(";"):
        weekdays, intervals = _group(part.strip())
        for weekday in weekdays:
            days[weekday] += intervals
    return WeeklyHours(tuple(tuple(sorted(day, key=lambda each: each.start)) for day in days))


def parse_intervals(text: str) -> Intervals:
    """Read the intervals of one day, "09:00-12:00, 13:00-15:00"; nothing is closed. Error: HoursError."""
    if not text.strip():
        return ()
    found = (_interval(part.strip()) for part in text.split(","))
    return require_apart(tuple(sorted(found, key=lambda each: each.start)))


def require_apart(intervals: Intervals) -> Intervals:
    """The intervals themselves. Error: HoursError where two of one day overlap."""
    for earlier, later in pairwise(intervals):
        if later.start < earlier.end:
            raise HoursError("overlap", earlier, later)
    return intervals


def _group(part: str) -> tuple[Iterable[int], list[Interval]]:
    match = _GROUP.fullmatch(part.lower())
    if match is None:
        raise HoursError("unreadable", part)
    first = _weekday(match["first"])
    last = _weekday(match["last"]) if match["last"] else first
    if last < first:
        raise HoursError("order", part)
    return range(first, last + 1), [_interval(text.strip()) for text in match["intervals"].split(",")]


def _weekday(name: str) -> int:
    try:
        return _WEEKDAYS[name]
    except KeyError:
        raise HoursError("weekday", name) from None


def _interval(text: str) -> Interval:
    clocks = [_CLOCK.fullmatch(clock.strip()) for clock in text.split("-")]
    minutes = [int(clock[1]) * 60 + int(clock[2]) for clock in clocks if clock and int(clock[2]) < 60]  # noqa: PLR2004
    if len(clocks) != 2 or len(minutes) != 2:  # noqa: PLR2004
        raise HoursError("interval", text)
    start, end = minutes
    if end > DAY or start == end:
        raise HoursError("length", text)
    return Interval(start, end if end > start else end + DAY)


def _length(seconds: float) -> int:
    """In microseconds."""
    if seconds < 0:
        raise ValueError(f"Service time does not run backwards: {seconds}")
    return round(seconds * MICRO)


def _said(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


_AROUND_THE_CLOCK = WeeklyHours(((Interval(0, DAY),),) * 7)

ALWAYS = Calendar(_AROUND_THE_CLOCK, ZoneInfo("UTC"))
"""Around the clock, holidays or not."""
