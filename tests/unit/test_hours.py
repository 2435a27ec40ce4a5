"""Service hours: how much of them lies between two moments, over clock changes too."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.rules.hours import (
    Interval,
    WeeklyHours,
    add_service_seconds,
    parse_hours,
    service_moment_before,
    service_seconds,
)

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = parse_hours("Mon-Fri 08:00-12:00,13:00-17:00; Sat 09:00-12:00")
ALWAYS = parse_hours("Mon-Sun 00:00-24:00")
NIGHTS = parse_hours("Sun 01:00-02:30,02:45-04:00")
HOUR = 3600


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, fold=fold, tzinfo=BERLIN)  # type: ignore[arg-type, misc]


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
    ],
)
def test_office_hours(start: datetime, end: datetime, hours: int) -> None:
    assert service_seconds(start, end, OFFICE, BERLIN) == hours * HOUR


@pytest.mark.parametrize(
    ("day", "always", "nights"),
    [
        (date(2027, 3, 21), 24, 1.5 + 1.25),
        (date(2027, 3, 28), 23, 1 + 1),  # 02:00 to 03:00 does not exist
        (date(2027, 10, 31), 25, 1.5 + 0.5 + 1.25 + 0.25),  # 02:00 to 03:00 comes twice
    ],
)
def test_nights_with_a_clock_change(day: date, always: float, nights: float) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=BERLIN)
    end = start + timedelta(days=1)  # local midnight again
    assert service_seconds(start, end, ALWAYS, BERLIN) == always * HOUR
    assert service_seconds(start, end, NIGHTS, BERLIN) == nights * HOUR


def test_both_passes_of_the_autumn_hour() -> None:
    first, second = berlin(2027, 10, 31, 2, 15), berlin(2027, 10, 31, 2, 15, fold=1)
    assert service_seconds(first, second, ALWAYS, BERLIN) == HOUR
    assert service_seconds(first, second, NIGHTS, BERLIN) == HOUR - 15 * 60


def test_the_clock_change_is_found_to_the_microsecond() -> None:
    start = berlin(2027, 3, 27, 22, 17, 3, 500_001)
    skipped = parse_hours("Sun 02:00-03:00")  # an hour that this Sunday does not have
    assert service_seconds(start, berlin(2027, 3, 28, 5), skipped, BERLIN) == 0
    assert service_seconds(start, berlin(2027, 3, 28, 5), parse_hours("Sun 00:00-02:00"), BERLIN) == 2 * HOUR


def test_nothing_between_a_moment_and_itself_or_backwards() -> None:
    noon = berlin(2027, 3, 1, 10)
    assert service_seconds(noon, noon, OFFICE, BERLIN) == 0
    assert service_seconds(noon, noon - timedelta(hours=1), OFFICE, BERLIN) == 0


def test_naive_moments_are_refused() -> None:
    naive = datetime(2027, 3, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        service_seconds(naive, berlin(2027, 3, 1), OFFICE, BERLIN)


def test_adding_and_looking_back_step_over_the_weekend() -> None:
    friday, monday = berlin(2027, 3, 5, 16), berlin(2027, 3, 8, 9)
    assert add_service_seconds(friday, 5 * HOUR, OFFICE, BERLIN) == monday
    assert service_moment_before(monday, 5 * HOUR, OFFICE, BERLIN) == friday
    assert add_service_seconds(friday, 0, OFFICE, BERLIN) == friday
    assert service_moment_before(monday, 0, OFFICE, BERLIN) == monday


def test_without_any_hours_no_moment_can_be_found() -> None:
    closed = WeeklyHours(((),) * 7)
    assert service_seconds(berlin(2027, 3, 1), berlin(2027, 4, 1), closed, BERLIN) == 0
    with pytest.raises(ValueError, match="no service hours"):
        add_service_seconds(berlin(2027, 3, 1), 1, closed, BERLIN)
    with pytest.raises(ValueError, match="backwards"):
        service_moment_before(berlin(2027, 3, 1), -1, OFFICE, BERLIN)


def test_the_text_form_in_both_languages() -> None:
    monday = (Interval(8 * 60, 12 * 60), Interval(13 * 60, 17 * 60))
    assert OFFICE.days == (*[monday] * 5, (Interval(9 * 60, 12 * 60),), ())
    assert parse_hours("Sa 9:00-12:00; Mo-Fr 13:00-17:00 , 08:00 - 12:00") == OFFICE
    assert str(Interval(0, 24 * 60)) == "00:00-24:00"


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
        ("Mon 17:00-08:00; Tue 07:00-09:00", "overlap"),
        ("Sun 22:00-06:00; Mon 05:00-09:00", "overlap"),
        ("Mon 08:00-24:30", "end after"),
        ("Mon 08:00-12:00,11:00-13:00", "overlap"),
        ("Mon-Wed 08:00-12:00; Tue 09:00-10:00", "overlap"),
    ],
)
def test_text_that_cannot_be_read_is_named(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_hours(text)


# --- properties -----------------------------------------------------------------------------------------


@st.composite
def weekly_hours(draw: st.DrawFn) -> WeeklyHours:
    week = []
    for _ in range(7):
        cuts = sorted(draw(st.sets(st.integers(0, 24 * 4), max_size=4)))
        week.append(tuple(Interval(a * 15, b * 15) for a, b in zip(cuts[::2], cuts[1::2], strict=False)))
    return WeeklyHours(tuple(week))


SEASONS = [datetime(2027, 3, 26, tzinfo=UTC), datetime(2027, 10, 29, tzinfo=UTC)]
minutes_near_a_clock_change = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes),
    st.sampled_from(SEASONS),
    st.integers(0, 4 * 24 * 60),
)
moments_near_a_clock_change = st.builds(
    lambda moment, rest: moment + timedelta(microseconds=rest),
    minutes_near_a_clock_change,
    st.integers(0, 60_000_000),
)
zones = st.sampled_from([BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC")])


def minutes_counted(start: datetime, end: datetime, hours: WeeklyHours, zone: ZoneInfo) -> int:
    """The oracle: look at the wall clock in every single minute."""
    count = 0
    while start < end:
        local = start.astimezone(zone)
        minute = local.hour * 60 + local.minute
        count += any(i.start <= minute < i.end for i in hours.days[local.weekday()])
        start += timedelta(minutes=1)
    return count


@settings(max_examples=60, deadline=None)
@given(minutes_near_a_clock_change, st.integers(0, 3 * 24 * 60), weekly_hours(), zones)
def test_agrees_with_a_look_at_every_minute(
    start: datetime, minutes: int, hours: WeeklyHours, zone: ZoneInfo
) -> None:
    end = start + timedelta(minutes=minutes)
    assert service_seconds(start, end, hours, zone) == 60 * minutes_counted(start, end, hours, zone)


three_moments = st.lists(moments_near_a_clock_change, min_size=3, max_size=3).map(sorted)


@given(three_moments, weekly_hours(), zones)
def test_is_additive_and_monotonic(moments: list[datetime], hours: WeeklyHours, zone: ZoneInfo) -> None:
    a, b, c = moments
    whole = service_seconds(a, c, hours, zone)
    assert service_seconds(a, b, hours, zone) + service_seconds(b, c, hours, zone) == pytest.approx(whole)
    assert 0 <= service_seconds(a, b, hours, zone) <= whole <= (c - a).total_seconds()


@given(moments_near_a_clock_change, st.integers(1, 90 * HOUR), weekly_hours().filter(bool), zones)
def test_adding_and_looking_back_undo_the_count(
    start: datetime, seconds: int, hours: WeeklyHours, zone: ZoneInfo
) -> None:
    later = add_service_seconds(start, seconds, hours, zone)
    assert service_seconds(start, later, hours, zone) == seconds
    assert service_seconds(start, later - timedelta(seconds=1), hours, zone) == seconds - 1
    earlier = service_moment_before(later, seconds, hours, zone)
    assert earlier >= start
    assert service_seconds(start, earlier, hours, zone) == 0
    assert service_seconds(earlier, later, hours, zone) == seconds
