"""Stretches of days that reports are asked for: this month, the one before, a quarter, any days."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

MONTH, LAST_MONTH, QUARTER, CUSTOM = "month", "last-month", "quarter", "days"
CHOICES = (MONTH, LAST_MONTH, QUARTER)
MOST_DAYS = 366
_DAY = timedelta(days=1)
_QUARTER_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Period:
    """From a first day to a last one, that day included; `choice` says how it was asked for."""

    choice: str
    first: date
    last: date

    @property
    def mondays(self) -> list[date]:
        """The Mondays of the weeks that it touches."""
        monday = self.first - timedelta(days=self.first.weekday())
        return [monday + timedelta(weeks=week) for week in range((self.last - monday).days // 7 + 1)]


def chosen(choice: str, today: date) -> Period:
    """One of the `CHOICES` as of today; anything else is this month."""
    if choice == LAST_MONTH:
        last = today.replace(day=1) - _DAY
        return Period(choice, last.replace(day=1), last)
    if choice == QUARTER:
        month = today.month - (today.month - 1) % _QUARTER_MONTHS
        return Period(choice, date(today.year, month, 1), _end(today.year, month + _QUARTER_MONTHS - 1))
    return Period(MONTH, today.replace(day=1), _end(today.year, today.month))


def between(first: date, last: date) -> Period:
    """Any days. Error: ValueError where they run backwards or are more than a year."""
    if last < first or (last - first).days >= MOST_DAYS:
        raise ValueError
    return Period(CUSTOM, first, last)


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
