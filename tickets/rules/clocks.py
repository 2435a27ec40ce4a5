"""Clocks: when a target of a ticket is due, folded from facts.

A clock knows since when it counts, what was promised (minutes, in which calendar) and the stretches that do
not count. Everything else follows: due is the first instant at which the service time since the start,
without the stretches that do not count, reaches the promise; paused time is measured in the same calendar.
The order in which facts became known does not matter, and asking twice gives the same answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lib.reasons import Reason, reason

RESPONSE, NEXT_ANSWER, RESOLUTION = "response", "next_answer", "resolution"
KINDS = (RESPONSE, NEXT_ANSWER, RESOLUTION)
WAITING_CUSTOMER, WAITING_THIRD_PARTY, SCHEDULED = "waiting_customer", "waiting_third_party", "scheduled"
SOLVED, NO_AGREEMENT = "solved", "no_agreement"
DUE_PERCENT = 100

_PARKED = {cause: cause for cause in (WAITING_CUSTOMER, WAITING_THIRD_PARTY, SCHEDULED)}
_CAUSE_OF_STATUS = {**_PARKED, "solved": SOLVED, "closed": SOLVED}

Stretch = tuple[datetime, datetime | None]


class Hours(Protocol):
    """What a clock asks of a calendar (`contracts.rules.hours.Calendar`)."""

    def seconds(self, start: datetime, end: datetime) -> float:
        """Seconds of service time in [start, end)."""

    def add(self, start: datetime, seconds: float) -> datetime:
        """The first moment (UTC) at which so many seconds have passed. Error: ValueError for no hours."""

    def is_open(self, at: datetime) -> bool:
        """Whether this is service time."""


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """A stretch that does not count, and why; `ends_at` None while it lasts."""

    starts_at: datetime
    ends_at: datetime | None
    cause: str


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """All that decides when a target is due. `calendar` is the one for the target: ALWAYS for real time."""

    kind: str
    starts_at: datetime
    minutes: int
    calendar: Hours
    grace_minutes: int = 0
    pauses: tuple[Pause, ...] = ()
    pauses_for_third_party: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was promised otherwise from then on; `what`: severity, level, target, hours."""

    at: datetime
    what: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """What else is to be told of a clock; `severity` as outsiders write it, `hours` by name."""

    level: str
    severity: str
    hours: str
    is_real_time: bool
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    breached_at: datetime | None = None
    is_withdrawn: bool = False
    changes: tuple[Change, ...] = ()


def cause_of(status: str) -> str:
    """Why a ticket in this state pauses its clocks; empty where it waits for us."""
    return _CAUSE_OF_STATUS.get(status, "")


def has_grace(facts: ClockFacts) -> bool:
    """Whether the arrival gets the grace: a first response to what came outside of the hours."""
    return bool(
        facts.kind == RESPONSE and facts.grace_minutes and not facts.calendar.is_open(facts.starts_at)
    )


def target_seconds(facts: ClockFacts) -> int:
    """The promise in seconds, with its grace."""
    return 60 * (facts.minutes + (facts.grace_minutes if has_grace(facts) else 0))


def due_at(facts: ClockFacts) -> datetime | None:
    """When the promise is used up; None while a pause that counts is open, or without any hours."""
    return moment_at(facts, target_seconds(facts))


def moment_at(facts: ClockFacts, seconds: float) -> datetime | None:
    """The first instant at which so many seconds of the promise are used; None where none can be told."""
    left = seconds
    for since, to in runs(facts):
        served = facts.calendar.seconds(since, to) if to else None
        if served is None or served >= left:
            return _add(facts.calendar, since, left)
        left -= served
    return None


def seconds_used(facts: ClockFacts, at: datetime) -> float:
    """How much of the promise is used at a moment."""
    return sum(facts.calendar.seconds(since, min(to or at, at)) for since, to in runs(facts) if since < at)


def seconds_left(facts: ClockFacts, at: datetime) -> float:
    """How much of the promise is left at a moment; never less than nothing."""
    return max(0.0, target_seconds(facts) - seconds_used(facts, at))


def percent_used(facts: ClockFacts, at: datetime) -> int:
    """The used share of the promise in whole per cent, rounded down; above 100 once it is missed."""
    return int(100 * seconds_used(facts, at) // target_seconds(facts))


def next_at(facts: ClockFacts, percents: Iterable[int], told: int) -> datetime | None:
    """When the next share above `told` is used up: a warning, an escalation, or all of it."""
    ahead = min((percent for percent in percents if percent > told), default=None)
    return None if ahead is None else moment_at(facts, target_seconds(facts) * ahead / 100)


def runs(facts: ClockFacts) -> Iterator[Stretch]:
    """The stretches that count, in order; the last one is open-ended unless the clock stands still."""
    since = facts.starts_at
    for gap_start, gap_end in _gaps(facts):
        if gap_start > since:
            yield since, gap_start
        if gap_end is None:
            return
        since = max(since, gap_end)
    yield since, None


def explain(facts: ClockFacts, story: Story, at: datetime) -> tuple[Reason, ...]:
    """How a deadline came about, step by step: the promise, what counts, what does not, the result."""
    return (
        _promise(facts, story),
        reason(
            "clock.since_message" if facts.kind == NEXT_ANSWER else "clock.since", since_at=facts.starts_at
        ),
        *_grace(facts),
        *_on_the_way(facts, story),
        *_result(facts, story, at),
    )


def _gaps(facts: ClockFacts) -> list[Stretch]:
    """The stretches that do not count, in order of their start, each as it was told."""
    return [(pause.starts_at, pause.ends_at) for pause in _counting(facts)]


def _counting(facts: ClockFacts) -> list[Pause]:
    """The pauses that this clock heeds, in order."""
    return sorted(
        (
            pause
            for pause in facts.pauses
            if (pause.cause != WAITING_THIRD_PARTY or facts.pauses_for_third_party)
            and (pause.ends_at is None or pause.ends_at > max(facts.starts_at, pause.starts_at))
        ),
        key=lambda pause: (pause.starts_at, pause.cause),
    )


def _add(calendar: Hours, since: datetime, seconds: float) -> datetime | None:
    try:
        return calendar.add(since, seconds)
    except (ValueError, OverflowError):  # there are no service hours any more
        return None


def _promise(facts: ClockFacts, story: Story) -> Reason:
    code = "clock.promised_real_time" if story.is_real_time else "clock.promised"
    return reason(
        code,
        level=story.level,
        severity=story.severity,
        target=facts.kind,
        calendar=None if story.is_real_time else story.hours or None,
        **_length(facts.minutes),
    )


def _grace(facts: ClockFacts) -> Iterator[Reason]:
    if has_grace(facts):
        yield reason("clock.grace", **_length(facts.grace_minutes))


def _on_the_way(facts: ClockFacts, story: Story) -> list[Reason]:
    """Pauses and changes as they followed each other."""
    told = [(pause.starts_at, _paused(facts, pause)) for pause in _counting(facts)]
    told += [
        (
            one.at,
            reason(f"clock.{one.what}_changed", since_at=one.at, old=one.old or None, new=one.new or None),
        )
        for one in story.changes
    ]
    return [each for _, each in sorted(told, key=lambda one: one[0])]


def _paused(facts: ClockFacts, pause: Pause) -> Reason:
    starts_at = max(pause.starts_at, facts.starts_at)
    if pause.ends_at is None:
        return reason("clock.pausing", cause=pause.cause, since_at=starts_at)
    minutes = round(facts.calendar.seconds(starts_at, pause.ends_at) / 60)
    return reason(
        "clock.paused",
        cause=pause.cause,
        since_at=starts_at,
        until_at=pause.ends_at,
        **_length(minutes, or_none="minutes"),
    )


def _result(facts: ClockFacts, story: Story, at: datetime) -> Iterator[Reason]:
    if story.breached_at is not None:
        yield reason("clock.missed", due_at=story.breached_at)
    elif story.due_at is not None and not story.is_withdrawn:
        yield reason("clock.due", due_at=story.due_at)
    elif story.stopped_at is None and not story.is_withdrawn:
        yield reason("clock.left", **_length(round(seconds_left(facts, at) / 60), or_none="minutes"))
    if story.stopped_at is not None:
        yield reason("clock.met", stopped_at=story.stopped_at)
    if story.is_withdrawn:
        yield reason("clock.withdrawn")


def _length(minutes: int, *, or_none: str = "") -> dict[str, int | None]:
    """Hours and minutes for the wording; what is nothing is not said, unless all is nothing."""
    hours, rest = divmod(minutes, 60)
    return {"hours": hours or None, "minutes": rest or (0 if or_none and not hours else None)}
