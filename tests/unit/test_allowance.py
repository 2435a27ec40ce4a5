"""Allowances: periods, pro rata, carry-over, and what may still be booked."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.allowance import (
    Period,
    Sheet,
    Sums,
    Terms,
    carry_out,
    granted,
    parse_shares,
    period_at,
    periods_between,
    settled,
    shares_reached,
    spendable,
)

BERLIN = ZoneInfo("Europe/Berlin")
JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 1), date(2026, 1, 31))


def terms(amount: int = 120, period: str = "month", *, carries_over: bool = True, **more: Any) -> Terms:
    """An allowance."""
    fields: dict[str, Any] = {"unit": "minutes", "is_pro_rata": True, "overrun": "refuse", **more}
    return Terms(amount=amount, period=period, carries_over=carries_over, **fields)


def sheets(*sums: Sums, over: int, with_terms: Terms | None = None) -> tuple[Sheet, ...]:
    """Successive periods; the first `over` of them are over."""
    return tuple(
        Sheet(1, with_terms or terms(), JANUARY, each, is_open=True, is_over=place < over)
        for place, each in enumerate(sums)
    )


@pytest.mark.parametrize(
    ("kind", "day", "first", "last", "starts_on", "ends_on"),
    [
        ("month", "2024-02-29", "2020-01-01", None, "2024-02-01", "2024-02-29"),
        ("month", "2026-03-29", "2026-03-16", None, "2026-03-16", "2026-03-31"),
        ("month", "2026-12-31", "2026-01-01", "2026-12-30", None, None),
        ("quarter", "2026-12-31", "2020-01-01", None, "2026-10-01", "2026-12-31"),
        ("quarter", "2026-05-05", "2026-05-05", "2026-06-10", "2026-05-05", "2026-06-10"),
        ("year", "2026-11-23", "2026-03-01", None, "2026-03-01", "2026-12-31"),
        ("term", "2026-11-23", "2025-12-01", "2027-11-30", "2025-12-01", "2027-11-30"),
        ("term", "2026-11-23", "2025-12-01", None, "2025-12-01", None),
        ("month", "2019-12-31", "2020-01-01", None, None, None),
        ("month", "9999-12-31", "2020-01-01", None, "9999-12-01", "9999-12-31"),
    ],
)
def test_a_period_is_the_calendar_clipped_by_the_agreement(  # noqa: PLR0917 (columns of a table)
    kind: str, day: str, first: str, last: str | None, starts_on: str | None, ends_on: str | None
) -> None:
    found = period_at(
        kind, date.fromisoformat(day), date.fromisoformat(first), date.fromisoformat(last) if last else None
    )
    if starts_on is None:
        assert found is None
        return
    assert found is not None
    assert (found.starts_on.isoformat(), found.ends_on and found.ends_on.isoformat()) == (starts_on, ends_on)


DAYS = st.dates(date(2019, 12, 1), date(2029, 1, 31))


@given(st.sampled_from(["month", "quarter", "year"]), DAYS, st.integers(0, 900), DAYS)
def test_periods_cover_each_day_of_an_agreement_once_in_local_time(
    kind: str, first: date, length: int, day: date
) -> None:
    last = first + timedelta(days=length)
    periods = list(periods_between(kind, first, last, first, last))
    assert (periods[0].starts_on, periods[-1].ends_on) == (first, last)
    for before, after in pairwise(periods):
        assert before.instants(BERLIN)[1] == after.instants(BERLIN)[0]
    noon = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
    holding = [
        each for each in periods if each.instants(BERLIN)[0] <= noon < (each.instants(BERLIN)[1] or noon)
    ]
    at = period_at(kind, day, first, last)
    assert holding == ([at] if at else [])


def test_a_month_with_a_change_of_the_clocks_is_an_hour_longer_or_shorter() -> None:
    march = period_at("month", date(2026, 3, 1), date(2020, 1, 1), None)
    october = period_at("month", date(2026, 10, 1), date(2020, 1, 1), None)
    assert march is not None
    assert october is not None
    for period, hours in ((march, 31 * 24 - 1), (october, 31 * 24 + 1)):
        start, end = period.instants(BERLIN)
        assert end is not None
        assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("amount", "kind", "first", "last", "day", "is_pro_rata", "units"),
    [
        (120, "month", "2020-01-01", None, "2026-11-23", True, 120),
        (120, "month", "2026-11-16", None, "2026-11-23", True, 60),
        (120, "month", "2026-11-16", None, "2026-11-23", False, 120),
        (120, "month", "2024-02-15", None, "2024-02-20", True, 62),  # 15 of 29 days: 62.07
        (120, "month", "2023-02-15", None, "2023-02-20", True, 60),  # 14 of 28
        (5, "month", "2026-11-22", None, "2026-11-23", True, 2),  # 9 of 30: 1.5, half up
        (600, "year", "2020-01-01", "2026-01-31", "2026-01-05", True, 51),  # a short last one: 31 of 365
        (600, "term", "2026-01-01", "2026-06-30", "2026-03-03", True, 600),
    ],
)
def test_a_period_that_is_not_whole_is_granted_by_days(  # noqa: PLR0917 (columns of a table)
    amount: int, kind: str, first: str, last: str | None, day: str, is_pro_rata: bool, units: int
) -> None:
    period = period_at(
        kind, date.fromisoformat(day), date.fromisoformat(first), date.fromisoformat(last) if last else None
    )
    assert period is not None
    assert granted(terms(amount, kind, is_pro_rata=is_pro_rata), period) == units


def test_an_agreement_and_its_renewal_share_the_month_between_them() -> None:
    first = period_at("month", date(2026, 12, 1), date(2026, 1, 1), date(2026, 12, 15))
    second = period_at("month", date(2026, 12, 20), date(2026, 12, 16), None)
    assert first is not None
    assert second is not None
    assert granted(terms(), first) + granted(terms(), second) == 120


def test_what_is_left_goes_into_the_next_period_once() -> None:
    done = settled(sheets(Sums(granted=120, booked=-20), Sums(granted=120), Sums(granted=120), over=2))
    assert [sheet.sums.carried for sheet in done] == [0, 100, 120]
    assert [sheet.sums.expired for sheet in done] == [-100, -220, 0]
    without = settled(
        sheets(Sums(granted=120), Sums(granted=120), over=1, with_terms=terms(carries_over=False))
    )
    assert [sheet.sums.carried for sheet in without] == [0, 0]


def test_a_change_of_carrying_over_touches_no_period_that_is_closed() -> None:
    closed = (Sums(granted=120, expired=-120), Sums(granted=120))
    assert settled(sheets(*closed, over=1, with_terms=terms(carries_over=True)))[1].sums.carried == 0
    carried = (Sums(granted=120, expired=-120), Sums(granted=120, carried=120))
    assert settled(sheets(*carried, over=1, with_terms=terms(carries_over=False)))[1].sums.carried == 120


def test_changed_terms_change_the_grant_but_not_below_what_was_used() -> None:
    more = settled(sheets(Sums(granted=120, booked=-100), over=0, with_terms=terms(200)))
    less = settled(sheets(Sums(granted=120, booked=-100), over=0, with_terms=terms(60)))
    past = settled(sheets(Sums(granted=120, booked=-100), over=1, with_terms=terms(60)))
    assert [each[0].sums.granted for each in (more, less, past)] == [200, 100, 120]


def test_cases_do_not_become_minutes() -> None:
    cases = Sheet(1, terms(unit="cases"), JANUARY, Sums(granted=3), is_open=True, is_over=True)
    minutes = Sheet(2, terms(), JANUARY)
    assert settled([cases, minutes])[1].sums.carried == 0
    assert spendable(settled([cases, minutes]), 0) == 3


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 80)), min_size=1, max_size=6),
    st.booleans(),
    st.integers(0, 5),
    st.integers(0, 100),
)
def test_late_bookings_never_take_a_period_below_zero_and_one_more_would(
    rows: list[tuple[int, int]], carries: bool, place: int, share: int
) -> None:
    """`rows`: what is granted, and what of it is used (as far as it is there)."""
    place %= len(rows)

    def settle(booked: list[int]) -> tuple[Sheet, ...]:
        sums = [Sums(granted=grant, booked=-units) for (grant, _), units in zip(rows, booked, strict=True)]
        return settled(sheets(*sums, over=len(rows), with_terms=terms(carries_over=carries)))

    booked = [0] * len(rows)
    for at, (_, units) in enumerate(rows):
        booked[at] += min(units, spendable(settle(booked), at))
    room = spendable(settle(booked), place)
    units = room * share // 100
    booked[place] += units
    after = settle(booked)
    assert min(sheet.sums.left for sheet in after) >= 0
    assert spendable(after, place) == room - units
    assert all(sheet.sums.balance == 0 for sheet in after)
    assert [sheet.sums.carried for sheet in after[1:]] == [carry_out(sheet) for sheet in after[:-1]]
    booked[place] += room - units + 1
    assert min(sheet.sums.left for sheet in settle(booked)) < 0


@pytest.mark.parametrize(
    ("used", "total", "reached"),
    [(0, 0, ()), (89, 120, ()), (90, 120, (75,)), (120, 120, (75, 100)), (130, 120, (75, 100)), (5, 0, ())],
)
def test_shares_are_reached_when_so_much_is_used(used: int, total: int, reached: tuple[int, ...]) -> None:
    assert shares_reached((100, 75), used, total) == reached


def test_shares_are_read_as_they_are_written() -> None:
    assert parse_shares("100, 50 %,75,") == (50, 75, 100)
    assert parse_shares("") == ()
    for text in ("0", "101", "half", "-5"):
        with pytest.raises(ValueError, match=r"half|Shares"):
            parse_shares(text)
