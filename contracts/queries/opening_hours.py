"""Service hours as people read them: the week, the holidays that are observed, what is special soon."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.models import ServiceHours
from contracts.queries.calendars import PAGES, calendar_of, special_periods
from contracts.rules.hours import Calendar
from contracts.rules.hours_words import (
    SpecialPeriod,
    days_in_words,
    holidays_in_words,
    hours_in_words,
    times_in_words,
    zone_in_words,
)

AHEAD = timedelta(days=365)
"""So far ahead holidays and special days are told."""


@dataclass(frozen=True)
class OpeningHours:
    """What is told of a calendar in one language.

    `week`: days and times. `holidays`: a sentence, empty where none is observed. `special`: name and what
    holds when, the next first.
    """

    week: tuple[tuple[str, str], ...]
    zone: str
    holidays: str
    special: tuple[tuple[str, str], ...]


def opening_hours(hours_id: int | None, *, now: datetime, language: str) -> OpeningHours:
    """What is told of these hours, or of the company's; `language` is "de" or "en"."""
    calendar = calendar_of(hours_id, max_age=PAGES)
    today = now.astimezone(calendar.zone).date()
    return OpeningHours(
        week=tuple(hours_in_words(calendar.weekly, language)),
        zone=zone_in_words(calendar.zone),
        holidays=holidays_in_words(list(_holidays(calendar, today, language)), language),
        special=tuple(
            (period.name, _special(period, language)) for period in _coming(hours_id, today) if period.name
        ),
    )


def _holidays(calendar: Calendar, today: date, language: str) -> Iterator[tuple[date, str]]:
    """The holidays on which it is closed and else were not."""
    if calendar.holidays is None:
        return
    for year in (today.year, (today + AHEAD).year):
        for day, name in calendar.holidays.of_year(year, language).items():
            is_near = today <= day <= today + AHEAD
            if is_near and calendar.weekly.days[day.weekday()] and not calendar.on(day):
                yield day, name


def _coming(hours_id: int | None, today: date) -> list[SpecialPeriod]:
    row = ServiceHours.objects.filter(pk=hours_id).first() if hours_id is not None else None
    row = row or ServiceHours.objects.filter(is_default=True).first()
    if row is None:
        return []
    return [one for one in special_periods(row) if today <= one.last and one.first <= today + AHEAD]


def _special(period: SpecialPeriod, language: str) -> str:
    days = days_in_words(period.first, period.last, language)
    return f"{days}: {times_in_words(period.intervals, language)}"
