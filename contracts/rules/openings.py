"""Openings on the UTC line: local intervals of days turned into stretches, kept with their running sum.

A year costs a millisecond once; from then on a question is one or two bisections. Moments are whole
microseconds since 1970 here, so sums are exact however far apart two moments lie.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Opening = tuple[int, int]
"""Start and end, in microseconds since 1970."""

MICRO = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MINUTE_US = 60 * MICRO
_DAY_US = 24 * 60 * _MINUTE_US
_FARTHEST_YEARS = 60
"""Whoever finds no opening within so many years finds none."""


def micros(moment: datetime) -> int:
    """Microseconds since 1970. Error: ValueError for a naive datetime."""
    if moment.utcoffset() is None:
        raise ValueError(f"An aware datetime is needed, not {moment!r}.")
    since = moment - _EPOCH
    return (since.days * 86400 + since.seconds) * MICRO + since.microseconds


def moment_of(value: int) -> datetime:
    """The moment (UTC) of so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


class NeverOpen(ValueError):
    """So much service time does not come (or did not pass) within sixty years, or ever."""


@dataclass(frozen=True, slots=True)
class Span:
    """The openings of some years in a row, with the time that had passed before each."""

    first: int
    last: int
    lower: int
    upper: int
    starts: Sequence[int]
    ends: Sequence[int]
    sums: Sequence[int]

    @property
    def total(self) -> int:
        """All the open time in it."""
        return self.sums[-1] + self.ends[-1] - self.starts[-1] if self.sums else 0

    def passed(self, at: int) -> int:
        """The open time before a moment that lies in it."""
        place = bisect_right(self.starts, at) - 1
        if place < 0:
            return 0
        return self.sums[place] + min(at, self.ends[place]) - self.starts[place]

    def reached(self, passed: int) -> int:
        """The first moment by which so much has passed; 0 < passed ≤ total."""
        place = bisect_left(self.sums, passed) - 1
        return self.starts[place] + passed - self.sums[place]

    def left(self, passed: int) -> int:
        """The last moment by which no more than this has passed; 0 ≤ passed < total."""
        place = bisect_right(self.sums, passed) - 1
        return self.starts[place] + passed - self.sums[place]

    def is_open(self, at: int) -> bool:
        """Whether a moment that lies in it is inside an opening."""
        place = bisect_right(self.starts, at) - 1
        return place >= 0 and at < self.ends[place]

    def between(self, since: int, to: int) -> Iterator[Opening]:
        """The openings inside [since, to), cut to it."""
        place = max(bisect_right(self.starts, since) - 1, 0)
        while place < len(self.starts) and self.starts[place] < to:
            start, end = max(self.starts[place], since), min(self.ends[place], to)
            if start < end:
                yield start, end
            place += 1


class Openings:
    """The openings of a calendar, worked out year by year as they are asked for.

    A span is replaced as a whole, never changed, so threads may ask at once.
    """

    __slots__ = ("_of_year", "_span", "_years")

    def __init__(self, of_year: Callable[[int], list[Opening]]) -> None:
        self._of_year = of_year
        self._years: dict[int, list[Opening]] = {}
        self._span: Span | None = None

    def covering(self, since: int, to: int) -> Span:
        """A span that holds both moments, in this order."""
        span = self._span
        if span is not None and span.lower <= since and to < span.upper:
            return span
        first, last = moment_of(since).year, moment_of(to).year
        if span is not None:
            first, last = min(first, span.first), max(last, span.last)
        return self._grow(first, last)

    def ahead(self, since: int, length: int) -> Span:
        """A span that holds `since` and so much open time after it. Error: NeverOpen."""
        span, farthest = self.covering(since, since), moment_of(since).year + _FARTHEST_YEARS
        while span.total - span.passed(since) < length:
            if span.last >= farthest:
                raise NeverOpen(f"There are no service hours left until {span.last}.")
            span = self._grow(span.first, span.last + _step(span))
        return span

    def behind(self, to: int, length: int) -> Span:
        """A span that holds `to` and so much open time before it. Error: NeverOpen."""
        span, farthest = self.covering(to, to), moment_of(to).year - _FARTHEST_YEARS
        while span.passed(to) < length:
            if span.first <= farthest:
                raise NeverOpen(f"There were no service hours since {span.first}.")
            span = self._grow(span.first - _step(span), span.last)
        return span

    def _grow(self, first: int, last: int) -> Span:
        found: list[Opening] = []
        for year in range(first, last + 1):
            if year not in self._years:
                self._years[year] = self._of_year(year)
            _join(found, self._years[year])
        sums, passed = [], 0
        for start, end in found:
            sums.append(passed)
            passed += end - start
        self._span = Span(
            first=first,
            last=last,
            lower=_new_year(first),
            upper=_new_year(last + 1),
            starts=[start for start, _ in found],
            ends=[end for _, end in found],
            sums=sums,
        )
        return self._span


def openings_of_year(
    year: int, zone: ZoneInfo, minutes_of: Callable[[date], Sequence[tuple[int, int]]]
) -> list[Opening]:
    """The openings between two UTC new years, in order, without overlap and never touching.

    `minutes_of` gives a local day's intervals in minutes since its midnight; an end above 1440 lies on the
    next day. An instant is open when the wall clock shows a time inside one.
    """
    found: list[Opening] = []
    start, end = (datetime(each, 1, 1, tzinfo=UTC) for each in (year, year + 1))
    for since, to, offset in _even_pieces(start, end, zone):
        _join(found, sorted(_of_piece(micros(since), micros(to), offset, minutes_of)))
    return found


def _of_piece(
    since: int, to: int, offset: timedelta, minutes_of: Callable[[date], Sequence[tuple[int, int]]]
) -> Iterator[Opening]:
    """The openings of a piece in which the clocks do not change: local time is UTC plus a fixed offset."""
    shift = offset // timedelta(microseconds=1)
    first, last = (since + shift) // _DAY_US - 1, (to + shift) // _DAY_US  # the day before may reach into it
    for day in range(first, last + 1):
        midnight = day * _DAY_US - shift
        for opens, closes in minutes_of(date.fromordinal(day + _EPOCH_DAY)):
            start, end = max(midnight + opens * _MINUTE_US, since), min(midnight + closes * _MINUTE_US, to)
            if start < end:
                yield start, end


def _join(found: list[Opening], more: Sequence[Opening]) -> None:
    """Append openings that begin no earlier, and make one of those that touch or overlap."""
    for start, end in more:
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))


def _even_pieces(
    start: datetime, end: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cut [start, end) where the zone's offset changes."""
    offset, day = _offset(start, zone), start
    while day < end:
        after = min(day + _DAY, end)
        if _offset(after, zone) == offset:
            day = after
            continue
        day = _change_between(day, after, zone)
        yield start, day, offset
        start, offset = day, _offset(day, zone)
    if start < end:
        yield start, end, offset


def _change_between(start: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """The whole second in (start, end] at which the offset of `start` ends."""
    offset = _offset(start, zone)
    low, high = start, end
    while high - low > _SECOND:
        middle = (low + (high - low) // 2).replace(microsecond=0)
        low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
    return high


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _new_year(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _EPOCH_DAY) * _DAY_US


def _step(span: Span) -> int:
    """So many years more at a time."""
    return span.last - span.first + 1
