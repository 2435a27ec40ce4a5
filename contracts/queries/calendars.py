"""Calendars of service hours, as the rules reckon with them.

A calendar takes some milliseconds a year to work out, so each process keeps the ones it read and asks for
their versions only: one small query. Pages may do without it for some seconds (`max_age`). Whoever writes
deadlines asks, inside the transaction and after taking the queue's lock: changing hours takes that lock
too, so what is written is either of the new hours or seen by the recalculation.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from contracts.models import ServiceHours
from contracts.rules.hours import Calendar, Intervals, parse_hours, parse_intervals
from contracts.rules.hours_words import SpecialPeriod

PAGES = 10.0
"""So old may be what a page shows."""


@dataclass(frozen=True, slots=True)
class _Kept:
    version: UUID
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class _State:
    """What was read together: the calendars by id, and which is the company's."""

    kept: Mapping[int, _Kept]
    default_id: int | None
    asked_at: float

    def of(self, hours_id: int | None) -> Calendar:
        """Of these hours, else of the company, else of the settings."""
        found = self.kept.get(hours_id) if hours_id is not None else None
        if found is None and self.default_id is not None:
            found = self.kept[self.default_id]
        return found.calendar if found else _of_settings(settings.SERVICE_HOURS, settings.COMPANY_TIME_ZONE)


class _Memory:
    """What this process read. A state is replaced as a whole, so threads may ask at once."""

    def __init__(self) -> None:
        self._state = _State({}, None, float("-inf"))

    def state(self, max_age: float) -> _State:
        """What holds, or held at most so many seconds ago."""
        if time.monotonic() - self._state.asked_at > max_age or max_age <= 0:
            self._state = _asked(self._state)
        return self._state

    def state_with(self, ids: Iterable[int | None], max_age: float) -> _State:
        """The same, or as of now if there are hours among these that it had not heard of."""
        state = self.state(max_age)
        if max_age > 0 and any(each is not None and each not in state.kept for each in ids):
            return self.state(0)
        return state

    def forget(self) -> None:
        """Ask next time, however old an answer would do."""
        self._state = _State(self._state.kept, self._state.default_id, float("-inf"))


memory = _Memory()


def company_calendar(*, max_age: float = 0.0) -> Calendar:
    """The hours of the company. Without a row for them: those of the settings, and no holidays."""
    return memory.state(max_age).of(None)


def calendar_of(hours_id: int | None, *, max_age: float = 0.0) -> Calendar:
    """The calendar of these hours; the company's for None, and for a row that is gone."""
    return memory.state_with([hours_id], max_age).of(hours_id)


def calendars(ids: Iterable[int | None], *, max_age: float = 0.0) -> dict[int | None, Calendar]:
    """The calendars by the ids that were asked for, as of `calendar_of`, at the price of one."""
    wanted = set(ids)
    state = memory.state_with(wanted, max_age)
    return {hours_id: state.of(hours_id) for hours_id in wanted}


def calendar_from(hours: ServiceHours) -> Calendar:
    """The calendar of a row as it stands, with its special days. Error: ValueError for unreadable texts."""
    return Calendar(
        weekly=parse_hours(hours.weekly),
        zone=hours.zone,
        days=tuple(special_days(hours).items()),
        holidays=hours.holidays,
    )


def special_days(hours: ServiceHours) -> dict[date, Intervals]:
    """The days that differ, each with its intervals; where two periods overlap, the one that began later."""
    found: dict[date, Intervals] = {}
    for period in special_periods(hours):
        found.update(dict.fromkeys(period.days, period.intervals))
    return dict(sorted(found.items()))


def special_periods(hours: ServiceHours) -> list[SpecialPeriod]:
    """The periods that differ, in the order of their first days."""
    rows = sorted(hours.special_days.all(), key=lambda each: (each.starts_on, each.pk or 0))
    return [
        SpecialPeriod(each.starts_on, each.ends_on, each.name, parse_intervals(each.intervals))
        for each in rows
    ]


def _asked(before: _State) -> _State:
    """The state now, with what has not changed since the one before."""
    asked_at = time.monotonic()
    rows = list(ServiceHours.objects.order_by().values_list("pk", "version", "is_default"))
    same = {pk: before.kept[pk] for pk, version, _ in rows if _is_of(before.kept.get(pk), version)}
    kept = same | _read([pk for pk, _, _ in rows if pk not in same])
    default_id = next((pk for pk, _, is_default in rows if is_default and pk in kept), None)
    return _State(kept, default_id, asked_at)


def _is_of(kept: _Kept | None, version: UUID) -> bool:
    return kept is not None and kept.version == version


def _read(ids: list[int]) -> dict[int, _Kept]:
    if not ids:
        return {}
    rows = ServiceHours.objects.filter(pk__in=ids).prefetch_related("special_days")
    return {row.pk: _Kept(row.version, calendar_from(row)) for row in rows}


@cache
def _of_settings(weekly: str, zone: str) -> Calendar:
    return Calendar(parse_hours(weekly), ZoneInfo(zone))
