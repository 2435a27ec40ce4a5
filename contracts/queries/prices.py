"""Reading prices: the versions of the list, what single customers pay instead, and standing approvals."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from contracts.models import CustomerPrice, PriceItem, PriceList, StandingApproval
from contracts.queries.standings import company_zone
from contracts.rules.pricing import ItemFact, ListFact, OwnPriceFact, PriceFacts, amount_on


def price_facts(customer_id: int | None, start: datetime, end: datetime) -> PriceFacts:
    """What decides the prices of a customer in [start, end]; None for the general list. Three queries."""
    zone = company_zone()
    first, last = (localtime(moment, zone).date() for moment in (start, end))
    begun = _published().filter(valid_from__lte=first).order_by("-valid_from")[:1]
    coming = _published().filter(valid_from__gt=first, valid_from__lte=last)
    versions = _published().filter(Q(pk__in=begun.values("pk")) | Q(pk__in=coming.values("pk")))
    own = () if customer_id is None else own_prices(customer_id, first, last)
    return PriceFacts(
        lists=tuple(_as_fact(version) for version in versions.prefetch_related("items__service")),
        own=tuple(_own_fact(row) for row in own),
        zone=zone,
    )


def list_in_force(day: date) -> PriceList | None:
    """The published version that holds on a local day."""
    return _published().filter(valid_from__lte=day).order_by("-valid_from").first()


def coming_list(day: date) -> PriceList | None:
    """The published version that comes next after a local day."""
    return _published().filter(valid_from__gt=day).order_by("valid_from").first()


@dataclass(frozen=True)
class PricedItem:
    """A line of a version and what it costs somebody: the list's amount, or their own (`is_own`)."""

    item: PriceItem
    amount: Decimal
    is_own: bool


def priced_items(price_list: PriceList, day: date, customer_id: int | None = None) -> list[PricedItem]:
    """The lines of a version in their order, at the prices of a customer on a day; None: the general ones."""
    rows = () if customer_id is None else own_prices(customer_id, day, day)
    own = [_own_fact(row) for row in rows]
    found = []
    for item in price_list.items.select_related("service"):
        amount, is_own = amount_on(own, _item_fact(item), price_list.currency, day)
        found.append(PricedItem(item, amount, is_own))
    return found


def own_prices(customer_id: int, first: date, last: date) -> QuerySet[CustomerPrice]:
    """What a customer pays instead on some day from `first` to `last`."""
    return CustomerPrice.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=first), customer_id=customer_id, valid_from__lte=last
    )


def standing_approvals(customer_id: int, day: date) -> list[StandingApproval]:
    """A customer's standing approvals on a local day, those for one service before those for every one."""
    rows = StandingApproval.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day), customer_id=customer_id, starts_on__lte=day
    )
    return sorted(rows.select_related("service"), key=lambda row: (row.service_id is None, row.pk))


def _published() -> QuerySet[PriceList]:
    return PriceList.objects.filter(published_at__isnull=False)


def _as_fact(version: PriceList) -> ListFact:
    return ListFact(
        id=version.pk,
        valid_from=version.valid_from,
        currency=version.currency,
        vat_percent=version.vat_percent,
        rounding_minutes=version.rounding_minutes,
        minimum_minutes=version.minimum_minutes,
        items=tuple(_item_fact(item) for item in version.items.all()),
    )


def _item_fact(item: PriceItem) -> ItemFact:
    code = item.service.code if item.service else None
    return ItemFact(item.pk, item.code, code, item.unit, item.amount)


def _own_fact(row: CustomerPrice) -> OwnPriceFact:
    return OwnPriceFact(row.code, row.amount, row.currency, row.valid_from, row.valid_until)
