"""Pricing: which rate of the price list holds for a service at a moment, and what minutes of it cost.

The version that started last holds. Days are calendar days in the company's zone: a version that is valid
from 1 January holds from local midnight. What a customer pays instead, by the item's code, takes the place
of the amount and of nothing else. All amounts are net.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from contracts.rules.standing import day_start
from lib.money import cents

HOUR = "hour"
PERCENT = "percent"
FLAT_UNITS = ("incident", "piece", "kilometre")

OUT_OF_HOURS = "out-of-hours"
"""The service whose surcharge holds for every service that has none of its own."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ItemFact:
    """One line of a version. `amount` is per `unit`; of a surcharge (PERCENT) it is the per cent."""

    id: int
    code: str
    service_code: str | None
    unit: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ListFact:
    """A published version with its items in the order of the list."""

    id: int
    valid_from: date
    currency: str
    vat_percent: Decimal
    rounding_minutes: int
    minimum_minutes: int
    items: tuple[ItemFact, ...]


@dataclass(frozen=True, slots=True)
class OwnPriceFact:
    """What one customer pays for the item of this code; `valid_until` inclusive, None = until further notice.

    It holds in versions of its own currency only.
    """

    code: str
    amount: Decimal
    currency: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """All that decides the prices of one customer over a stretch of time."""

    lists: tuple[ListFact, ...]
    own: tuple[OwnPriceFact, ...]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Rate:
    """A price: `amount` per hour (by the minute) or once per `unit`; the surcharge is for hours outside."""

    list_id: int
    item_id: int
    code: str
    unit: str
    amount: Decimal
    currency: str
    vat_percent: Decimal
    surcharge_percent: Decimal
    rounding_minutes: int
    minimum_minutes: int
    is_own: bool = False

    @property
    def is_hourly(self) -> bool:
        """Whether it is reckoned by the minute."""
        return self.unit == HOUR

    @property
    def amount_outside(self) -> Decimal:
        """The amount with the surcharge, to the cent; a flat one knows no hours."""
        percent = 100 + (self.surcharge_percent if self.is_hourly else 0)
        return cents(self.amount * percent / 100)


def rate_at(facts: PriceFacts, service_code: str, at: datetime) -> Rate | None:
    """The rate of a service at an aware moment; None where the version in force does not price it."""
    day = at.astimezone(facts.zone).date()
    version = version_on(facts.lists, day)
    item = _priced(version.items, service_code) if version else None
    if version is None or item is None:
        return None
    amount, is_own = amount_on(facts.own, item, version.currency, day)
    surcharge = _surcharge(version.items, service_code)
    on_top = amount_on(facts.own, surcharge, version.currency, day)[0] if surcharge else Decimal(0)
    return Rate(
        list_id=version.id,
        item_id=item.id,
        code=item.code,
        unit=item.unit,
        amount=amount,
        currency=version.currency,
        vat_percent=version.vat_percent,
        surcharge_percent=on_top,
        rounding_minutes=version.rounding_minutes,
        minimum_minutes=version.minimum_minutes,
        is_own=is_own,
    )


def version_on(lists: Iterable[ListFact], day: date) -> ListFact | None:
    """The version in force on a day: the one that started last."""
    started = (each for each in lists if each.valid_from <= day)
    return max(started, key=lambda each: each.valid_from, default=None)


def amount_on(own: Iterable[OwnPriceFact], item: ItemFact, currency: str, day: date) -> tuple[Decimal, bool]:
    """What an item costs on a day, and whether that is the customer's own price (of several the latest)."""
    holding = (
        each
        for each in own
        if (each.code, each.currency) == (item.code, currency)
        and each.valid_from <= day
        and (each.valid_until is None or day <= each.valid_until)
    )
    best = max(holding, key=lambda each: each.valid_from, default=None)
    return (best.amount, True) if best else (item.amount, False)


def boundaries(facts: PriceFacts, start: datetime, end: datetime) -> tuple[datetime, ...]:
    """Every local midnight strictly between two moments at which a rate may change: sorted, aware UTC."""
    instants = {day_start(day, facts.zone) for day in _changes(facts)}
    return tuple(sorted(instant for instant in instants if start < instant < end))


def amount_of(minutes: int, rate: Rate, *, is_out_of_hours: bool) -> Decimal:
    """What these minutes cost, net, half up to the cent. A flat rate costs the same however many they are."""
    if not rate.is_hourly:
        return cents(rate.amount)
    percent = 100 + (rate.surcharge_percent if is_out_of_hours else 0)
    return cents(rate.amount * minutes * percent / 6000)


def with_vat(net: Decimal, vat_percent: Decimal) -> Decimal:
    """The gross amount, half up to the cent."""
    return cents(net * (100 + vat_percent) / 100)


def _priced(items: Sequence[ItemFact], service_code: str) -> ItemFact | None:
    """The item that bills a service: the first of the list that is no surcharge."""
    return next((item for item in items if item.service_code == service_code and item.unit != PERCENT), None)


def _surcharge(items: Sequence[ItemFact], service_code: str) -> ItemFact | None:
    """The service's own surcharge, else that of work outside the hours, else one without a service."""
    surcharges = {item.service_code: item for item in reversed(items) if item.unit == PERCENT}
    return surcharges.get(service_code) or surcharges.get(OUT_OF_HOURS) or surcharges.get(None)


def _changes(facts: PriceFacts) -> Iterator[date]:
    """The days on which a version or an own price begins, and those after an own price ended."""
    for version in facts.lists:
        yield version.valid_from
    for own in facts.own:
        yield own.valid_from
        if own.valid_until is not None and own.valid_until < date.max:
            yield own.valid_until + _DAY
