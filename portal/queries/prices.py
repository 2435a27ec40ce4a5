"""The price list for readers: the general one, and what a customer pays, with the version that comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.timezone import localtime

from contracts.models import PriceItem, PriceList
from contracts.queries import coming_list, company_zone, list_in_force
from contracts.queries.prices import PricedItem, priced_items
from contracts.rules.pricing import PERCENT, with_vat
from lib.money import say_money, say_percent
from lib.reasons import say_day
from portal.rules.price_words import say, say_price


@dataclass(frozen=True)
class PriceLine:
    """One price in words. `regular` is what the list says where the customer has a price of their own."""

    name: str
    price: str
    gross: str
    regular: str = ""


@dataclass(frozen=True)
class PriceTable:
    """A version of the price list: what it is, its prices, how time is rounded, and what comes next."""

    intro: str
    lines: Sequence[PriceLine]
    notes: Sequence[str]

    @property
    def has_own(self) -> bool:
        """Whether a price is the customer's own."""
        return any(line.regular for line in self.lines)


def price_table(now: datetime, language: str, customer_id: int | None = None) -> PriceTable | None:
    """The list in force, at a customer's prices or the general ones; None where there is none."""
    day = localtime(now, company_zone()).date()
    version = list_in_force(day)
    if version is None:
        return None
    items = priced_items(version, day, customer_id)
    return PriceTable(
        intro=say(
            "from",
            language,
            name=version.name,
            day=say_day(version.valid_from, language),
            vat=say_percent(version.vat_percent, language),
        ),
        lines=[_line(one, version, language) for one in items],
        notes=[*_notes(version, language), *_coming(items, day, language, customer_id)],
    )


def _line(one: PricedItem, version: PriceList, language: str) -> PriceLine:
    item = one.item
    is_money = item.unit != PERCENT
    gross = say_money(with_vat(one.amount, version.vat_percent), version.currency, language)
    return PriceLine(
        name=item.name_in(language),
        price=_price(item, one.amount, version, language),
        gross=say("gross", language, money=gross) if is_money else "",
        regular=_price(item, item.amount, version, language) if one.is_own else "",
    )


def _price(item: PriceItem, amount: Decimal, version: PriceList, language: str) -> str:
    return say_price(amount, item.unit, version.currency, language)


def _notes(version: PriceList, language: str) -> list[str]:
    minutes, least = str(version.rounding_minutes), str(version.minimum_minutes)
    code = "rounding_least" if version.minimum_minutes else "rounding"
    rounding = [say(code, language, minutes=minutes, least=least)] if version.rounding_minutes > 1 else []
    return [*rounding, say("before", language)]


def _coming(items: Sequence[PricedItem], day: date, language: str, customer_id: int | None) -> list[str]:
    """What the next version changes, by the codes of its items."""
    version = coming_list(day)
    if version is None:
        return []
    before = {one.item.code: one for one in items}
    after = priced_items(version, version.valid_from, customer_id)
    changes = [
        f"{one.item.name_in(language)} {_price(one.item, one.amount, version, language)}"
        for one in after
        if _differs(before.get(one.item.code), one)
    ]
    codes = {one.item.code for one in after}
    changes += [
        say("coming_gone", language, name=one.item.name_in(language))
        for code, one in before.items()
        if code not in codes
    ]
    words = {"day": say_day(version.valid_from, language)}
    if not changes:
        return [say("coming_same", language, **words)]
    return [say("coming", language, items="; ".join(changes), **words)]


def _differs(before: PricedItem | None, after: PricedItem) -> bool:
    return before is None or (before.amount, before.item.unit) != (after.amount, after.item.unit)
