"""Whether a telephone system does what it should, as far as we can tell. Pure; worded in wording.py."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lib.reasons import Reason, reason

SILENT = timedelta(days=1)
SILENT_OPEN = timedelta(hours=8)
"""A system that has asked nothing for so long, and for so much of the company's opening time, may have lost
the way to us: its callers fall back unseen. Over a weekend nobody calls.
"""
LATE_COMPARING = timedelta(minutes=10)
REFUSED_LATELY = timedelta(days=1)


class SystemState(StrEnum):
    """In one word."""

    OFF = "off"
    NEW = "new"
    TROUBLE = "trouble"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """What is known of a telephone system. `alone`: calls of the last days that it decided without us.

    `silent_open`: for how long the company was open since it was heard of.
    `compares`: its channels can be asked for; `pushes`: it can be sent the service numbers.
    """

    is_active: bool = True
    seen_at: datetime | None = None
    silent_open: timedelta = timedelta()
    refused_at: datetime | None = None
    compares: bool = False
    compared_at: datetime | None = None
    compare_error: str = ""
    pushes: bool = False
    pushed_at: datetime | None = None
    push_error: str = ""
    alone: int = 0
    phones: int = 0
    numbers: int = 0


def troubles(system: SystemFacts, now: datetime) -> tuple[Reason, ...]:
    """What somebody should look at, the gravest first. Of a system that is off: that it is."""
    return tuple(_troubles(system, now)) if system.is_active else (reason("system.is_off"),)


def state(system: SystemFacts, now: datetime) -> SystemState:
    """Off, never heard of, in trouble, or fine."""
    if not system.is_active:
        return SystemState.OFF
    if system.seen_at is None:
        return SystemState.NEW
    return SystemState.TROUBLE if troubles(system, now) else SystemState.FINE


def _troubles(system: SystemFacts, now: datetime) -> Iterator[Reason]:
    yield from _hearing(system, now)
    if system.alone:
        yield reason("system.alone", count=system.alone)
    if system.compare_error:
        yield reason("system.compare_failed")
    elif system.compares and _is_older(system.compared_at, LATE_COMPARING, now):
        yield reason("system.not_compared")
    if system.push_error:
        yield reason("system.push_failed")
    elif system.pushes and system.pushed_at is None:
        yield reason("system.not_pushed")
    if not system.numbers:
        yield reason("system.no_numbers")
    if not system.phones:
        yield reason("system.no_phones")


def _hearing(system: SystemFacts, now: datetime) -> Iterator[Reason]:
    if system.seen_at is None:
        yield reason("system.never")
    elif _is_older(system.seen_at, SILENT, now) and system.silent_open >= SILENT_OPEN:
        yield reason("system.silent", seen_at=system.seen_at)
    if system.refused_at and not _is_older(system.refused_at, REFUSED_LATELY, now):
        yield reason("system.refused", refused_at=system.refused_at)


def _is_older(moment: datetime | None, than: timedelta, now: datetime) -> bool:
    return moment is None or now - moment > than
