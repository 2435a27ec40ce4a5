"""A year of a calendar, day by day: what is open, what is not, and why."""

import calendar as months_of_python
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from contracts.rules.hours import Calendar, Intervals
from contracts.rules.hours_words import SpecialPeriod

DECEMBER = 12
_WEEK = months_of_python.Calendar(firstweekday=0)


class DayKind(StrEnum):
    """Why a day is as it is."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    SPECIAL_OPEN = "special_open"
    SPECIAL_CLOSED = "special_closed"


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what begins on it, and the names of its holiday and its special days, where it has any."""

    day: date
    kind: DayKind
    intervals: Intervals
    name: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks from Monday to Sunday, None for days of other months; hours of service to the minute."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]
    hours: float

    @property
    def named(self) -> list[Day]:
        """The days that have a name."""
        return [day for week in self.weeks for day in week if day is not None and day.name]


@dataclass(frozen=True, slots=True)
class Year:
    """Twelve months of a calendar."""

    year: int
    months: tuple[Month, ...]

    @property
    def hours(self) -> float:
        """All hours of service in it."""
        return sum(month.hours for month in self.months)


def year_of(calendar: Calendar, special: Sequence[SpecialPeriod], year: int, language: str) -> Year:
    """The year of a calendar; `special` names its special days, `language` is that of the holidays' names."""
    names = dict(calendar.holidays.of_year(year, language)) if calendar.holidays else {}
    called = _names_of(special, year)
    months = []
    for number in range(1, DECEMBER + 1):
        weeks = tuple(
            tuple(_day(calendar, day, names, called) if day.month == number else None for day in week)
            for week in _WEEK.monthdatescalendar(year, number)
        )
        first = date(year, number, 1)
        after = date(year, number + 1, 1) if number < DECEMBER else date(year + 1, 1, 1)
        start, end = (datetime.combine(each, time(), calendar.zone) for each in (first, after))
        months.append(Month(first, weeks, calendar.seconds(start, end) / 3600))
    return Year(year, tuple(months))


def _day(calendar: Calendar, day: date, holidays: dict[date, str], special: dict[date, str]) -> Day:
    intervals = calendar.on(day)
    name = ", ".join(filter(None, (special.get(day), holidays.get(day))))
    if day in special:
        return Day(day, DayKind.SPECIAL_OPEN if intervals else DayKind.SPECIAL_CLOSED, intervals, name)
    if day in holidays:
        return Day(day, DayKind.HOLIDAY, intervals, name)
    return Day(day, DayKind.OPEN if intervals else DayKind.CLOSED, intervals, name)


def _names_of(periods: Sequence[SpecialPeriod], year: int) -> dict[date, str]:
    """What the special days of a year are called; of two on one day, the one that began later."""
    return {day: period.name for period in periods for day in period.days if day.year == year}
