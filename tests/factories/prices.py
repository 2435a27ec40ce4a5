"""Price lists of the tests: one with the usual items, versions of it, own prices, standing approvals."""

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from contracts.actions import prices as price_actions
from contracts.actions.prices import Item
from contracts.models import (
    OUT_OF_HOURS,
    CustomerPrice,
    PriceItem,
    PriceList,
    Service,
    StandingApproval,
)
from contracts.queries import company_zone
from contracts.rules.standing import day_start
from customers.models import Customer
from tests.factories.cast import LONG_AGO

_serial = count(1)
Unit = PriceItem.Unit

SERVICES = {
    "phone": ("Telefon und schriftlich", "Phone and in writing"),
    "remote": ("Fernwartung", "Remote support"),
    "on-site": ("Vor Ort", "On site"),
    "travel": ("Anfahrt", "Travel"),
    OUT_OF_HOURS: ("Außerhalb der Geschäftszeiten", "Outside service hours"),
}


def make_service(code: str = "remote") -> Service:
    """A service; the default ones are there already unless a test has emptied the tables."""
    german, english = SERVICES.get(code, (code.title(), code.title()))
    service, _is_new = Service.objects.get_or_create(
        code=code, defaults={"name_de": german, "name_en": english, "position": len(SERVICES)}
    )
    return service


def usual_items(hour: str = "120.00", surcharge: str = "50.00") -> list[Item]:
    """Phone and remote by the hour, on site dearer, travel flat, hours outside with a surcharge."""
    lines = (
        ("phone", Unit.HOUR, hour),
        ("remote", Unit.HOUR, hour),
        ("on-site", Unit.HOUR, "140.00"),
        ("travel", Unit.PIECE, "79.90"),
        (OUT_OF_HOURS, Unit.PERCENT, surcharge),
    )
    return [
        Item(
            code=code,
            service=make_service(code),
            name_de=SERVICES[code][0],
            name_en=SERVICES[code][1],
            unit=unit,
            amount=Decimal(amount),
        )
        for code, unit, amount in lines
    ]


def make_price_list(
    valid_from: date = LONG_AGO,
    *,
    items: list[Item] | None = None,
    hour: str = "120.00",
    is_published: bool = True,
    **fields: Any,
) -> PriceList:
    """A version of the price list. A published one was published the day before it began."""
    name = fields.pop("name", f"Prices {next(_serial)}")
    made = price_actions.save_list(
        price_list=PriceList(name=name, valid_from=valid_from, **fields),
        items=usual_items(hour) if items is None else items,
        by=None,
    )
    if is_published:
        at: datetime = day_start(date.fromordinal(valid_from.toordinal() - 1), company_zone())
        price_actions.publish(price_list=made, by=None, at=at)
    return made


def make_own_price(customer: Customer, amount: str, code: str = "remote", **fields: Any) -> CustomerPrice:
    """What a customer pays instead."""
    price = CustomerPrice(
        customer=customer, code=code, amount=Decimal(amount), **{"valid_from": LONG_AGO, **fields}
    )
    return price_actions.save_own_price(price=price, by=None)


def make_standing_approval(customer: Customer, ceiling: str = "500.00", **fields: Any) -> StandingApproval:
    """A customer's word ahead of time, for every service unless one is given."""
    words = {"starts_on": LONG_AGO, "granted_by": "Frau Aigner", "evidence": "E-Mail vom 3. März"}
    approval = StandingApproval(customer=customer, ceiling=Decimal(ceiling), **{**words, **fields})
    return price_actions.save_standing_approval(approval=approval, by=None)
