"""When we work, as lines of a table."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from contracts.queries import company_hours
from contracts.rules.hours import Interval


@dataclass(frozen=True)
class OpenDays:
    """Days in a row with the same hours; `times` is empty on days without any."""

    days: str
    times: str


def opening_hours() -> list[OpenDays]:
    """The company's week, Monday first, days that are alike together."""
    week = list(enumerate(company_hours().days))
    lines = []
    for intervals, group in groupby(week, key=lambda day: day[1]):
        days = [number for number, _ in group]
        lines.append(OpenDays(_days(days[0], days[-1]), ", ".join(map(_clock, intervals))))
    return [line for line in lines if line.times]


def _days(first: int, last: int) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    return f"{WEEKDAYS_ABBR[first]}–{WEEKDAYS_ABBR[last]}"


def _clock(interval: Interval) -> str:
    start, end = str(interval).split("-")
    return f"{start}–{end}"
