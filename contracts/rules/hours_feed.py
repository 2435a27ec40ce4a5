"""Service hours as a calendar file (iCalendar, RFC 5545): opening times, holidays and special days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar as CalendarFile
from icalendar import Event

from contracts.rules.hours import Calendar, Interval
from contracts.rules.hours_words import SpecialPeriod, times_in_words

REFRESH = timedelta(hours=12)
"""So often calendar programs are asked to look again."""

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_OPEN = {"de": "Geöffnet: {name}", "en": "Open: {name}"}
_HOLIDAY = {"de": "{name} (Feiertag)", "en": "{name} (public holiday)"}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Feed:
    """What goes into the file: `first` and `last` are the days it covers, `site` makes its ids unique.

    `stamp` is the moment (aware) of which the file is.
    """

    name: str
    calendar: Calendar
    special: Sequence[SpecialPeriod]
    first: date
    last: date
    site: str
    stamp: datetime
    language: str


def feed_file(feed: Feed) -> bytes:
    """The file. Opening times repeat weekly, without the days on which it is otherwise."""
    file = CalendarFile()
    file.add("prodid", f"-//Vorrang//{feed.site}//{feed.language.upper()}")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", feed.name)
    file.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for event in (*_weekly(feed), *_special_openings(feed), *_holidays(feed), *_periods(feed)):
        event.add("dtstamp", feed.stamp)
        file.add_component(event)
    file.add_missing_timezones()
    return bytes(file.to_ical())


def _weekly(feed: Feed) -> Iterator[Event]:
    """One event for each interval of the week, on all its weekdays."""
    week = feed.calendar.weekly.days
    for interval in sorted({each for day in week for each in day}, key=lambda each: (each.start, each.end)):
        weekdays = [number for number in range(7) if interval in week[number]]
        days = [day for day in _days(feed.first, feed.last) if day.weekday() in weekdays]
        event = _opening(feed, days[0], interval, f"weekly-{interval}")
        until = _at(feed, days[-1], interval.start).astimezone(UTC)  # RFC 5545 asks for it
        event.add(
            "rrule", {"freq": "weekly", "byday": [_WEEKDAYS[number] for number in weekdays], "until": until}
        )
        left_out = [_at(feed, day, interval.start) for day in days if interval not in feed.calendar.on(day)]
        if left_out:
            event.add("exdate", left_out)
        yield event


def _special_openings(feed: Feed) -> Iterator[Event]:
    """What is open on special days beyond the week."""
    for day, intervals in feed.calendar.days:
        for interval in intervals:
            if feed.first <= day <= feed.last and interval not in feed.calendar.weekly.days[day.weekday()]:
                yield _opening(feed, day, interval, f"special-{day}-{interval}")


def _holidays(feed: Feed) -> Iterator[Event]:
    if feed.calendar.holidays is None:
        return
    for year in range(feed.first.year, feed.last.year + 1):
        for day, name in feed.calendar.holidays.of_year(year, feed.language).items():
            if feed.first <= day <= feed.last:
                said = _HOLIDAY[feed.language].format(name=name)
                yield _whole_days(feed, day, day, said, f"holiday-{day}")


def _periods(feed: Feed) -> Iterator[Event]:
    for period in feed.special:
        if period.first <= feed.last and period.last >= feed.first:
            said = f"{period.name}: {times_in_words(period.intervals, feed.language)}"
            yield _whole_days(feed, period.first, period.last, said, f"days-{period.first}-{period.last}")


def _opening(feed: Feed, day: date, interval: Interval, key: str) -> Event:
    event = _event(feed, _OPEN[feed.language].format(name=feed.name), key)
    event.add("dtstart", _at(feed, day, interval.start))
    event.add("dtend", _at(feed, day, interval.end))
    return event


def _whole_days(feed: Feed, first: date, last: date, said: str, key: str) -> Event:
    event = _event(feed, said, key)
    event.add("dtstart", first)
    event.add("dtend", last + _DAY)
    return event


def _event(feed: Feed, said: str, key: str) -> Event:
    """Nobody is busy because somebody is open."""
    event = Event()
    event.add("uid", f"{key}@{feed.site}")
    event.add("summary", said)
    event.add("transp", "TRANSPARENT")
    return event


def _at(feed: Feed, day: date, minute: int) -> datetime:
    """What the wall clock shows that day, or the next where the minute lies beyond it."""
    clock = datetime.combine(day, time()) + timedelta(minutes=minute)
    return clock.replace(tzinfo=feed.calendar.zone)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY
