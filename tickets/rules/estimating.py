"""How long a waiting ticket will probably go on waiting: a range made from how long others waited.

All lengths are seconds of service hours. What is compared are tickets of the same band and severity that
had a similar number of tickets ahead of them when they arrived:

1. A line through all of them says how the wait grows with the places ahead.
2. Those with similar places form a group; in each group we look for the *narrowest* stretch, measured by
   the line, that holds 82 of 100 waits. Waits are skewed (many short ones, a few long ones), so the narrowest
   stretch is far narrower than the one that cuts off as many at both ends, and holds as many.
3. The share of 82 is raised or lowered by as much as the ranges told so far came true less or more often than
   eight times in ten.
4. Between the groups we interpolate, and a worse place never gives an earlier estimate than a better one.

The middle of an estimate is the mean of those waits. The range contains it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil
from operator import attrgetter
from statistics import fmean

from contracts.rules.hours import Calendar

LEAST_SERVED = 30
"""With fewer served tickets there is no estimate."""
MOST_SERVED = 500
"""So many of the latest ones are looked at."""
PERIOD = timedelta(weeks=8)
AIM = 0.8
"""So many of the ranges told shall come true."""
SHARE = 0.82
"""So many of the compared waits lie in the range, before it is corrected; later waits differ a little."""
SHARES = 0.76, 0.94
"""The correction stops here."""
GROUP = 50
"""So many waits, with similar places, are compared with each other."""

SHORTEST = 300
"""No range ends earlier than in five minutes."""

_LEAST_MEAN = 60.0
_FINE, _COARSE = timedelta(minutes=5), timedelta(minutes=15)
_COARSE_FROM = 2 * 3600.0
_Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Served:
    """One ticket that came into somebody's hands: the places ahead when it arrived, how long it waited."""

    ahead: int
    seconds: float
    came_true: bool | None = None
    """Whether it was inside the range that it was told; None where it was told none."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds of service hours from now: 0 ≤ low ≤ middle ≤ high; made from `served` tickets."""

    low: int
    middle: int
    high: int
    served: int


@dataclass(frozen=True, slots=True)
class Moments:
    """An estimate on the clock (UTC). `low_at` is never before now; `is_at_once`: it may be any moment."""

    low_at: datetime
    high_at: datetime
    is_at_once: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """How the wait grows with the places ahead. Both are positive."""

    base: float
    pace: float

    def at(self, ahead: float) -> float:
        return self.base + self.pace * ahead


@dataclass(frozen=True, slots=True)
class Curve:
    """The range by the number of tickets ahead. `steps`: (places ahead, (low, middle, high)), rising."""

    line: _Line
    steps: tuple[tuple[float, _Triple], ...]
    served: int

    def at(self, ahead: int) -> Estimate:
        """The estimate with so many tickets ahead."""
        low, middle, high = self._triple(max(0, ahead))
        return Estimate(int(low), ceil(middle), max(ceil(high), SHORTEST), self.served)

    def _triple(self, ahead: float) -> _Triple:
        first, last = self.steps[0], self.steps[-1]
        for edge, is_outside in ((first, ahead <= first[0]), (last, ahead >= last[0])):
            if is_outside:
                return _scaled(edge[1], self.line.at(ahead) / self.line.at(edge[0]))
        for (left, below), (right, above) in pairwise(self.steps):
            if ahead <= right:
                return _between(below, above, (ahead - left) / (right - left))
        raise AssertionError("The last step is an edge.")


def fit(served: Sequence[Served]) -> Curve | None:
    """What these waits say about every place; None where fewer than `LEAST_SERVED` were served."""
    if len(served) < LEAST_SERVED:
        return None
    line, share = _line(served), _share(served)
    steps: list[tuple[float, _Triple]] = []
    reached = (0.0, 0.0, 0.0)
    for group in _groups(sorted(served, key=attrgetter("ahead"))):
        ahead = fmean(one.ahead for one in group)
        low, middle, high = _scaled(
            _range([one.seconds / line.at(one.ahead) for one in group], share), line.at(ahead)
        )
        reached = (max(reached[0], low), max(reached[1], middle), max(reached[2], high))
        steps.append((ahead, reached))
    return Curve(line, tuple(steps), len(served))


def share_true(served: Iterable[Served]) -> float | None:
    """The share of told ranges that came true; None while fewer than `LEAST_SERVED` were told."""
    known = [one.came_true for one in served if one.came_true is not None]
    return sum(known) / len(known) if len(known) >= LEAST_SERVED else None


def contains(low: float, high: float, seconds: float) -> bool:
    """Whether a wait was inside the range that was told."""
    return low <= seconds <= high


def on_the_clock(estimate: Estimate, now: datetime, calendar: Calendar) -> Moments:
    """The range as moments, rounded outward to the clock but not out of the service hours, nor before now.

    `now` is aware. The high end is always after now. Error: ValueError without any service hours.
    """
    step = _FINE if estimate.high < _COARSE_FROM else _COARSE
    # A second more, so that a range does not begin at the very end of a day.
    low_at = calendar.add(now, estimate.low + 1)
    low_at -= timedelta(seconds=calendar.seconds(_floor(low_at, step), low_at))
    high_at = calendar.add(now, max(estimate.high, SHORTEST))
    high_at += timedelta(seconds=calendar.seconds(high_at, _ceil(high_at, step)))
    is_at_once = estimate.low == 0 or low_at <= now
    return Moments((now if is_at_once else low_at).astimezone(UTC), high_at, is_at_once)


def _line(served: Sequence[Served]) -> _Line:
    """Least squares, kept between half the plain pace per place and nearly no base."""
    ahead = fmean(one.ahead for one in served)
    seconds = max(_LEAST_MEAN, fmean(one.seconds for one in served))
    spread = sum((one.ahead - ahead) ** 2 for one in served)
    slope = sum((one.ahead - ahead) * (one.seconds - seconds) for one in served) / spread if spread else 0.0
    pace = min(max(slope, seconds / (ahead + 1) / 2), seconds / (ahead + 0.1))
    return _Line(max(seconds - pace * ahead, 1.0), pace)


def _groups(served: Sequence[Served]) -> Iterator[list[Served]]:
    """Groups of at least `GROUP`, sorted by places; whoever had the same place is in the same group."""
    group: list[Served] = []
    for done, one in enumerate(served):
        is_full = len(group) >= GROUP and len(served) - done >= GROUP
        if is_full and group[-1].ahead != one.ahead:
            yield group
            group = []
        group.append(one)
    yield group


def _share(served: Sequence[Served]) -> float:
    """How much of the past a range has to hold so that the aim is met."""
    came_true = share_true(served)
    if came_true is None:
        return SHARE
    least, most = SHARES
    return min(max(SHARE + AIM - came_true, least), most)


def _range(values: Iterable[float], share: float) -> _Triple:
    """The narrowest stretch that holds the share, and the mean; from 0 where it begins with the least."""
    ordered = sorted(values)
    mean, count = fmean(ordered), min(len(ordered), ceil(share * (len(ordered) + 1)))
    start = min(
        range(len(ordered) - count + 1), key=lambda first: ordered[first + count - 1] - ordered[first]
    )
    low, high = ordered[start] if start else 0.0, ordered[start + count - 1]
    return min(low, mean), mean, max(high, mean)


def _scaled(triple: _Triple, factor: float) -> _Triple:
    return triple[0] * factor, triple[1] * factor, triple[2] * factor


def _between(below: _Triple, above: _Triple, part: float) -> _Triple:
    low, middle, high = (one + (other - one) * part for one, other in zip(below, above, strict=True))
    return low, middle, high


def _floor(moment: datetime, step: timedelta) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() // step.total_seconds() * step.total_seconds(), UTC)


def _ceil(moment: datetime, step: timedelta) -> datetime:
    floor = _floor(moment, step)
    return floor if floor == moment else floor + step
