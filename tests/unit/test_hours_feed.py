"""The calendar file: what a calendar program makes of it is what the calendar says."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar import Calendar as CalendarFile

from contracts.rules.holidays import Holidays
from contracts.rules.hours import Calendar, parse_hours, parse_intervals
from contracts.rules.hours_feed import Feed, feed_file
from contracts.rules.hours_words import SpecialPeriod

BAVARIA = Holidays("DE", "BY", has_assumption_day=True)
SPECIAL = [
    SpecialPeriod(date(2027, 3, 26), date(2027, 3, 26), "Messe", parse_intervals("10:00-15:00")),
    SpecialPeriod(date(2027, 12, 27), date(2027, 12, 31), "Betriebsurlaub", ()),
]


def feed_in(language: str, weekly: str, zone: str = "Europe/Berlin") -> tuple[Calendar, Any]:
    days = {day: period.intervals for period in SPECIAL for day in period.days}
    calendar = Calendar(parse_hours(weekly), ZoneInfo(zone), tuple(sorted(days.items())), BAVARIA)
    made = feed_file(
        Feed(
            name="Gold",
            calendar=calendar,
            special=SPECIAL,
            first=date(2027, 1, 1),
            last=date(2028, 12, 31),
            site="1.help.example",
            stamp=datetime(2027, 1, 1, tzinfo=UTC),
            language=language,
        )
    )
    return calendar, CalendarFile.from_ical(made)


def openings_of(file: Any) -> Iterator[tuple[datetime, datetime]]:
    """The opening times, as a calendar program works them out: by the wall clock."""
    for event in file.walk("VEVENT"):
        start, end = event.decoded("dtstart"), event.decoded("dtend")
        if not isinstance(start, datetime):
            continue
        zone, wall = start.tzinfo, start.replace(tzinfo=None)
        left_out = event.get("exdate")
        without = {each.dt.replace(tzinfo=None) for each in left_out.dts} if left_out else set()
        starts = [wall]
        if "rrule" in event:
            rule = event["rrule"]
            rule["until"] = [each.astimezone(zone).replace(tzinfo=None) for each in rule["until"]]
            starts = list(rrulestr(rule.to_ical().decode(), dtstart=wall))
        for each in starts:
            if each not in without:
                length = end.replace(tzinfo=None) - wall
                yield (
                    each.replace(tzinfo=zone).astimezone(UTC),
                    (each + length).replace(tzinfo=zone).astimezone(UTC),
                )


@pytest.mark.parametrize(
    ("weekly", "zone"),
    [
        ("Mon-Thu 08:00-12:00,13:00-17:00; Fri 08:00-15:00", "Europe/Berlin"),
        ("Mon-Fri 09:00-18:00; Fri 22:00-06:00; Sun 10:00-11:00", "America/New_York"),
    ],
)
def test_opening_times_in_the_file_are_those_of_the_calendar(weekly: str, zone: str) -> None:
    calendar, file = feed_in("de", weekly, zone)
    start, end = (datetime(year, 1, 1, tzinfo=calendar.zone) for year in (2027, 2029))
    inside = [(since, to) for since, to in openings_of(file) if to <= end]
    assert sorted(inside) == list(calendar.stretches(start, end))


@pytest.mark.parametrize(
    ("language", "holiday", "shut"),
    [
        ("de", "Karfreitag (Feiertag)", "Betriebsurlaub: geschlossen"),
        ("en", "Good Friday (public holiday)", "Betriebsurlaub: closed"),
    ],
)
def test_holidays_and_special_days_fill_whole_days(language: str, holiday: str, shut: str) -> None:
    _, file = feed_in(language, "Mon-Fri 08:00-17:00")
    whole = {
        str(event["summary"]): (event.decoded("dtstart"), event.decoded("dtend"))
        for event in file.walk("VEVENT")
        if not isinstance(event.decoded("dtstart"), datetime) and event.decoded("dtstart").year == 2027
    }
    assert whole[holiday] == (date(2027, 3, 26), date(2027, 3, 27))
    assert whole[shut] == (date(2027, 12, 27), date(2028, 1, 1))
    uids = [str(event["uid"]) for event in file.walk("VEVENT")]
    assert len(set(uids)) == len(uids)
    assert {str(event["transp"]) for event in file.walk("VEVENT")} == {"TRANSPARENT"}
    assert [str(zone["tzid"]) for zone in file.walk("VTIMEZONE")] == ["Europe/Berlin"]
