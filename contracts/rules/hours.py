"""Service hours: weekly intervals of local time, and how much of them lies between two moments.

An instant counts when the wall clock of the company's zone shows a weekday and time inside an interval
(half-open). So an hour that comes twice in an autumn night counts twice, and one that is skipped in
spring does not count.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

Stretch = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_WEEKDAYS = {
    name: number
    for names in ("mon tue wed thu fri sat sun", "mo di mi do fr sa so")
    for number, name in enumerate(names.split())
}
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_GROUP = re.compile(r"(?P<first>[a-z]+)(?:-(?P<last>[a-z]+))?\s+(?P<intervals>[0-9:,\s-]+)")
# How far to look for service hours before giving up: every week has some, or there are none at all.
_LOOK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of one local day, in minutes since its midnight; 1440 is the end of the day."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= 24 * 60:
            raise ValueError(f"An interval must end after it starts: {self}")

    def __str__(self) -> str:
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.start, self.end))


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """The intervals of the seven weekdays, Monday first, each sorted and without overlap."""

    days: tuple[tuple[Interval, ...], ...]

    def __post_init__(self) -> None:
        if len(self.days) != 7:  # noqa: PLR2004
            raise ValueError("Service hours need seven weekdays.")
        for intervals in self.days:
            for earlier, later in pairwise(intervals):
                if later.start < earlier.end:
                    raise ValueError(f"Service hours overlap: {earlier} and {later}")

    def __bool__(self) -> bool:
        return any(self.days)


def parse_hours(text: str) -> WeeklyHours:
    """Read "Mon-Fri 08:00-12:00,13:00-17:00; Sat 09:00-12:00" (also Mo, Di, ...; 24:00 ends a day).

    Raises ValueError that names the part it cannot read.
    """
    days: list[list[Interval]] = [[] for _ in range(7)]
    for part in text.split(";"):
        weekdays, intervals = _group(part.strip())
        for weekday in weekdays:
            days[weekday] += intervals
    return WeeklyHours(tuple(tuple(sorted(day, key=lambda each: each.start)) for day in days))


def service_seconds(start: datetime, end: datetime, hours: WeeklyHours, zone: ZoneInfo) -> float:
    """Seconds of service hours in [start, end); 0 when `end` is not after `start`. Both aware."""
    served = sum((to - since for since, to in _stretches(start, end, hours, zone)), timedelta())
    return served.total_seconds()


def add_service_seconds(start: datetime, seconds: float, hours: WeeklyHours, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) at which `seconds` of service hours have passed since `start`."""
    _require(hours, seconds)
    left, begin = timedelta(seconds=seconds), _utc(start)
    while left:
        for since, to in _stretches(begin, begin + _LOOK, hours, zone):
            if to - since >= left:
                return since + left
            left -= to - since
        begin += _LOOK
    return begin


def service_moment_before(end: datetime, seconds: float, hours: WeeklyHours, zone: ZoneInfo) -> datetime:
    """The last moment (UTC) since which `seconds` of service hours have passed at `end`.

    What was last touched at or before it has been silent for that long.
    """
    _require(hours, seconds)
    left, finish = timedelta(seconds=seconds), _utc(end)
    while left:
        for since, to in reversed(list(_stretches(finish - _LOOK, finish, hours, zone))):
            if to - since >= left:
                return to - left
            left -= to - since
        finish -= _LOOK
    return finish


def _stretches(start: datetime, end: datetime, hours: WeeklyHours, zone: ZoneInfo) -> Iterator[Stretch]:
    """The stretches of service hours inside [start, end), in UTC and in order."""
    for since, to, offset in _even_pieces(_utc(start), _utc(end), zone):
        # The clocks do not change inside a piece, so local time is UTC plus a fixed offset.
        local_start, local_end = (moment.replace(tzinfo=None) + offset for moment in (since, to))
        for opens, closes in _openings(local_start.date(), local_end.date(), hours):
            first, last = max(opens, local_start), min(closes, local_end)
            if first < last:
                yield (first - offset).replace(tzinfo=UTC), (last - offset).replace(tzinfo=UTC)


def _even_pieces(
    start: datetime, end: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cut [start, end) into pieces of at most a day, and where the zone's offset changes."""
    while start < end:
        offset = _offset(start, zone)
        piece_end = min(start + _DAY, end)
        if _offset(piece_end, zone) != offset:
            piece_end = _change_between(start, piece_end, zone)
        yield start, piece_end, offset
        start = piece_end


def _change_between(start: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """The whole second in (start, end] at which the offset of `start` ends."""
    offset = _offset(start, zone)
    low, high = start.replace(microsecond=0), end
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = max(middle.replace(microsecond=0), low + _SECOND)
        low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
    return low + _SECOND


def _openings(first: date, last: date, hours: WeeklyHours) -> Iterator[Stretch]:
    """The intervals of all days from `first` to `last`, in naive local time."""
    day = first
    while day <= last:
        midnight = datetime.combine(day, time(0))
        for interval in hours.days[day.weekday()]:
            yield midnight + timedelta(minutes=interval.start), midnight + timedelta(minutes=interval.end)
        day += _DAY


def _group(part: str) -> tuple[Iterable[int], list[Interval]]:
    match = _GROUP.fullmatch(part.lower())
    if match is None:
        raise ValueError(f'Service hours read like "Mon-Fri 08:00-17:00", not {part!r}')
    first = _weekday(match["first"])
    last = _weekday(match["last"]) if match["last"] else first
    if last < first:
        raise ValueError(f"{part!r}: the last weekday comes before the first")
    return range(first, last + 1), [_interval(text.strip(), part) for text in match["intervals"].split(",")]


def _weekday(name: str) -> int:
    try:
        return _WEEKDAYS[name]
    except KeyError:
        raise ValueError(f"Not a weekday: {name!r} (Mon, Tue, Wed, Thu, Fri, Sat, Sun)") from None


def _interval(text: str, part: str) -> Interval:
    clocks = [_CLOCK.fullmatch(clock.strip()) for clock in text.split("-")]
    minutes = [int(clock[1]) * 60 + int(clock[2]) for clock in clocks if clock and int(clock[2]) < 60]  # noqa: PLR2004
    if len(clocks) != 2 or len(minutes) != 2:  # noqa: PLR2004
        raise ValueError(f"{part!r}: an interval reads like 08:00-17:00, not {text!r}")
    return Interval(*minutes)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"An aware datetime is needed, not {moment!r}.")
    return moment.astimezone(UTC)


def _require(hours: WeeklyHours, seconds: float) -> None:
    if not hours:
        raise ValueError("There are no service hours at all.")
    if seconds < 0:
        raise ValueError(f"Service time does not run backwards: {seconds}")
