"""The life of a service number, day by day, and what may be done with it when."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.rules.deciding import Line, NumberFact
from calls.rules.numbers_life import (
    NumberLife,
    NumberState,
    rest_after,
    state_on,
    why_not_delete,
    why_not_give,
    why_not_release,
    why_not_wake,
)
from calls.rules.wording import ALL_CODES, TABLE
from lib.reasons import Reason, say
from tests.unit.test_deciding import answer

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
FREE = NumberLife()
GIVEN = NumberLife(is_given=True, agreement="in_force")
RESTING = NumberLife(rests_until=TODAY, former_customer=7)
PUBLIC = NumberLife(is_public=True)


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (FREE, "free"),
        (replace(FREE, valid_until=TODAY - DAY), "free"),
        (replace(FREE, rests_until=TODAY - DAY, former_customer=7), "free"),
        (RESTING, "resting"),
        (replace(GIVEN, rests_until=TODAY), "resting"),
        (replace(GIVEN, agreement="not_yet"), "reserved"),
        (replace(GIVEN, valid_from=TODAY + DAY), "reserved"),
        (GIVEN, "in_service"),
        (replace(GIVEN, valid_from=TODAY, valid_until=TODAY), "in_service"),
        (replace(GIVEN, agreement="suspended"), "dormant"),
        (replace(GIVEN, agreement="ended"), "dormant"),
        (replace(GIVEN, agreement="none"), "dormant"),
        (replace(GIVEN, valid_until=TODAY - DAY), "dormant"),
        (replace(GIVEN, agreement="not_yet", valid_until=TODAY - DAY), "dormant"),
        (PUBLIC, "in_service"),
        (replace(PUBLIC, valid_from=TODAY + DAY), "reserved"),
        (replace(PUBLIC, valid_until=TODAY - DAY), "dormant"),
    ],
)
def test_the_state_follows_from_the_agreement_and_the_day(number: NumberLife, state: str) -> None:
    assert state_on(number, TODAY) == state
    assert f"number.{state}" in ALL_CODES


def code(refusal: Reason | None) -> str:
    """The code of a refusal that can be said, or nothing."""
    if refusal is None:
        return ""
    assert all(say(refusal, language, TABLE) for language in ("de", "en"))
    return refusal.code.removeprefix("refused.")


@pytest.mark.parametrize(
    ("number", "to", "refusal"),
    [
        (FREE, {}, ""),
        (FREE, {"agreement": "not_yet"}, ""),
        (FREE, {"agreement": "suspended"}, ""),
        (FREE, {"agreement": "ended"}, "agreement_over"),
        (GIVEN, {}, "taken"),
        (replace(GIVEN, agreement="ended"), {}, "taken"),
        (RESTING, {"customer": 8}, "resting"),
        (RESTING, {"customer": 7}, ""),
        (replace(RESTING, former_customer=None), {"customer": 7}, "resting"),
        (replace(RESTING, rests_until=TODAY - DAY), {"customer": 8}, ""),
        (PUBLIC, {}, "public"),
    ],
)
def test_a_number_is_given_when_it_is_free_or_goes_back_to_who_had_it(
    number: NumberLife, to: dict[str, Any], refusal: str
) -> None:
    assert code(why_not_give(number, TODAY, **{"agreement": "in_force", "customer": 8, **to})) == refusal


@pytest.mark.parametrize(
    ("number", "release", "wake", "delete"),
    [
        (FREE, "not_given", "not_resting", ""),
        (GIVEN, "", "not_resting", "in_use"),
        (replace(GIVEN, agreement="ended"), "", "not_resting", "in_use"),
        (replace(GIVEN, rests_until=TODAY), "", "", "in_use"),
        (RESTING, "not_given", "", "in_use"),
        (PUBLIC, "not_given", "not_resting", ""),
    ],
)
def test_what_else_may_be_done_with_it(number: NumberLife, release: str, wake: str, delete: str) -> None:
    assert code(why_not_release(number)) == release
    assert code(why_not_wake(number, TODAY)) == wake
    assert code(why_not_delete(number, TODAY)) == delete


@pytest.mark.parametrize(
    ("number", "days", "rests_until"),
    [
        (GIVEN, 180, TODAY + 179 * DAY),
        (GIVEN, 1, TODAY),
        (GIVEN, 0, None),
        (replace(GIVEN, agreement="ended"), 180, TODAY + 179 * DAY),
        (replace(GIVEN, agreement="not_yet"), 180, TODAY + 179 * DAY),
        (replace(GIVEN, valid_from=TODAY + DAY), 180, TODAY + 179 * DAY),
        (replace(GIVEN, rests_until=TODAY + 200 * DAY), 180, TODAY + 200 * DAY),
        (replace(GIVEN, rests_until=TODAY), 0, TODAY),
        (replace(GIVEN, rests_until=TODAY - DAY), 0, None),
    ],
)
def test_a_released_number_rests_and_no_rest_is_cut_short(
    number: NumberLife, days: int, rests_until: date | None
) -> None:
    assert rest_after(number, TODAY, days=days) == rests_until


@pytest.mark.parametrize(
    ("number", "rests_until"),
    [
        (replace(GIVEN, agreement="not_yet"), None),
        (replace(GIVEN, agreement="not_yet", former_customer=7), TODAY + 29 * DAY),
        (replace(GIVEN, agreement="not_yet", rests_until=TODAY), TODAY),
    ],
)
def test_a_number_that_nobody_was_told_rests_only_if_it_was_resting(
    number: NumberLife, rests_until: date | None
) -> None:
    assert rest_after(number, TODAY, days=30, is_untold=True) == rests_until


near = st.none() | st.integers(-2, 2).map(lambda days: TODAY + days * DAY)


@given(
    number=st.builds(
        NumberLife,
        is_given=st.just(True),
        agreement=st.sampled_from(["in_force", "suspended", "ended", "not_yet", "none"]),
        valid_from=near,
        valid_until=near,
        rests_until=near,
    )
)
def test_a_number_is_in_service_exactly_when_its_calls_are_contract_calls(number: NumberLife) -> None:
    """What the page says of a number and what a call on it meets are one."""
    valid_from, valid_until = number.valid_from or TODAY, number.valid_until or TODAY
    fact = NumberFact(
        Line.CONTRACT,
        agreement=number.agreement,
        is_valid=valid_from <= TODAY <= valid_until,
        is_quarantined=bool(number.rests_until and number.rests_until >= TODAY),
    )
    is_contract = answer(fact).line == Line.CONTRACT
    assert is_contract == (state_on(number, TODAY) == NumberState.IN_SERVICE)


@given(days=st.integers(1, 400), after=st.integers(-1, 400))
def test_a_released_number_is_free_after_its_rest_and_not_before(days: int, after: int) -> None:
    until = rest_after(GIVEN, TODAY, days=days)
    released = NumberLife(rests_until=until, former_customer=7)
    day = TODAY + max(after, 0) * DAY
    assert state_on(released, day) == (NumberState.RESTING if max(after, 0) < days else NumberState.FREE)
