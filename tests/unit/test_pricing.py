"""Prices: the version of a day, own prices, surcharges, and cents that add up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.models import OUT_OF_HOURS, PriceItem
from contracts.rules import pricing
from contracts.rules.pricing import (
    ItemFact,
    ListFact,
    OwnPriceFact,
    PriceFacts,
    Rate,
    amount_of,
    boundaries,
    rate_at,
    with_vat,
)
from lib.money import cents, say_money, say_percent

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 1, 2, tzinfo=UTC)


def money(text: str) -> Decimal:
    """An amount as the price list writes it."""
    return Decimal(text)


def version(
    id_: int, valid_from: date, remote: str = "120.00", *more: ItemFact, **fields: object
) -> ListFact:
    """A version that prices remote support by the hour, travel flat, and work outside the hours on top."""
    items = (
        ItemFact(id_ * 10 + 1, "remote", "remote", "hour", money(remote)),
        ItemFact(id_ * 10 + 2, "travel", "travel", "piece", money("79.90")),
        ItemFact(id_ * 10 + 3, "outside", OUT_OF_HOURS, "percent", money("50")),
        *more,
    )
    made = ListFact(id_, valid_from, "EUR", money("19"), 15, 0, items)
    return replace(made, **fields)  # type: ignore[arg-type]


def own(amount: str, valid_from: date, valid_until: date | None = None, code: str = "remote") -> OwnPriceFact:
    """What the customer pays instead."""
    return OwnPriceFact(code, money(amount), "EUR", valid_from, valid_until)


def facts(*lists: ListFact, prices: tuple[OwnPriceFact, ...] = (), zone: ZoneInfo = BERLIN) -> PriceFacts:
    """Versions and own prices."""
    return PriceFacts(lists, prices, zone)


def berlin(*when: int, fold: int = 0) -> datetime:
    """A moment on Berlin's clocks."""
    return datetime(*when, tzinfo=BERLIN, fold=fold)  # type: ignore[misc, arg-type]


def known(rate: Rate | None) -> Rate:
    """A rate that there is."""
    assert rate is not None
    return rate


OLD, NEW = version(1, date(2026, 1, 1)), version(2, date(2027, 1, 1), "132.00")


@pytest.mark.parametrize(
    ("at", "amount"),
    [
        (berlin(2026, 1, 1), "120.00"),
        (berlin(2026, 12, 31, 23, 59, 59), "120.00"),
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), "120.00"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "132.00"),
        (berlin(2027, 1, 1), "132.00"),
    ],
)
def test_the_version_that_started_last_holds_from_local_midnight(at: datetime, amount: str) -> None:
    assert known(rate_at(facts(NEW, OLD), "remote", at)).amount == money(amount)


def test_there_is_no_price_before_the_first_version_and_none_for_what_it_does_not_name() -> None:
    assert rate_at(facts(OLD), "remote", berlin(2025, 12, 31, 23, 59)) is None
    assert rate_at(facts(OLD), "installation", berlin(2026, 5, 1)) is None
    assert rate_at(facts(OLD), OUT_OF_HOURS, berlin(2026, 5, 1)) is None


@pytest.mark.parametrize(
    ("day", "amount", "is_own"),
    [
        ((2026, 2, 28), "120.00", False),
        ((2026, 3, 1), "100.00", True),
        ((2026, 6, 30), "100.00", True),
        ((2026, 7, 1), "120.00", False),
        ((2026, 9, 1), "95.00", True),
        ((2027, 2, 1), "95.00", True),
    ],
)
def test_an_own_price_takes_the_place_of_the_amount_on_its_days(
    day: tuple[int, int, int], amount: str, is_own: bool
) -> None:
    prices = (own("100", date(2026, 3, 1), date(2026, 6, 30)), own("95", date(2026, 9, 1)))

    for hour in (0, 23):
        rate = known(rate_at(facts(OLD, NEW, prices=prices), "remote", berlin(*day, hour)))
        assert (rate.amount, rate.is_own) == (money(amount), is_own)
        assert rate.list_id == (2 if day[0] == 2027 else 1)


def test_of_two_own_prices_the_later_holds_and_one_in_another_currency_does_not() -> None:
    earlier, later = own("100", date(2026, 1, 1)), own("90", date(2026, 5, 1))
    francs = replace(own("1", date(2026, 6, 1)), currency="CHF")
    prices = facts(OLD, prices=(later, francs, earlier))

    assert known(rate_at(prices, "remote", berlin(2026, 4, 30))).amount == 100
    assert known(rate_at(prices, "remote", berlin(2026, 7, 1))).amount == 90


def test_the_surcharge_is_the_services_own_else_that_of_work_outside_the_hours() -> None:
    special = ItemFact(19, "remote-night", "remote", "percent", money("100"))
    at = berlin(2026, 5, 1)

    assert known(rate_at(facts(OLD), "remote", at)).surcharge_percent == 50
    with_special = facts(version(1, date(2026, 1, 1), "120", special))
    assert known(rate_at(with_special, "remote", at)).surcharge_percent == 100
    assert known(rate_at(with_special, "travel", at)).surcharge_percent == 50
    cheaper = facts(OLD, prices=(own("25", date(2026, 1, 1), code="outside"),))
    assert known(rate_at(cheaper, "remote", at)).surcharge_percent == 25
    assert pricing.OUT_OF_HOURS == OUT_OF_HOURS
    assert {pricing.HOUR, pricing.PERCENT, *pricing.FLAT_UNITS} == set(PriceItem.Unit.values)


@pytest.mark.parametrize(
    ("service", "minutes", "is_out_of_hours", "amount"),
    [
        ("remote", 60, False, "120.00"),
        ("remote", 1, False, "2.00"),
        ("remote", 7, True, "21.00"),
        ("remote", 0, True, "0.00"),
        ("travel", 1, False, "79.90"),
        ("travel", 600, True, "79.90"),
    ],
)
def test_hours_cost_by_the_minute_and_flat_rates_once(
    service: str, minutes: int, is_out_of_hours: bool, amount: str
) -> None:
    rate = known(rate_at(facts(OLD), service, berlin(2026, 5, 1)))

    assert amount_of(minutes, rate, is_out_of_hours=is_out_of_hours) == money(amount)


def test_a_half_cent_goes_up() -> None:
    rate = replace(known(rate_at(facts(OLD), "remote", berlin(2026, 5, 1))), amount=money("0.30"))

    assert amount_of(1, rate, is_out_of_hours=False) == money("0.01")  # 0.005
    assert with_vat(money("0.50"), money("19")) == money("0.60")  # 0.595
    assert rate.amount_outside == money("0.45")
    assert cents(money("-0.005")) == money("-0.01")
    assert str(cents(money("-0.001"))) == "0.00"


def test_a_version_that_begins_during_the_work_prices_each_minute_by_its_own() -> None:
    """New Year's Eve 23:40 to 00:20: twenty minutes at 120, twenty at 132."""
    prices = facts(OLD, NEW)
    start, end = berlin(2026, 12, 31, 23, 40), berlin(2027, 1, 1, 0, 20)

    (midnight,) = boundaries(prices, start, end)

    assert midnight == berlin(2027, 1, 1)
    parts = [(start, midnight), (midnight, end)]
    amounts = [
        amount_of(
            int((to - since).total_seconds() // 60),
            known(rate_at(prices, "remote", since)),
            is_out_of_hours=True,
        )
        for since, to in parts
    ]
    assert amounts == [money("60.00"), money("66.00")]
    assert boundaries(prices, midnight, end) == ()
    assert boundaries(prices, start, midnight) == ()


@pytest.mark.parametrize(
    ("zone", "day", "utc"),
    [
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        # Midnight comes twice in Havana's autumn and never in its spring.
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("America/Havana", date(2026, 3, 8), datetime(2026, 3, 8, 5, tzinfo=UTC)),
    ],
)
def test_a_version_begins_when_its_day_does_in_the_nights_of_the_clock_change(
    zone: str, day: date, utc: datetime
) -> None:
    prices = facts(OLD, version(3, day, "1.00"), zone=ZoneInfo(zone))

    assert boundaries(prices, utc - timedelta(days=1), utc + timedelta(days=1)) == (utc,)
    assert known(rate_at(prices, "remote", utc - timedelta(seconds=1))).amount == 120
    assert known(rate_at(prices, "remote", utc)).amount == 1


days = st.dates(date(2026, 1, 2), date(2028, 12, 31))
amounts = st.decimals(0, 999, places=2)


@given(
    starts=st.lists(st.tuples(days, amounts), max_size=4, unique_by=lambda each: each[0]),
    prices=st.lists(st.tuples(days, st.integers(0, 90), amounts), max_size=3),
    start=st.datetimes(START.replace(tzinfo=None), START.replace(year=2028, tzinfo=None)),
    minutes=st.integers(1, 60 * 24 * 200),
)
def test_between_two_boundaries_the_rate_never_changes(
    starts: list[tuple[date, Decimal]],
    prices: list[tuple[date, int, Decimal]],
    start: datetime,
    minutes: int,
) -> None:
    lists = [OLD, *(version(n, day, str(amount)) for n, (day, amount) in enumerate(starts, 2))]
    owned = tuple(
        OwnPriceFact("remote", amount, "EUR", day, day + timedelta(days=length))
        for day, length, amount in prices
    )
    known_facts = facts(*lists, prices=owned)
    since = start.replace(second=0, microsecond=0, tzinfo=UTC)
    end = since + timedelta(minutes=minutes)
    cuts = [since, *boundaries(known_facts, since, end), end]

    assert cuts == sorted(set(cuts))
    for first, last in pairwise(cuts):
        inside = (first, first + (last - first) / 2, last - timedelta(seconds=1))
        assert len({rate_at(known_facts, "remote", each) for each in inside}) == 1


@given(
    rate=st.decimals(0, 10_000, places=2),
    surcharge=st.decimals(0, 300, places=2),
    minutes=st.integers(0, 100_000),
    is_outside=st.booleans(),
)
def test_an_amount_is_the_exact_one_rounded_half_up_once(
    rate: Decimal, surcharge: Decimal, minutes: int, is_outside: bool
) -> None:
    base = known(rate_at(facts(OLD), "remote", berlin(2026, 5, 1)))
    amount = amount_of(
        minutes, replace(base, amount=rate, surcharge_percent=surcharge), is_out_of_hours=is_outside
    )

    exact = Fraction(rate) * minutes / 60 * (100 + (Fraction(surcharge) if is_outside else 0)) / 100
    assert amount == Decimal((exact * 200 + 1) // 2) / 100
    assert amount.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("amount", "currency", "german", "english"),
    [
        ("1234.5", "EUR", "1.234,50 €", "€1,234.50"),
        ("0", "EUR", "0,00 €", "€0.00"),
        ("-1234567.891", "EUR", "−1.234.567,89 €", "−€1,234,567.89"),
        ("99.995", "CHF", "100,00 CHF", "CHF 100.00"),
        ("-0.001", "USD", "0,00 $", "$0.00"),
    ],
)
def test_money_is_written_as_people_read_it(amount: str, currency: str, german: str, english: str) -> None:
    assert say_money(money(amount), currency, "de") == german
    assert say_money(money(amount), currency, "en-gb") == english


def test_per_cent_have_only_the_places_they_need() -> None:
    assert [say_percent(money(each), "de") for each in ("19.00", "7.50", "100", "0")] == [
        *("19 %", "7,5 %", "100 %", "0 %"),
    ]
    assert say_percent(money("7.50"), "en") == "7.5%"
