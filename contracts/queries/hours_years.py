"""The year of a calendar as a page shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contracts.models import ServiceHours
from contracts.queries.calendars import calendar_from, special_periods
from contracts.rules.hours_words import times_in_words
from contracts.rules.years import Day, DayKind, Month, Year, year_of

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Holidays are known well enough for these."""


@dataclass(frozen=True)
class DayCell:
    """One day: its number, its kind with the mark that stands for it, and all of it in words."""

    number: int
    kind: str
    mark: str
    words: str
    is_today: bool


@dataclass(frozen=True)
class MonthPart:
    """One month: weeks of cells (None: of another month), its hours, and the days that have names."""

    name: str
    weeks: tuple[tuple[DayCell | None, ...], ...]
    hours: str
    notes: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class YearPage:
    """The page. `previous` and `following` are years, None beyond what is shown; `weekdays`: short, long."""

    year: int
    previous: int | None
    following: int | None
    weekdays: tuple[tuple[str, str], ...]
    months: tuple[MonthPart, ...]
    hours: str
    legend: tuple[tuple[str, str, str], ...]


def year_page(hours: ServiceHours, year: int, *, now: datetime, language: str) -> YearPage:
    """The year of a calendar in one language, "de" or "en"."""
    found = year_of(calendar_from(hours), special_periods(hours), year, language)
    marks = _marks()
    today = now.astimezone(hours.zone).date()

    def cell(day: Day | None) -> DayCell | None:
        if day is None:
            return None
        mark, kind = marks[day.kind]
        words = ", ".join(filter(None, (kind, day.name, times_in_words(day.intervals, language))))
        return DayCell(day.day.day, day.kind, mark, words, day.day == today)

    def part(month: Month) -> MonthPart:
        return MonthPart(
            name=str(MONTHS[month.first.month]),
            weeks=tuple(tuple(cell(day) for day in week) for week in month.weeks),
            hours=_said(month.hours),
            notes=tuple(
                (day.day.day, day.name, times_in_words(day.intervals, language)) for day in month.named
            ),
        )

    return YearPage(
        year=year,
        previous=year - 1 if year > FIRST_YEAR else None,
        following=year + 1 if year < LAST_YEAR else None,
        weekdays=tuple((str(WEEKDAYS_ABBR[day]), str(WEEKDAYS[day])) for day in range(7)),
        months=tuple(part(month) for month in found.months),
        hours=_said(found.hours),
        legend=tuple(_legend(found)),
    )


def _marks() -> dict[DayKind, tuple[str, str]]:
    """A letter or sign for each kind, and what it means: nothing is said by colour alone."""
    return {
        DayKind.OPEN: ("", _("open")),
        DayKind.CLOSED: ("–", _("closed")),
        DayKind.HOLIDAY: (pgettext("mark of a holiday", "H"), _("holiday")),
        DayKind.SPECIAL_OPEN: (pgettext("mark of a special day", "S"), _("special day, open")),
        DayKind.SPECIAL_CLOSED: ("×", _("special day, closed")),
    }


def _legend(year: Year) -> Iterator[tuple[str, str, str]]:
    """Kind, mark and meaning of what the year has."""
    there = {day.kind for month in year.months for week in month.weeks for day in week if day}
    for kind, (mark, meaning) in _marks().items():
        if kind in there:
            yield kind, mark, meaning


def _said(hours: float) -> str:
    return number_format(round(hours, 2) if hours % 1 else round(hours), use_l10n=True, force_grouping=True)
