"""Service hours: how much of them lies between two moments, over clock changes, holidays and midnight too."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.rules.holidays import Holidays
from contracts.rules.hours import (
    ALWAYS,
    Calendar,
    Interval,
    WeeklyHours,
    parse_hours,
    parse_intervals,
)

BERLIN = ZoneInfo("Europe/Berlin")
BAVARIA = Holidays("DE", "BY", has_assumption_day=True)
OFFICE = Calendar(parse_hours("Mon-Fri 08:00-12:00,13:00-17:00; Sat 09:00-12:00"), BERLIN)
AROUND = Calendar(parse_hours("24/7"), BERLIN)
NIGHTS = Calendar(parse_hours("Sun 01:00-02:30,02:45-04:00"), BERLIN)
CLOSED = WeeklyHours(((),) * 7)
HOUR = 3600


def berlin(*parts: int, fold: int = 0) -> datetime:
    """A moment of the wall clock, in UTC: a time that comes twice equals nothing in another zone."""
    return datetime(*parts, fold=fold, tzinfo=BERLIN).astimezone(UTC)  # type: ignore[arg-type, misc]


def day_of(calendar: Calendar, *parts: int) -> float:
    """Hours of service on a local day."""
    first = date(*parts)
    start, end = (
        datetime(day.year, day.month, day.day, tzinfo=calendar.zone)
        for day in (first, first + timedelta(days=1))
    )
    return calendar.seconds(start, end) / HOUR


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (berlin(2027, 3, 1, 8), berlin(2027, 3, 1, 12), 4),  # a Monday
        (berlin(2027, 3, 1, 7), berlin(2027, 3, 1, 18), 8),
        (berlin(2027, 3, 1, 11), berlin(2027, 3, 1, 14), 2),
        (berlin(2027, 3, 1, 12), berlin(2027, 3, 1, 13), 0),
        (berlin(2027, 3, 5, 16), berlin(2027, 3, 8, 9), 1 + 3 + 1),  # over a weekend
        (berlin(2027, 3, 1), berlin(2027, 3, 8), 43),
        (berlin(2027, 3, 22), berlin(2027, 3, 29), 43),  # the clock change is outside the hours
        (berlin(2028, 2, 28), berlin(2028, 3, 2), 24),  # with 29 February
        (berlin(2026, 12, 31, 16), berlin(2027, 1, 1, 9), 1 + 1),  # over the new year
    ],
)
def test_office_hours(start: datetime, end: datetime, hours: int) -> None:
    assert OFFICE.seconds(start, end) == hours * HOUR


# --- both nights in which the clocks change ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "around", "nights"),
    [
        ((2027, 3, 21), 24, 1.5 + 1.25),
        ((2027, 3, 28), 23, 1 + 1),  # 02:00 to 03:00 does not exist
        ((2027, 10, 31), 25, 1.5 + 0.5 + 1.25 + 0.25),  # 02:00 to 03:00 comes twice
    ],
)
def test_nights_with_a_clock_change(day: tuple[int, int, int], around: float, nights: float) -> None:
    assert day_of(AROUND, *day) == around
    assert day_of(NIGHTS, *day) == nights


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        # Spring: 01:00 and two hours is 04:00, for 02:00 to 03:00 is skipped.
        (berlin(2027, 3, 28, 1), 2, berlin(2027, 3, 28, 4)),
        (berlin(2027, 3, 28, 1, 30), 0.5, berlin(2027, 3, 28, 3)),
        # Autumn: 02:15 and one hour is 02:15 again, two hours 03:15.
        (berlin(2027, 10, 31, 2, 15), 1, berlin(2027, 10, 31, 2, 15, fold=1)),
        (berlin(2027, 10, 31, 2, 15), 2, berlin(2027, 10, 31, 3, 15)),
        (berlin(2027, 10, 31, 2, 15, fold=1), 1, berlin(2027, 10, 31, 3, 15)),
    ],
)
def test_adding_in_a_night_with_a_clock_change(start: datetime, hours: float, due: datetime) -> None:
    assert AROUND.add(start, hours * HOUR) == due
    assert AROUND.before(due, hours * HOUR) == start
    assert ALWAYS.add(start, hours * HOUR) == due


def test_both_passes_of_the_autumn_hour() -> None:
    first, second = berlin(2027, 10, 31, 2, 15), berlin(2027, 10, 31, 2, 15, fold=1)
    assert AROUND.seconds(first, second) == HOUR
    assert NIGHTS.seconds(first, second) == HOUR - 15 * 60


def test_the_clock_change_is_found_to_the_microsecond() -> None:
    start = berlin(2027, 3, 27, 22, 17, 3, 500_001)
    skipped = Calendar(parse_hours("Sun 02:00-03:00"), BERLIN)  # an hour that this Sunday does not have
    assert skipped.seconds(start, berlin(2027, 3, 28, 5)) == 0
    assert Calendar(parse_hours("Sun 00:00-02:00"), BERLIN).seconds(start, berlin(2027, 3, 28, 5)) == 2 * HOUR


def test_a_night_shift_over_a_clock_change_is_shorter_or_longer_by_that_hour() -> None:
    shift = Calendar(parse_hours("Sat 22:00-06:00"), BERLIN)
    lengths = [
        shift.seconds(berlin(*saturday), berlin(*saturday) + timedelta(days=2))
        for saturday in ((2027, 3, 20), (2027, 3, 27), (2027, 10, 30))
    ]
    assert lengths == [8 * HOUR, 7 * HOUR, 9 * HOUR]


# --- days that differ -------------------------------------------------------------------------------------


def test_holidays_are_closed_and_special_days_are_what_they_say() -> None:
    plain = parse_hours("Mon-Fri 08:00-17:00")
    special = ((date(2026, 12, 24), parse_intervals("08:00-12:00")), (date(2026, 12, 28), ()))
    calendar = Calendar(plain, BERLIN, special, BAVARIA)
    hours = {day: day_of(calendar, 2026, 12, day) for day in range(23, 30)}
    assert hours == {23: 9, 24: 4, 25: 0, 26: 0, 27: 0, 28: 0, 29: 9}
    assert day_of(calendar, 2026, 8, 15) == 0  # a Saturday anyway
    opened = Calendar(plain, BERLIN, ((date(2026, 12, 25), parse_intervals("10:00-11:00")),), BAVARIA)
    assert day_of(opened, 2026, 12, 25) == 1  # open on a holiday


def test_friday_afternoon_and_two_hours_is_after_the_holidays() -> None:
    calendar = Calendar(parse_hours("Mon-Fri 08:00-17:00"), BERLIN, (), BAVARIA)
    assert calendar.add(berlin(2027, 3, 25, 16, 30), HOUR) == berlin(2027, 3, 30, 8, 30)  # over Easter
    assert calendar.before(berlin(2027, 3, 30, 8, 30), HOUR) == berlin(2027, 3, 25, 16, 30)


def test_a_shift_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    weekly = parse_hours("Wed-Thu 22:00-06:00; Fri 08:00-12:00")  # 24 December 2026 is a Thursday
    closed_friday = ((date(2026, 12, 25), ()),)
    closed_thursday = ((date(2026, 12, 24), ()),)
    morning, noon = berlin(2026, 12, 25, 5), berlin(2026, 12, 25, 9)
    assert Calendar(weekly, BERLIN, closed_friday).is_open(morning)  # it began on Thursday evening
    assert not Calendar(weekly, BERLIN, closed_friday).is_open(noon)
    assert not Calendar(weekly, BERLIN, closed_thursday).is_open(morning)
    assert Calendar(weekly, BERLIN, closed_thursday).is_open(noon)
    assert Calendar(weekly, BERLIN, closed_thursday).is_open(berlin(2026, 12, 24, 5))


def test_a_special_day_that_meets_the_evening_before_counts_once() -> None:
    early = ((date(2026, 12, 25), parse_intervals("05:00-08:00")),)
    calendar = Calendar(parse_hours("Thu 22:00-06:00"), BERLIN, early)
    assert calendar.seconds(berlin(2026, 12, 24), berlin(2026, 12, 26)) == 10 * HOUR
    assert list(calendar.stretches(berlin(2026, 12, 24), berlin(2026, 12, 26))) == [
        (berlin(2026, 12, 24, 22), berlin(2026, 12, 25, 8))
    ]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", (2027, 3, 14), 23),
        ("Australia/Lord_Howe", (2027, 4, 4), 24.5),  # half an hour
        ("Africa/Cairo", (2027, 4, 30), 23),  # at midnight
        ("Asia/Kathmandu", (2027, 3, 28), 24),
        ("Pacific/Apia", (2011, 12, 30), 0),  # a day that was left out
    ],
)
def test_other_zones(zone: str, day: tuple[int, int, int], hours: float) -> None:
    assert day_of(Calendar(parse_hours("24/7"), ZoneInfo(zone)), *day) == hours


# --- edges ------------------------------------------------------------------------------------------------


def test_nothing_between_a_moment_and_itself_or_backwards() -> None:
    noon = berlin(2027, 3, 1, 10)
    assert OFFICE.seconds(noon, noon) == 0
    assert OFFICE.seconds(noon, noon - timedelta(hours=1)) == 0
    assert list(OFFICE.stretches(noon, noon)) == []


def test_naive_moments_are_refused() -> None:
    naive = datetime(2027, 3, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        OFFICE.seconds(naive, berlin(2027, 3, 1))


def test_adding_and_looking_back_step_over_the_weekend() -> None:
    friday, monday = berlin(2027, 3, 5, 16), berlin(2027, 3, 8, 9)
    assert OFFICE.add(friday, 5 * HOUR) == monday
    assert OFFICE.before(monday, 5 * HOUR) == friday
    assert OFFICE.add(friday, 0) == friday
    assert OFFICE.before(monday, 0) == monday


def test_looking_back_finds_the_last_moment_and_adding_the_first() -> None:
    closing, opening = berlin(2027, 3, 1, 17), berlin(2027, 3, 2, 8)
    assert OFFICE.add(berlin(2027, 3, 1, 16), HOUR) == closing
    assert OFFICE.before(berlin(2027, 3, 2, 9), HOUR) == opening


def test_openings_and_their_edges() -> None:
    start, end = berlin(2027, 3, 1, 9), berlin(2027, 3, 2, 9)
    assert list(OFFICE.stretches(start, end)) == [
        (start, berlin(2027, 3, 1, 12)),
        (berlin(2027, 3, 1, 13), berlin(2027, 3, 1, 17)),
        (berlin(2027, 3, 2, 8), end),
    ]
    assert list(OFFICE.boundaries(start, end)) == [
        berlin(2027, 3, 1, 12),
        berlin(2027, 3, 1, 13),
        berlin(2027, 3, 1, 17),
        berlin(2027, 3, 2, 8),
    ]
    assert OFFICE.is_open(berlin(2027, 3, 1, 8))
    assert not OFFICE.is_open(berlin(2027, 3, 1, 12))
    assert list(ALWAYS.boundaries(start, berlin(2031, 1, 1))) == []


def test_without_any_hours_no_moment_can_be_found() -> None:
    closed = Calendar(CLOSED, BERLIN)
    assert closed.seconds(berlin(2027, 3, 1), berlin(2027, 4, 1)) == 0
    with pytest.raises(ValueError, match="no service hours"):
        closed.add(berlin(2027, 3, 1), 1)
    with pytest.raises(ValueError, match="no service hours"):
        closed.before(berlin(2027, 3, 1), 1)
    with pytest.raises(ValueError, match="backwards"):
        OFFICE.before(berlin(2027, 3, 1), -1)


def test_equal_calendars_are_equal_values() -> None:
    same = Calendar(OFFICE.weekly, ZoneInfo("Europe/Berlin"))
    assert same == OFFICE
    assert len({same, OFFICE, ALWAYS}) == 2


def test_the_text_form_in_both_languages() -> None:
    monday = (Interval(8 * 60, 12 * 60), Interval(13 * 60, 17 * 60))
    assert OFFICE.weekly.days == (*[monday] * 5, (Interval(9 * 60, 12 * 60),), ())
    assert parse_hours("Sa 9:00-12:00; Mo-Fr 13:00-17:00 , 08:00 - 12:00") == OFFICE.weekly
    assert str(Interval(0, 24 * 60)) == "00:00-24:00"
    assert str(parse_hours("Fri 22:00-06:00").days[4][0]) == "22:00-06:00"
    assert parse_hours("24x7") == parse_hours("Mon-Sun 00:00-24:00")
    assert parse_intervals(" ") == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "read like"),
        ("8-17", "read like"),
        ("Mon-Fri", "read like"),
        ("Mon 08:00-17:00;", "read like"),
        ("Fooday 08:00-17:00", "weekday: 'fooday'"),
        ("Fri-Mon 08:00-17:00", "comes before"),
        ("Mon 08:00", "not '08:00'"),
        ("Mon 08:60-09:00", "not '08:60-09:00'"),
        ("Mon 08:00-12:00,", "not ''"),
        ("Mon 08:00-08:00", "end after"),
        ("Mon 08:00-24:30", "end after"),
        ("Mon 25:00-08:00", "end after"),
        ("Mon 08:00-12:00,11:00-13:00", "overlap"),
        ("Mon-Wed 08:00-12:00; Tue 09:00-10:00", "overlap"),
        ("Mon 17:00-08:00; Tue 07:00-09:00", "overlap"),
        ("Sun 22:00-06:00; Mon 05:00-09:00", "overlap"),
    ],
)
def test_text_that_cannot_be_read_is_named(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_hours(text)


# --- properties -------------------------------------------------------------------------------------------


def is_open_by_the_wall_clock(at: datetime, calendar: Calendar) -> bool:
    """The oracle: what does the clock on the wall show, and what begins today or began yesterday?"""
    local = at.astimezone(calendar.zone)
    minute, today = local.hour * 60 + local.minute, local.date()
    yesterday = today - timedelta(days=1)
    return any(each.start <= minute < each.end for each in begins_on(today, calendar)) or any(
        minute + 1440 < each.end for each in begins_on(yesterday, calendar)
    )


def begins_on(day: date, calendar: Calendar) -> tuple[Interval, ...]:
    special = dict(calendar.days)
    if day in special:
        return special[day]
    if calendar.holidays and day in calendar.holidays.of_year(day.year):
        return ()
    return calendar.weekly.days[day.weekday()]


def minutes_of(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += timedelta(minutes=1)


@pytest.mark.parametrize(
    ("weekly", "zone", "year"),
    [
        (
            "Mon-Thu 08:00-12:00,13:00-17:00; Fri 08:00-15:00,22:00-06:00; Sun 01:30-04:15",
            "Europe/Berlin",
            2028,
        ),
        ("Mon-Sun 22:00-05:30; Sat 09:00-12:00", "America/New_York", 2027),
        ("Sun 00:00-24:00; Wed 12:00-09:00", "Australia/Lord_Howe", 2027),
    ],
)
def test_a_whole_year_agrees_with_a_look_at_every_minute(weekly: str, zone: str, year: int) -> None:
    special = (
        (date(year, 1, 1), parse_intervals("20:00-03:00")),
        (date(year, 2, 28), ()),
        (date(year, 10, 30), parse_intervals("23:00-02:30")),
        (date(year, 12, 31), parse_intervals("00:00-24:00")),
    )
    calendar = Calendar(parse_hours(weekly), ZoneInfo(zone), special, BAVARIA)
    start, passed = datetime(year, 1, 1, tzinfo=UTC), 0
    edges, was_open = [], calendar.is_open(start - timedelta(minutes=1))
    for minute in minutes_of(start, datetime(year + 1, 1, 1, tzinfo=UTC)):
        if minute.hour == minute.minute == 0:
            assert calendar.seconds(start, minute) == passed, minute
        is_open = is_open_by_the_wall_clock(minute, calendar)
        if is_open != was_open:
            edges.append(minute)
        passed, was_open = passed + 60 * is_open, is_open
    before = start - timedelta(microseconds=1)
    assert list(calendar.boundaries(before, datetime(year + 1, 1, 1, tzinfo=UTC))) == edges


@st.composite
def intervals(draw: st.DrawFn) -> tuple[Interval, ...]:
    cuts = sorted(draw(st.sets(st.integers(0, 24 * 4), max_size=4)))
    return tuple(Interval(a * 15, b * 15) for a, b in zip(cuts[::2], cuts[1::2], strict=False))


def over_midnight(week: list[tuple[Interval, ...]], until: int) -> WeeklyHours:
    """Lengthen the last interval of each day into the next, as far as nobody is there."""
    longer = []
    for day, own in enumerate(week):
        following = week[(day + 1) % 7]
        free = min(until, following[0].start if following else 1440, max(own[-1].start - 15, 0) if own else 0)
        longer.append((*own[:-1], Interval(own[-1].start, 1440 + free)) if own and free else own)
    return WeeklyHours(tuple(longer))


ZONES = [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC")]
SEASONS = [
    datetime(2027, 3, 25, tzinfo=UTC),  # Easter and the clock change
    datetime(2027, 10, 29, tzinfo=UTC),
    datetime(2027, 12, 30, tzinfo=UTC),
    datetime(2028, 2, 27, tzinfo=UTC),
]
calendars = st.builds(
    Calendar,
    st.builds(
        over_midnight, st.lists(intervals(), min_size=7, max_size=7), st.sampled_from([0, 0, 120, 600])
    ),
    st.sampled_from(ZONES),
    st.dictionaries(
        st.builds(
            lambda start, days: (start + timedelta(days=days)).date(),
            st.sampled_from(SEASONS),
            st.integers(0, 4),
        ),
        intervals(),
        max_size=2,
    ).map(lambda days: tuple(sorted(days.items()))),
    st.sampled_from([None, BAVARIA]),
)
minutes_near = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes),
    st.sampled_from(SEASONS),
    st.integers(0, 4 * 24 * 60),
)
moments_near = st.builds(
    lambda moment, rest: moment + timedelta(microseconds=rest), minutes_near, st.integers(0, 60_000_000)
)
quick = settings(max_examples=40, deadline=None)


@quick
@given(minutes_near, st.integers(0, 2 * 24 * 60), calendars)
def test_agrees_with_a_look_at_every_minute(start: datetime, minutes: int, calendar: Calendar) -> None:
    end = start + timedelta(minutes=minutes)
    counted = sum(is_open_by_the_wall_clock(minute, calendar) for minute in minutes_of(start, end))
    assert calendar.seconds(start, end) == 60 * counted
    assert calendar.is_open(start) == is_open_by_the_wall_clock(start, calendar)


@quick
@given(st.lists(moments_near, min_size=3, max_size=3).map(sorted), calendars)
def test_is_additive_and_monotonic(moments: list[datetime], calendar: Calendar) -> None:
    a, b, c = moments
    whole = calendar.seconds(a, c)
    assert round(calendar.seconds(a, b) * 10**6) + round(calendar.seconds(b, c) * 10**6) == round(
        whole * 10**6
    )
    assert 0 <= calendar.seconds(a, b) <= whole <= (c - a).total_seconds()
    stretches = list(calendar.stretches(a, c))
    assert sum((to - since for since, to in stretches), timedelta()) == timedelta(seconds=whole)
    assert all(since < to for since, to in stretches)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(stretches))


@quick
@given(moments_near, st.integers(1, 90 * HOUR), calendars.filter(lambda each: bool(each.weekly)))
def test_adding_and_looking_back_undo_the_count(start: datetime, seconds: int, calendar: Calendar) -> None:
    later = calendar.add(start, seconds)
    assert calendar.seconds(start, later) == seconds
    assert calendar.seconds(start, later - timedelta(seconds=1)) == seconds - 1
    earlier = calendar.before(later, seconds)
    assert earlier >= start
    assert calendar.seconds(start, earlier) == 0
    assert calendar.seconds(earlier, later) == seconds
    assert calendar.add(start, seconds + 1) > later  # more time is never due earlier
