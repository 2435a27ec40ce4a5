"""Who pays for work: slices judged against an oracle that looks at each minute alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.rules.pricing import Rate
from tickets.rules.coverage import CODES, Slice, decide, replay
from tickets.rules.coverage_facts import (
    AllowanceFact,
    Inputs,
    RateFact,
    Terms,
    UnknownVersion,
    as_json,
    from_json,
)
from tickets.rules.coverage_wording import TABLE, coverage_words

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SERVICES = ("phone", "remote", "on-site", "out-of-hours")
D = Decimal


def at(minute: int) -> datetime:
    return NINE + minute * MINUTE


def rate(amount: str = "120.00", **fields: Any) -> Rate:
    return Rate(
        **{
            "list_id": 1,
            "item_id": 7,
            "code": "remote",
            "unit": "hour",
            "amount": D(amount),
            "currency": "EUR",
            "vat_percent": D("19.00"),
            "surcharge_percent": D("50.00"),
            "rounding_minutes": 15,
            "minimum_minutes": 0,
            **fields,
        }
    )


def terms(start: int = 0, end: int = 60, **fields: Any) -> Terms:
    defaults: dict[str, Any] = {
        "agreement_id": 1,
        "services": ("remote",),
        "open": ((at(-600), at(6000)),),
        "rounding_minutes": 1,
    }
    return Terms(at(start), at(end), **{**defaults, **fields})


def none(start: int = 0, end: int = 60) -> Terms:
    return Terms(at(start), at(end), open=((at(-600), at(6000)),))


def work(minutes: int = 60, *, about: Terms | tuple[Terms, ...], **fields: Any) -> tuple[Slice, ...]:
    return decide(inputs(minutes, about=about, **fields))


def inputs(minutes: int = 60, *, about: Terms | tuple[Terms, ...], **fields: Any) -> Inputs:
    held = about if isinstance(about, tuple) else (about,)
    rates = fields.pop("rates", (RateFact(at(0), at(minutes), rate()),))
    return Inputs(at(0), at(minutes), **{"service": "remote", "terms": held, "rates": rates, **fields})


def allowance(left: int, start: int = 0, end: int = 60, **fields: Any) -> AllowanceFact:
    return AllowanceFact(
        at(start), at(end), **{"agreement_id": 1, "unit": "minutes", "overrun": "ask", **fields, "left": left}
    )


def told(slices: tuple[Slice, ...]) -> list[tuple[int, str, int, int, str]]:
    """Real minutes, code, charged minutes, units and amount of each slice."""
    return [(one.real_minutes, one.code, one.charged_minutes, one.units, str(one.amount)) for one in slices]


HALF = ((at(0), at(30)),)
CASES = [
    ("all is covered", work(about=terms()), [(60, "covered", 60, 0, "0.00")]),
    (
        "hours end in the middle, with the surcharge",
        work(about=terms(open=HALF)),
        [(30, "covered", 30, 0, "0.00"), (30, "outside_hours", 30, 0, "90.00")],
    ),
    (
        "the service out-of-hours covers work outside the hours",
        work(about=terms(open=HALF, services=("remote", "out-of-hours"))),
        [(60, "covered", 60, 0, "0.00")],
    ),
    (
        "a service that is not included, split for the surcharge only",
        work(about=terms(open=HALF, services=())),
        [(30, "service_not_included", 30, 0, "60.00"), (30, "service_not_included", 30, 0, "90.00")],
    ),
    (
        "no agreement, rounded by the price list",
        work(35, about=none(0, 35)),
        [(35, "no_agreement", 45, 0, "90.00")],
    ),
    (
        "the agreement ends at midnight in the middle",
        work(about=(terms(0, 20), none(20, 60))),
        [(20, "covered", 20, 0, "0.00"), (40, "no_agreement", 40, 0, "80.00")],
    ),
    (
        "the allowance runs out, and rounding goes to the last slice",
        work(50, about=terms(0, 50, rounding_minutes=15), allowances=(allowance(20, 0, 50),)),
        [(20, "covered", 20, 20, "0.00"), (30, "allowance_used_up", 40, 0, "80.00")],
    ),
    (
        "rounding takes no more than the allowance holds",
        work(50, about=terms(0, 50, rounding_minutes=15), allowances=(allowance(53, 0, 50),)),
        [(50, "covered", 53, 53, "0.00")],
    ),
    (
        "a case covers everything and is counted once",
        work(about=(terms(0, 20), none(20, 40), terms(40, 60)), allowances=(allowance(1, unit="cases"),)),
        [
            (20, "covered", 20, 1, "0.00"),
            (20, "no_agreement", 20, 0, "40.00"),
            (20, "covered", 20, 0, "0.00"),
        ],
    ),
    (
        "a case that this ticket has used already",
        work(about=terms(), allowances=(allowance(0, unit="cases", is_counted=True),)),
        [(60, "covered", 60, 0, "0.00")],
    ),
    (
        "a price list that changes at midnight prices each minute by its own version",
        work(
            61,
            about=none(0, 61),
            rates=(
                RateFact(at(0), at(31), rate("100.00", rounding_minutes=1)),
                RateFact(at(31), at(61), rate("111.11", list_id=2)),
            ),
        ),
        [(31, "no_agreement", 31, 0, "51.67"), (30, "no_agreement", 30, 0, "55.56")],
    ),
    (
        "a flat fee per ticket is charged once",
        work(
            about=terms(services=(), open=HALF),
            rates=(RateFact(at(0), at(60), rate("89.00", unit="incident")),),
        ),
        [(60, "service_not_included", 60, 0, "89.00")],
    ),
    (
        "and not again",
        work(
            about=terms(services=()),
            rates=(RateFact(at(0), at(60), rate("89.00", unit="incident")),),
            is_incident_charged=True,
        ),
        [(60, "service_not_included", 60, 0, "0.00")],
    ),
    (
        "a journey costs by the kilometre",
        work(about=none(), rates=(RateFact(at(0), at(60), rate("0.52", unit="kilometre")),), kilometres=37),
        [(60, "no_agreement", 60, 0, "19.24")],
    ),
    (
        "without a price it is chargeable at nothing",
        work(about=none(), rates=(RateFact(at(0), at(60), None),)),
        [(60, "no_agreement", 60, 0, "0.00")],
    ),
    (
        "decided by hand as covered: the allowance gives what it has, and nothing is split",
        work(about=terms(open=HALF, services=()), allowances=(allowance(25),), override="covered"),
        [(60, "by_hand", 60, 25, "0.00")],
    ),
    (
        "decided by hand as chargeable",
        work(about=terms(), allowances=(allowance(25),), override="chargeable"),
        [(60, "by_hand", 60, 0, "120.00")],
    ),
    (
        "at least so many minutes",
        work(3, about=terms(0, 3, services=(), minimum_minutes=20, rounding_minutes=15)),
        [(3, "service_not_included", 30, 0, "60.00")],
    ),
]


@pytest.mark.parametrize(("found", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_table_of_cases(found: tuple[Slice, ...], wanted: list[Any]) -> None:
    assert told(found) == wanted


def test_overrun_says_whether_the_customer_is_asked_or_the_work_refused() -> None:
    def last(overrun: str) -> Slice:
        return work(about=terms(), allowances=(allowance(10, overrun=overrun),))[-1]

    assert [last(rule).needs_approval for rule in ("ask", "bill", "refuse")] == [True, False, True]
    assert [last(rule).is_refused for rule in ("ask", "bill", "refuse")] == [False, False, True]
    assert work(about=none())[0].needs_approval
    assert not work(about=terms())[0].needs_approval


def test_facts_that_leave_a_gap_are_refused() -> None:
    with pytest.raises(ValueError, match="do not follow"):
        inputs(about=(terms(0, 20), terms(21, 60)))
    with pytest.raises(ValueError, match="do not reach"):
        inputs(about=terms(0, 59))


def test_another_version_of_the_rule_is_not_replayed() -> None:
    document = as_json(inputs(about=terms())) | {"version": 99}
    with pytest.raises(UnknownVersion):
        replay(document)


def test_every_code_is_worded() -> None:
    assert {f"coverage.{code}" for code in CODES} <= set(TABLE)
    for language in ("de", "en"):
        for unit in ("minutes", "cases", ""):
            assert coverage_words("covered", {"unit": unit}, language)
    assert coverage_words("covered", {"unit": "minutes"}, "de") == "Aus dem Kontingent"


# What follows makes up stretches of all kinds.


def cuts(draw: st.DrawFn, length: int) -> list[tuple[int, int]]:
    """The stretch, cut at up to three minutes."""
    inside = st.integers(1, length - 1) if length > 1 else st.nothing()
    edges = draw(st.lists(inside, max_size=3, unique=True)) if length > 1 else []
    return list(pairwise([0, *sorted(edges), length]))


@st.composite
def any_terms(draw: st.DrawFn, start: int, end: int) -> Terms:
    opens = sorted(draw(st.lists(st.integers(start - 30, end + 30), max_size=4, unique=True)))
    agreement = draw(st.sampled_from((None, 1, 2)))
    return Terms(
        at(start),
        at(end),
        agreement_id=agreement,
        services=tuple(draw(st.lists(st.sampled_from(SERVICES), unique=True))) if agreement else (),
        open=tuple((at(a), at(b)) for a, b in zip(opens[::2], opens[1::2], strict=False)),
        rounding_minutes=draw(st.sampled_from((1, 5, 15))) if agreement else 0,
        minimum_minutes=draw(st.sampled_from((0, 10))) if agreement else 0,
    )


@st.composite
def any_rate(draw: st.DrawFn) -> Rate | None:
    unit = draw(st.sampled_from(("hour", "hour", "hour", "incident", "piece", "kilometre")))
    amount = draw(st.decimals(0, 300, places=2))
    surcharge = draw(st.sampled_from((D(0), D("33.33"), D(100))))
    made = rate(str(amount), unit=unit, surcharge_percent=surcharge, list_id=draw(st.integers(1, 2)))
    return draw(st.sampled_from((made, made, made, None)))


@st.composite
def any_inputs(draw: st.DrawFn) -> Inputs:
    length = draw(st.integers(1, 200))
    allowances = []
    for agreement in (1, 2):
        if draw(st.booleans()):
            unit, overrun = (
                draw(st.sampled_from(("minutes", "cases"))),
                draw(st.sampled_from(("ask", "bill"))),
            )
            counted = unit == "cases" and draw(st.booleans())
            allowances += [
                AllowanceFact(at(a), at(b), agreement, unit, draw(st.integers(-3, 120)), overrun, counted)
                for a, b in cuts(draw, length)
            ]
    return Inputs(
        at(0),
        at(length),
        service=draw(st.sampled_from(SERVICES[:3])),
        terms=tuple(draw(any_terms(a, b)) for a, b in cuts(draw, length)),
        rates=tuple(RateFact(at(a), at(b), draw(any_rate())) for a, b in cuts(draw, length)),
        allowances=tuple(allowances),
        kilometres=draw(st.integers(0, 50)),
        is_incident_charged=draw(st.booleans()),
        override=draw(st.sampled_from(("", "", "", "covered", "chargeable"))),
    )


@dataclass
class Oracle:
    """Judges one minute after the other, as one would with a pencil."""

    given: Inputs

    def minutes(self) -> Iterator[tuple[Any, ...]]:
        """(is covered, code, agreement, what prices it, outside, period) of each minute."""
        left = {(one.agreement_id, one.starts_at): one.left for one in self.given.allowances}
        cases = {one.agreement_id for one in self.given.allowances if one.is_counted}
        moment = self.given.starts_at
        while moment < self.given.ends_at:
            yield self._minute(moment, left, cases)
            moment += MINUTE

    def _minute(self, moment: datetime, left: dict[Any, int], cases: set[int]) -> tuple[Any, ...]:
        (held,) = [one for one in self.given.terms if one.starts_at <= moment < one.ends_at]
        (priced,) = [one.rate for one in self.given.rates if one.starts_at <= moment < one.ends_at]
        own = [one for one in self.given.allowances if one.agreement_id == held.agreement_id]
        purse = next((one for one in own if one.starts_at <= moment < one.ends_at), None)
        is_open = any(a <= moment < b for a, b in held.open) or "out-of-hours" in held.services
        dear = bool(priced and priced.unit == "hour" and priced.surcharge_percent and not is_open)
        why = self._why_not(held, is_open=is_open)
        if not why and purse and not self._takes(purse, left, cases):
            return False, "allowance_used_up", held.agreement_id, priced, dear, purse.overrun
        if self.given.override == "chargeable" or (why and not self.given.override):
            return False, why or "by_hand", held.agreement_id, priced, dear, None
        code = "by_hand" if self.given.override else "covered"
        if why and purse and purse.unit == "cases" and not self._takes(purse, left, cases):
            purse = None  # given by hand, though no case is left
        return True, code, held.agreement_id, None, False, purse.starts_at if purse else None

    def _why_not(self, held: Terms, *, is_open: bool) -> str:
        if self.given.override:
            return "by_hand"
        if held.agreement_id is None:
            return "no_agreement"
        if self.given.service not in held.services:
            return "service_not_included"
        return "" if is_open else "outside_hours"

    def _takes(self, purse: AllowanceFact, left: dict[Any, int], cases: set[int]) -> bool:
        """Whether the allowance gives one more minute, or has given the case."""
        if purse.unit == "cases" and purse.agreement_id in cases:
            return True
        key = purse.agreement_id, purse.starts_at
        if left[key] <= 0:
            return False
        left[key] -= 1
        if purse.unit == "cases":
            cases.add(purse.agreement_id)
        return True


def answer(one: Slice) -> tuple[Any, ...]:
    last = one.params.get("overrun") if one.code == "allowance_used_up" else one.allowance_starts_at
    return one.is_covered, one.code, one.agreement_id, one.rate, one.is_out_of_hours, last


@settings(max_examples=300)
@given(any_inputs())
def test_slices_say_of_each_minute_what_the_oracle_says(given_: Inputs) -> None:
    slices = decide(given_)
    assert [answer(one) for one in slices for _ in range(one.real_minutes)] == list(Oracle(given_).minutes())


@settings(max_examples=300)
@given(any_inputs())
def test_slices_partition_the_stretch_and_charge_it_once(given_: Inputs) -> None:
    slices = decide(given_)
    real = (given_.ends_at - given_.starts_at) // MINUTE
    assert (slices[0].starts_at, slices[-1].ends_at) == (given_.starts_at, given_.ends_at)
    assert all(earlier.ends_at == later.starts_at for earlier, later in pairwise(slices))
    assert all(answer(earlier) != answer(later) for earlier, later in pairwise(slices)), "split for nothing"
    assert sum(one.real_minutes for one in slices) == real
    assert all(one.charged_minutes >= one.real_minutes > 0 for one in slices)
    assert all(one.charged_minutes == one.real_minutes for one in slices[:-1]), "rounded more than once"
    first, list_rate = given_.terms[0], given_.rates[0].rate
    unit, least = first.rounding_minutes, first.minimum_minutes
    if not unit:
        unit, least = (list_rate.rounding_minutes, list_rate.minimum_minutes) if list_rate else (1, 0)
    charged = sum(one.charged_minutes for one in slices)
    whole = max(real, least) + -max(real, least) % unit
    last = slices[-1]
    # Documented: what rounding adds to minutes of an allowance ends where the allowance does.
    if last.is_covered and last.params.get("unit") == "minutes":
        assert real <= charged <= whole
    else:
        assert charged == whole


@settings(max_examples=300)
@given(any_inputs())
def test_money_and_units_add_up(given_: Inputs) -> None:
    slices = decide(given_)
    assert all(one.amount == 0 for one in slices if one.is_covered or one.rate is None)
    for one in slices:
        if one.rate and one.rate.unit == "hour":
            factor = 100 + (one.rate.surcharge_percent if one.is_out_of_hours else 0)
            exact = one.rate.amount * one.charged_minutes * factor / 6000
            assert one.amount == exact.quantize(D("0.01"), ROUND_HALF_UP)
        assert one.amount == one.amount.quantize(D("0.01"))
    flats = [one for one in slices if one.rate and one.rate.unit == "incident"]
    assert sum(bool(one.amount) for one in flats) <= (not given_.is_incident_charged)
    for fact in given_.allowances:
        used = sum(
            one.units
            for one in slices
            if (one.agreement_id, one.allowance_starts_at) == (fact.agreement_id, fact.starts_at)
        )
        assert 0 <= used <= max(fact.left, 0), "more than there is"
    assert all(one.units == 0 for one in slices if one.allowance_starts_at is None)


@settings(max_examples=200)
@given(any_inputs())
def test_inputs_survive_json_and_give_the_same_slices_again(given_: Inputs) -> None:
    document = json.loads(json.dumps(as_json(given_)))
    assert from_json(document) == given_
    assert replay(document) == decide(given_)


@settings(max_examples=100)
@given(any_inputs(), st.integers(1, 59))
def test_facts_that_change_within_a_minute_hold_from_the_next(given_: Inputs, seconds: int) -> None:
    """A minute is judged by what holds when it begins."""
    late = timedelta(seconds=seconds)
    early = [replace(one, open=tuple((a - late, b - late) for a, b in one.open)) for one in given_.terms]
    assert [answer(one) for one in decide(replace(given_, terms=tuple(early)))] == [
        answer(one) for one in decide(given_)
    ]
