"""Estimates of waiting times: what the range promises, where there is none, and how it reads on the clock."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.hours import ALWAYS, Calendar, parse_hours
from tickets.rules.estimate_wording import Said, say_estimate, say_too_few
from tickets.rules.estimating import (
    AIM,
    LEAST_SERVED,
    SHORTEST,
    Estimate,
    Served,
    contains,
    fit,
    on_the_clock,
    share_true,
)

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar(parse_hours("Mon-Fri 08:00-12:15,13:00-17:00"), BERLIN)
MOMENTS = st.integers(0, 2 * 365 * 24 * 3600).map(
    lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(0, s)
)
# Few numbers to draw, so that it stays fast: what stands in a history is a lottery of its own.
HISTORIES = st.builds(
    lambda seed, count, most, longest: [
        Served(rnd.randint(0, most), rnd.choice((0.0, longest * rnd.random() ** 4)), rnd.choice((None, True)))
        for rnd in [Random(seed)]
        for _ in range(count)
    ],
    st.integers(0, 10**6),
    st.integers(LEAST_SERVED, 400),
    st.sampled_from((0, 1, 3, 300)),
    st.sampled_from((0, 1, 1e3, 1e6)),
)


@given(HISTORIES, st.integers(0, 10_000))
def test_the_range_begins_now_at_the_earliest_and_contains_its_middle(
    served: list[Served], ahead: int
) -> None:
    curve = fit(served)
    assert curve is not None
    estimate = curve.at(ahead)
    assert 0 <= estimate.low <= estimate.middle <= estimate.high
    assert estimate.high >= SHORTEST
    assert estimate.served == len(served)


@given(HISTORIES)
def test_a_worse_place_never_has_an_earlier_estimate(served: list[Served]) -> None:
    curve = fit(served)
    assert curve is not None
    estimates = [curve.at(ahead) for ahead in range(0, 400, 3)]
    for better, worse in pairwise(estimates):
        assert better.low <= worse.low
        assert better.middle <= worse.middle
        assert better.high <= worse.high


@pytest.mark.parametrize(("count", "is_there"), [(0, False), (29, False), (30, True)])
def test_there_is_none_under_thirty_served_tickets(count: int, is_there: bool) -> None:
    assert (fit([Served(0, 600.0)] * count) is not None) is is_there


def history(count: int, *, came_true: bool | None = None) -> list[Served]:
    """Waits as they are: each ticket ahead takes some twenty minutes, skewed."""
    rnd = Random(7)
    aheads = [rnd.randint(0, 20) for _ in range(count)]
    return [
        Served(ahead, sum(rnd.expovariate(1 / 1200) for _ in range(ahead + 1)), came_true) for ahead in aheads
    ]


def test_it_holds_some_eight_of_ten_and_grows_with_the_places_ahead() -> None:
    curve = fit(history(500))
    assert curve is not None
    first, tenth = curve.at(0), curve.at(9)
    assert first.low < 300
    assert 900 < first.middle < 1800
    assert 3 < tenth.middle / first.middle < 12
    later = [(one, curve.at(one.ahead)) for one in history(2000)]
    inside = [contains(estimate.low, estimate.high, one.seconds) for one, estimate in later]
    assert 0.76 < sum(inside) / len(inside) < 0.86


def test_ranges_that_did_not_come_true_make_the_next_ones_wider_and_the_other_way_round() -> None:
    curves = [fit(history(200, came_true=came_true)) for came_true in (True, None, False)]
    narrow, plain, wide = (curve.at(3).high - curve.at(3).low for curve in curves if curve)
    assert narrow < plain < wide


def test_what_came_true_is_said_from_thirty_told_ranges_on() -> None:
    told = [Served(0, 1.0, came_true=True)] * 24 + [Served(0, 1.0, came_true=False)] * 6
    assert share_true(told) == AIM
    assert share_true(told[1:]) is None
    assert share_true([*told, Served(0, 1.0)]) == AIM


@given(MOMENTS, st.integers(0, 2 * 10**5), st.integers(0, 10**5))
def test_on_the_clock_it_is_never_in_the_past_and_holds_all_that_was_estimated(
    now: datetime, low: int, more: int
) -> None:
    estimate = Estimate(low, low + more // 2, low + more, 30)
    moments = on_the_clock(estimate, now, OFFICE)
    assert now <= moments.low_at <= moments.high_at
    assert moments.high_at > now
    assert OFFICE.seconds(now, moments.low_at) <= low + 1
    assert OFFICE.seconds(now, moments.high_at) >= estimate.high
    end = moments.high_at.astimezone(BERLIN)
    assert (end.hour, end.minute) <= (17, 0)  # not into the evening, however it is rounded


@pytest.mark.parametrize(
    ("now", "seconds", "low_at", "high_at"),
    [
        # Rounded outward to five minutes, to a quarter of an hour where it is far.
        ("2026-11-24 09:02", (600, 1800), "2026-11-24 09:10", "2026-11-24 09:35"),
        ("2026-11-24 09:02", (1500, 8000), "2026-11-24 09:15", "2026-11-24 11:30"),
        # Rounded down it would be in the past: any moment from now on.
        ("2026-11-24 09:02", (60, 1800), "2026-11-24 09:02", "2026-11-24 09:35"),
        # In the evening, over the weekend, over lunch, up to closing.
        ("2026-11-24 20:00", (600, 1800), "2026-11-25 08:10", "2026-11-25 08:30"),
        ("2026-11-27 16:30", (3600, 5400), "2026-11-30 08:30", "2026-11-30 09:00"),
        ("2026-11-24 12:00", (1200, 2400), "2026-11-24 13:05", "2026-11-24 13:25"),
        ("2026-11-24 08:00", (0, 15300), "2026-11-24 08:00", "2026-11-24 12:15"),
        # Over the nights in which the clocks change.
        ("2027-03-26 16:00", (3600, 7200), "2027-03-29 08:00", "2027-03-29 09:00"),
        ("2026-10-23 16:00", (3600, 7200), "2026-10-26 08:00", "2026-10-26 09:00"),
    ],
)
def test_moments_count_service_hours_only(
    now: str, seconds: tuple[int, int], low_at: str, high_at: str
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    moments = on_the_clock(Estimate(seconds[0], seconds[1], seconds[1], 30), moment, OFFICE)
    assert [f"{one.astimezone(BERLIN):%Y-%m-%d %H:%M}" for one in (moments.low_at, moments.high_at)] == [
        low_at,
        high_at,
    ]


def test_around_the_clock_a_night_is_as_long_as_it_is() -> None:
    now = datetime(2027, 3, 28, 1, 30, tzinfo=BERLIN)  # half an hour before an hour is skipped
    moments = on_the_clock(Estimate(3600, 3600, 3600, 30), now, ALWAYS)
    assert f"{moments.high_at.astimezone(BERLIN):%H:%M}" == "03:30"


NOW = datetime(2026, 11, 24, 9, 2, tzinfo=BERLIN)


def said(
    language: str, since: str, until: str, *, is_at_once: bool = False, level: str | None = "Gold"
) -> Said:
    """The words for a range, seen on Tuesday 24 November 2026."""
    return say_estimate(
        language,
        since=datetime.fromisoformat(since).replace(tzinfo=BERLIN),
        until=datetime.fromisoformat(until).replace(tzinfo=BERLIN),
        today=NOW.date(),
        is_at_once=is_at_once,
        served=214,
        level=level,
        severity="high",
        percent_inside=81 if level else None,
    )


ACROSS_DAYS = "Voraussichtlich übernimmt es jemand zwischen heute, 16:00 Uhr, und Montag, 30.11., 11:00 Uhr."
TODAY, TOMORROW, LATER = "2026-11-24", "2026-11-25", "2026-11-30"


@pytest.mark.parametrize(
    ("span", "is_at_once", "words"),
    [
        (
            (f"{TODAY} 09:02", f"{TODAY} 09:40"),
            True,
            (
                "Voraussichtlich übernimmt es jemand bis heute, 09:40 Uhr.",
                "Somebody will probably take it by 09:40 today.",
                "Bis heute, 09:40 Uhr",
            ),
        ),
        (
            (f"{TOMORROW} 09:10", f"{TOMORROW} 11:00"),
            False,
            (
                "Voraussichtlich übernimmt es jemand morgen zwischen 09:10 und 11:00 Uhr.",
                "Somebody will probably take it tomorrow between 09:10 and 11:00.",
                "Morgen, 09:10 bis 11:00 Uhr",
            ),
        ),
        (
            (f"{LATER} 09:10", f"{LATER} 11:00"),
            False,
            (
                "Voraussichtlich übernimmt es jemand am Montag, 30.11., zwischen 09:10 und 11:00 Uhr.",
                "Somebody will probably take it on Monday, 30 Nov, between 09:10 and 11:00.",
                "Montag, 30.11., 09:10 bis 11:00 Uhr",
            ),
        ),
        (
            (f"{TODAY} 16:00", f"{LATER} 11:00"),
            False,
            (
                ACROSS_DAYS,
                "Somebody will probably take it between 16:00 today and 11:00 Monday 30 Nov.",
                "Heute, 16:00 Uhr, bis Montag, 30.11., 11:00 Uhr",
            ),
        ),
    ],
)
def test_how_it_reads(span: tuple[str, str], is_at_once: bool, words: tuple[str, str, str]) -> None:
    german = said("de", *span, is_at_once=is_at_once)
    english = said("en", *span, is_at_once=is_at_once)
    assert (german.sentence, english.sentence, german.short) == words


def test_it_says_how_it_was_made_and_how_often_it_was_right() -> None:
    basis = said("en", f"{TODAY} 10:00", f"{TODAY} 11:00").basis
    assert "214 tickets with service level Gold and severity high" in basis
    assert "eight weeks" in basis
    assert "81 of 100 such estimates came true" in basis
    unmeasured = said("de", f"{TODAY} 10:00", f"{TODAY} 11:00", level=None).basis
    assert "214 Tickets ohne Servicevertrag mit Schweregrad hoch" in unmeasured
    assert "Etwa acht von zehn" in unmeasured
    assert "30 Tickets mit Servicestufe Gold" in say_too_few("de", served=12, level="Gold", severity="low")


def test_the_share_of_hits_is_measured_at_both_ends() -> None:
    assert [contains(60, 120, seconds) for seconds in (59, 60, 120, 121)] == [False, True, True, False]
