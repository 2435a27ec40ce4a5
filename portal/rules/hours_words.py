"""Service hours as people say them: "Montag bis Freitag, 8:00–17:00 Uhr"."""

from contracts.rules.hours import Interval, WeeklyHours

_DAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SPAN = {"de": "{first} bis {last}", "en": "{first} to {last}"}
_AND = {"de": "und", "en": "and"}
_CLOCK = {"de": "{times} Uhr", "en": "{times}"}
_ALL_DAY = {"de": "rund um die Uhr", "en": "around the clock"}
_DAILY = {"de": "täglich", "en": "every day"}
_WHOLE = (Interval(0, 24 * 60),)
_WEEK = 7


def hours_in_words(hours: WeeklyHours, language: str) -> list[tuple[str, str]]:
    """Days and their times, days in a row with the same times together; closed days are not named."""
    return [
        (_days(first, last, language), _times(hours.days[first], language))
        for first, last in _runs(hours)
        if hours.days[first]
    ]


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


def _times(intervals: tuple[Interval, ...], language: str) -> str:
    if intervals == _WHOLE:
        return _ALL_DAY[language]
    spans = [f"{_clock(each.start)}–{_clock(each.end)}" for each in intervals]
    return _CLOCK[language].format(times=f" {_AND[language]} ".join(spans))


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"
