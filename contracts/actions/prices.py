"""Writing the price list: drafts become versions that hold, and what holds is never changed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.actions import auditing
from accounts.models import User
from contracts.models import CustomerPrice, PriceItem, PriceList, Service, StandingApproval
from contracts.queries import company_zone
from lib.locking import Lock, lock_exclusive


class Item(TypedDict, total=False):
    """One line as the doors hand it in."""

    code: str
    service: Service | None
    name_de: str
    name_en: str
    unit: str
    amount: Decimal
    position: int


class Published(ValidationError):
    """What was published stays as it is; a version that begins later takes its place."""

    def __init__(self) -> None:
        super().__init__(
            _("A published price list stays as it is. Copy it as a new version that begins later.")
        )


@transaction.atomic
def save_list(
    *,
    price_list: PriceList,
    by: User | None,
    items: Sequence[Item] | None = None,
    at: datetime | None = None,
) -> PriceList:
    """Create or change a draft; `items`, when given, replaces the ones there.

    Errors: Published, ValidationError where the rows contradict themselves.
    """
    is_new = price_list.pk is None
    if not is_new:
        _require_draft(price_list)
    price_list.published_at = None
    price_list.full_clean()
    price_list.save()
    if items is not None:
        _replace_items(price_list, items)
    verb = "price_list.created" if is_new else "price_list.changed"
    auditing.record(by=by, verb=verb, what=price_list, at=at)
    return price_list


@transaction.atomic
def save_item(*, item: PriceItem, by: User | None, at: datetime | None = None) -> PriceItem:
    """Create or change one line of a draft. Errors as in `save_list`."""
    _require_draft(item.price_list)
    item.full_clean()
    item.save()
    details = {"code": item.code}
    auditing.record(by=by, verb="price_list.changed", what=item.price_list, at=at, details=details)
    return item


@transaction.atomic
def delete_item(*, item: PriceItem, by: User | None, at: datetime | None = None) -> None:
    """Take one line out of a draft. Error: Published."""
    _require_draft(item.price_list)
    details = {"code": item.code}
    auditing.record(by=by, verb="price_list.changed", what=item.price_list, at=at, details=details)
    item.delete()


@transaction.atomic
def publish(*, price_list: PriceList, by: User | None, at: datetime | None = None) -> PriceList:
    """Let a draft hold from its first day on.

    The very first version may begin on any day; each later one begins after today, for work of today has
    been priced already. Errors: Published; ValidationError for an empty list or a first day that has come.
    """
    at = at or timezone.now()
    lock_exclusive(Lock.CONTRACTS)
    _require_draft(price_list)
    today = localtime(at, company_zone()).date()
    holding = PriceList.objects.filter(published_at__isnull=False, valid_from__lte=today)
    if price_list.valid_from <= today and holding.exists():
        raise ValidationError(_("A new version begins tomorrow at the earliest: today has its prices."))
    if not price_list.items.exists():
        raise ValidationError(_("A price list without prices cannot be published."))
    price_list.published_at = at
    price_list.save(update_fields=["published_at"])
    auditing.record(by=by, verb="price_list.published", what=price_list, at=at)
    return price_list


@transaction.atomic
def copy_list(
    *, price_list: PriceList, by: User | None, valid_from: date | None = None, at: datetime | None = None
) -> PriceList:
    """A draft with the same items, valid from the next first of a month that has no version yet."""
    copy = PriceList.objects.create(
        name=price_list.name,
        valid_from=valid_from or _free_first_day(at or timezone.now()),
        currency=price_list.currency,
        vat_percent=price_list.vat_percent,
        rounding_minutes=price_list.rounding_minutes,
        minimum_minutes=price_list.minimum_minutes,
    )
    items = list(price_list.items.all())
    for item in items:
        item.pk, item.price_list = None, copy
        item._state.adding = True
    PriceItem.objects.bulk_create(items)
    details = {"of": price_list.pk}
    auditing.record(by=by, verb="price_list.copied", what=copy, at=at, details=details)
    return copy


@transaction.atomic
def delete_list(*, price_list: PriceList, by: User | None, at: datetime | None = None) -> None:
    """Delete a draft. Error: Published."""
    _require_draft(price_list)
    auditing.record(by=by, verb="price_list.deleted", what=price_list, at=at)
    price_list.delete()


@transaction.atomic
def save_own_price(*, price: CustomerPrice, by: User | None, at: datetime | None = None) -> CustomerPrice:
    """Create or change what one customer pays instead. Error: ValidationError."""
    is_new = price.pk is None
    price.full_clean()
    price.save()
    verb = "own_price.created" if is_new else "own_price.changed"
    details = {"customer": price.customer.name, "code": price.code, "amount": str(price.amount)}
    auditing.record(by=by, verb=verb, what=price, at=at, details=details)
    return price


@transaction.atomic
def delete_own_price(*, price: CustomerPrice, by: User | None, at: datetime | None = None) -> None:
    """Take back an own price that was entered by mistake; what was priced by it stays as it is."""
    details = {"customer": price.customer.name, "code": price.code, "amount": str(price.amount)}
    auditing.record(by=by, verb="own_price.deleted", what=price, at=at, details=details)
    price.delete()


@transaction.atomic
def save_standing_approval(
    *, approval: StandingApproval, by: User | None, at: datetime | None = None
) -> StandingApproval:
    """Record or change a customer's word ahead of time. It is ended by its last day, never deleted."""
    is_new = approval.pk is None
    at = at or timezone.now()
    if is_new:
        approval.recorded_by, approval.recorded_at = by, at
    approval.full_clean()
    approval.save()
    verb = "standing_approval.created" if is_new else "standing_approval.changed"
    details = {"ceiling": str(approval.ceiling), "currency": approval.currency}
    auditing.record(by=by, verb=verb, what=approval, at=at, details=details)
    return approval


def _require_draft(price_list: PriceList) -> None:
    """Lock the row, so that nobody publishes it meanwhile. Error: Published."""
    row = PriceList.objects.select_for_update().get(pk=price_list.pk)
    if row.published_at is not None:
        raise Published


def _replace_items(price_list: PriceList, items: Sequence[Item]) -> None:
    price_list.items.all().delete()
    for position, item in enumerate(items, 1):
        row = PriceItem(price_list=price_list, **{"position": position, **item})
        row.full_clean()
        row.save()


def _free_first_day(at: datetime) -> date:
    """The next first of a month on which no version begins."""
    taken = set(PriceList.objects.values_list("valid_from", flat=True))
    day = localtime(at, company_zone()).date()
    while True:
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if day not in taken:
            return day
