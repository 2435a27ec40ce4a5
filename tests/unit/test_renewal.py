"""Renewal: terms of whole months, the last day of notice, chains without gap or overlap, what comes next."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.renewal import (
    Following,
    Term,
    decides_on,
    distance_due,
    left_over,
    months_from,
    next_term,
    notice_ends_on,
    notice_until,
    renews_in_silence,
    terms_due,
    what_comes,
)
from contracts.rules.standing import LevelFact, SuspensionFact

DAY = timedelta(days=1)
GOLD, SILVER = LevelFact(1, "Gold", 1), LevelFact(2, "Silver", 2)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(1, 120)


@pytest.mark.parametrize(
    ("starts_on", "months", "last"),
    [
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 2, 1), 1, date(2026, 2, 28)),
        (date(2028, 2, 1), 1, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
        (date(2026, 1, 29), 1, date(2026, 2, 28)),
        (date(2026, 1, 28), 1, date(2026, 2, 27)),
        (date(2026, 3, 15), 1, date(2026, 4, 14)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 4, 1), 3, date(2026, 6, 30)),
        (date(2026, 12, 2), 120, date(2036, 12, 1)),
    ],
)
def test_a_term_is_whole_months_to_its_last_day(starts_on: date, months: int, last: date) -> None:
    assert months_from(starts_on, months) == last


def test_a_term_after_31_january_is_february() -> None:
    assert next_term(date(2026, 1, 31), 1) == (date(2026, 2, 1), date(2026, 2, 28))
    assert next_term(date(2026, 2, 28), 1) == (date(2026, 3, 1), date(2026, 3, 31))
    assert next_term(date.max, 12) == (date.max, date.max)


@pytest.mark.parametrize(
    ("notice_days", "last"),
    [(0, date(2026, 12, 31)), (1, date(2026, 12, 30)), (30, date(2026, 12, 1)), (90, date(2026, 10, 2))],
)
def test_notice_is_in_time_so_many_days_before_the_last_day(notice_days: int, last: date) -> None:
    assert notice_until(date(2026, 12, 31), notice_days) == last


@given(ends_on=DAYS, months=MONTHS, notice_days=st.integers(0, 400), late=st.integers(-400, 2000))
def test_a_chain_has_no_gap_and_no_overlap_and_ends_where_notice_may_still_be_given(
    ends_on: date, months: int, notice_days: int, late: int
) -> None:
    term = Term(date(1999, 1, 1), ends_on, renewal_months=months, notice_days=notice_days)
    day = ends_on + late * DAY
    chain = list(terms_due(term, day))

    before = ends_on
    for starts_on, last in chain:
        assert starts_on == before + DAY
        assert last >= starts_on
        assert (last - starts_on).days + 1 >= 28 * months
        before = last
    assert notice_until(before, notice_days) >= day
    if chain:
        previous = chain[-2][1] if len(chain) > 1 else ends_on
        assert notice_until(previous, notice_days) < day


@given(ends_on=DAYS, months=MONTHS, notice_days=st.integers(0, 200), late=st.integers(0, 1000))
def test_renewing_in_steps_is_renewing_at_once(
    ends_on: date, months: int, notice_days: int, late: int
) -> None:
    term = Term(date(1999, 1, 1), ends_on, renewal_months=months, notice_days=notice_days)
    at_once = list(terms_due(term, ends_on + late * DAY))
    last, stepwise = ends_on, []
    for each_day in range(0, late + 1, 97):
        now = Term(date(1999, 1, 1), last, renewal_months=months, notice_days=notice_days)
        for one in terms_due(now, ends_on + each_day * DAY):
            stepwise.append(one)
            last = one[1]
    assert stepwise == at_once[: len(stepwise)]


@given(ends_on=DAYS, months=MONTHS, notice_days=st.integers(0, 200), given=st.integers(-300, 1000))
def test_late_notice_ends_the_first_term_for_which_it_is_in_time(
    ends_on: date, months: int, notice_days: int, given: int
) -> None:
    term = Term(date(1999, 1, 1), ends_on, renewal_months=months, notice_days=notice_days)
    on = ends_on + given * DAY
    last = notice_ends_on(term, on)
    chain = [ends_on, *(each[1] for each in terms_due(term, on))]
    assert last == chain[-1]


def test_notice_for_one_without_a_last_day_runs_from_the_day_it_is_given() -> None:
    assert notice_ends_on(Term(date(2020, 1, 1), notice_days=30), date(2026, 11, 1)) == date(2026, 12, 1)
    ended = Term(date(2020, 1, 1), date(2026, 10, 31), notice_days=30)
    assert notice_ends_on(ended, date(2026, 10, 15)) is None


YEAR: dict[str, Any] = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
NOVEMBER = date(2026, 11, 23)
FOLLOWING = Following("SV-2", date(2027, 1, 1), date(2027, 12, 31), SILVER)


@pytest.mark.parametrize(
    ("term", "day", "kind", "on", "codes"),
    [
        (Term(**YEAR), NOVEMBER, "ends", date(2027, 1, 1), ["next.ends"]),
        (Term(**YEAR), date(2026, 12, 31), "ends", date(2027, 1, 1), ["next.ends"]),
        (Term(**YEAR), date(2025, 12, 1), "starts", date(2026, 1, 1), ["next.starts", "next.ends"]),
        (Term(date(2026, 1, 1)), NOVEMBER, "runs_on", None, ["next.runs_on"]),
        (
            Term(**YEAR, terminated_on=date(2026, 11, 30)),
            NOVEMBER,
            "terminated",
            date(2026, 12, 1),
            ["next.terminated"],
        ),
        (
            Term(**YEAR, renewal_months=12, notice_days=30),
            date(2026, 12, 1),
            "renews",
            date(2027, 1, 1),
            ["next.renews"],
        ),
        (
            Term(**YEAR, renewal_months=12, notice_days=30),
            date(2026, 12, 2),
            "renews",
            date(2027, 1, 1),
            ["next.renewed"],
        ),
        (
            Term(**YEAR, renewal_months=12, notice_given_on=date(2026, 11, 1)),
            NOVEMBER,
            "noticed",
            date(2027, 1, 1),
            ["next.noticed"],
        ),
        (
            Term(**YEAR, renewal_months=12, terminated_on=date(2026, 12, 31)),
            NOVEMBER,
            "terminated",
            date(2027, 1, 1),
            ["next.terminated"],
        ),
        (
            Term(**YEAR, level=GOLD, following=FOLLOWING),
            NOVEMBER,
            "continues",
            date(2027, 1, 1),
            ["next.continues", "next.level_lower"],
        ),
        (
            Term(**YEAR, level=SILVER, following=FOLLOWING),
            NOVEMBER,
            "continues",
            date(2027, 1, 1),
            ["next.continues"],
        ),
        (
            Term(**YEAR, suspensions=(SuspensionFact(date(2026, 12, 1), date(2026, 12, 10)),)),
            NOVEMBER,
            "suspension",
            date(2026, 12, 1),
            ["next.suspension", "next.ends"],
        ),
        (
            Term(
                **YEAR,
                suspensions=(
                    SuspensionFact(date(2026, 11, 1), date(2026, 11, 25)),
                    SuspensionFact(date(2026, 11, 26), date(2026, 11, 30)),
                ),
            ),
            NOVEMBER,
            "resumes",
            date(2026, 12, 1),
            ["next.resumes", "next.ends"],
        ),
        (
            Term(**YEAR, suspensions=(SuspensionFact(date(2026, 11, 1), None),)),
            NOVEMBER,
            "ends",
            date(2027, 1, 1),
            ["next.suspended", "next.ends"],
        ),
    ],
)
def test_what_comes_next(term: Term, day: date, kind: str, on: date | None, codes: list[str]) -> None:
    coming = what_comes(term, day)
    assert coming is not None
    assert (coming.kind, coming.on) == (kind, on)
    assert [why.code for why in coming.reasons] == codes


def test_what_is_over_has_nothing_to_come() -> None:
    assert what_comes(Term(**YEAR), date(2027, 1, 1)) is None
    assert what_comes(Term(**YEAR, terminated_on=date(2025, 12, 1)), date(2025, 6, 1)) is None


def test_an_agreement_whose_renewal_nobody_wrote_yet_is_not_over() -> None:
    coming = what_comes(Term(**YEAR, renewal_months=12), date(2027, 1, 5))
    assert coming is not None
    assert coming.reasons[0].code == "next.renewed"


def test_a_suspension_is_no_notice_and_lasts_into_the_next_term() -> None:
    open_ended = SuspensionFact(date(2026, 11, 1), None)
    over = SuspensionFact(date(2026, 3, 1), date(2026, 3, 31))
    long = SuspensionFact(date(2026, 12, 1), date(2027, 1, 31))
    assert renews_in_silence(Term(**YEAR, renewal_months=12, suspensions=(open_ended,)))
    assert list(left_over([open_ended, over, long], date(2027, 1, 1))) == [
        SuspensionFact(date(2027, 1, 1), None),
        SuspensionFact(date(2027, 1, 1), date(2027, 1, 31)),
    ]


@pytest.mark.parametrize(
    ("term", "decides"),
    [
        (Term(**YEAR), date(2026, 12, 31)),
        (Term(**YEAR, notice_days=30), date(2026, 12, 31)),
        (Term(**YEAR, renewal_months=12, notice_days=30), date(2026, 12, 1)),
        (
            Term(**YEAR, renewal_months=12, notice_days=30, notice_given_on=date(2026, 11, 1)),
            date(2026, 12, 31),
        ),
        (Term(**YEAR, terminated_on=date(2026, 11, 30)), date(2026, 11, 30)),
        (Term(**YEAR, following=FOLLOWING), None),
        (Term(date(2026, 1, 1)), None),
    ],
)
def test_reminders_count_to_the_day_that_decides(term: Term, decides: date | None) -> None:
    assert decides_on(term) == decides


@pytest.mark.parametrize(
    ("left", "distance"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_only_the_nearest_distance_is_due(left: int, distance: int | None) -> None:
    term = Term(**YEAR)
    assert distance_due(term, date(2026, 12, 31) - left * DAY, (7, 30, 60)) == distance
