"""Service hours as people say them: "Montag bis Freitag, 8:00–17:00 Uhr"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from contracts.rules.hours import DAY, Interval, Intervals, WeeklyHours
from lib.reasons import say_day

_DAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SPAN = {"de": "{first} bis {last}", "en": "{first} to {last}"}
_AND = {"de": "und", "en": "and"}
_CLOCK = {"de": "{times} Uhr", "en": "{times}"}
_NEXT_DAY = {"de": "{times} (am nächsten Tag)", "en": "{times} (the next day)"}
_ALL_DAY = {"de": "rund um die Uhr", "en": "around the clock"}
_DAILY = {"de": "täglich", "en": "every day"}
_CLOSED = {"de": "geschlossen", "en": "closed"}
_HOLIDAYS = {
    "de": "An Feiertagen ist geschlossen. Die nächsten: {days}.",
    "en": "We are closed on public holidays. The next ones: {days}.",
}
_WHOLE = (Interval(0, DAY),)
_WEEK = 7


@dataclass(frozen=True, slots=True)
class SpecialPeriod:
    """Days in a row that differ from the weekly hours, under one name; `last` is inclusive."""

    first: date
    last: date
    name: str
    intervals: Intervals

    @property
    def days(self) -> Iterator[date]:
        """Each of its days."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


def hours_in_words(hours: WeeklyHours, language: str) -> list[tuple[str, str]]:
    """Days and their times, days in a row with the same times together; closed days are not named."""
    return [
        (_days(first, last, language), times_in_words(hours.days[first], language))
        for first, last in _runs(hours)
        if hours.days[first]
    ]


def times_in_words(intervals: Intervals, language: str) -> str:
    """The times of one day, or that it is closed."""
    if not intervals:
        return _CLOSED[language]
    if intervals == _WHOLE:
        return _ALL_DAY[language]
    spans = [_span(each, language) for each in intervals]
    return _CLOCK[language].format(times=f" {_AND[language]} ".join(spans))


def days_in_words(first: date, last: date, language: str) -> str:
    """One day, or the first and the last of several."""
    if first == last:
        return say_day(first, language)
    return _SPAN[language].format(first=say_day(first, language), last=say_day(last, language))


def holidays_in_words(days: Sequence[tuple[date, str]], language: str) -> str:
    """A sentence that names them; nothing where there are none."""
    if not days:
        return ""
    said = ", ".join(f"{say_day(day, language)} ({name})" for day, name in sorted(days))
    return _HOLIDAYS[language].format(days=said)


def zone_in_words(zone: ZoneInfo) -> str:
    """The place whose local time counts: "Berlin"."""
    return str(zone).rpartition("/")[2].replace("_", " ")


def _runs(hours: WeeklyHours) -> list[tuple[int, int]]:
    """First and last weekday of each stretch of days with the same intervals."""
    starts = [day for day in range(_WEEK) if day == 0 or hours.days[day] != hours.days[day - 1]]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), _WEEK - 1], strict=True))


def _days(first: int, last: int, language: str) -> str:
    names = _DAYS[language]
    if (first, last) == (0, _WEEK - 1):
        return _DAILY[language].capitalize()
    if first == last:
        return names[first]
    if last == first + 1:
        return f"{names[first]} {_AND[language]} {names[last]}"
    return _SPAN[language].format(first=names[first], last=names[last])


def _span(interval: Interval, language: str) -> str:
    if interval.end <= DAY:
        return f"{_clock(interval.start)}–{_clock(interval.end)}"
    times = f"{_clock(interval.start)}–{_clock(interval.end - DAY)}"
    return _NEXT_DAY[language].format(times=times)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"
