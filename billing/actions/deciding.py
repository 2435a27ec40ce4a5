"""Deciding about charges: what nobody approved, goodwill, and what is entered by hand."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from billing.actions import parties
from billing.models import Charge
from billing.rules import correcting
from billing.rules.totals import net_of
from billing.rules.wording import TABLE
from contracts.models import PriceItem
from contracts.queries.prices import own_prices
from contracts.rules.pricing import ItemFact, OwnPriceFact, amount_on
from customers.models import Customer
from lib.reasons import reason, say
from tickets.models import Ticket

BY_HAND = ("incident", "piece", "kilometre")
"""Units that need no time entry."""

MOST = Decimal("99999999.99")
"""The dearest a charge entered by hand may be; it leaves room for what a statement adds up."""


class CannotDecide(Exception):
    """Why not: not_held, nothing_left, closed, not_by_hand or too_dear."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def release(*, charge: Charge, by: User, note: str, at: datetime | None = None) -> Charge:
    """Bill what nobody had approved, with a reason; the next statement takes it. Error: CannotDecide."""
    charge = _held(charge)
    if not charge.is_held:
        raise CannotDecide("not_held")
    _mark(charge, by=by, note=note, at=at or timezone.now())
    auditing.record(by=by, verb="charge.released", what=charge, at=at, details={"reason": note})
    return charge


@transaction.atomic
def waive(*, charge: Charge, by: User, note: str, at: datetime | None = None) -> Charge:
    """Let a charge go: a line with the opposite sign and the reason stands beside it. Returns that line.

    Works on open and on closed charges, once. Error: CannotDecide.
    """
    at = at or timezone.now()
    charge = _held(charge)
    quantity, net = _left(charge)
    if charge.corrects_id is not None or not net:
        raise CannotDecide("nothing_left")
    if charge.is_held:
        _mark(charge, by=by, note=note, at=at)
    why = reason("billing.waiver", note=note)
    line = charge.taking_back(
        key=correcting.waiver_key(charge.key),
        kind=Charge.Kind.WAIVER,
        quantity=-quantity,
        net=-net,
        reason_code=why.code,
        reason_params=dict(why.params),
        reason_de=say(why, "de", TABLE),
        reason_en=say(why, "en", TABLE),
        created_by_name=by.display_name,
        created_at=at,
    )
    line.save(force_insert=True)
    auditing.record(by=by, verb="charge.waived", what=charge, at=at, details={"reason": note})
    return line


@transaction.atomic
def add(
    *,
    customer: Customer,
    item: PriceItem,
    quantity: Decimal,
    day: date,
    by: User,
    ticket: Ticket | None = None,
    text: str = "",
    at: datetime | None = None,
) -> Charge:
    """Charge something of the price list that needs no time entry: kilometres, a flat fee, a piece.

    The customer's own price holds, if there is one on that day. Error: CannotDecide (not_by_hand,
    too_dear).
    """
    if item.unit not in BY_HAND or (ticket is not None and ticket.customer_id != customer.pk):
        raise CannotDecide("not_by_hand")
    at = at or timezone.now()
    parties.hold(customer=customer)
    price, why = _price_on(customer, item, day), reason("billing.manual")
    net = net_of(quantity, price, Decimal(0), unit=item.unit)
    if net > MOST:
        raise CannotDecide("too_dear")
    charge = Charge.objects.create(
        customer=customer,
        key=f"manual:{customer.pk}:{_next_manual(customer)}",
        kind=Charge.Kind.MANUAL,
        ticket=ticket,
        ticket_number=ticket.number if ticket else "",
        ticket_subject=ticket.subject[:250] if ticket else "",
        service_day=day,
        title_de=item.name_de,
        title_en=item.name_en,
        text=text,
        reason_code=why.code,
        reason_de=say(why, "de", TABLE),
        reason_en=say(why, "en", TABLE),
        quantity=quantity,
        unit=item.unit,
        unit_price=price,
        net=net,
        vat_percent=item.price_list.vat_percent,
        currency=item.price_list.currency,
        price_list=item.price_list,
        created_by_name=by.display_name,
        created_at=at,
    )
    auditing.record(by=by, verb="charge.added", what=charge, at=at)
    return charge


@transaction.atomic
def withdraw(*, charge: Charge, by: User, at: datetime | None = None) -> None:
    """Take out what was entered by hand and stands on no statement yet. Error: CannotDecide."""
    charge = _held(charge)
    if charge.kind != Charge.Kind.MANUAL:
        raise CannotDecide("not_by_hand")
    if charge.statement_id is not None:
        raise CannotDecide("closed")
    auditing.record(by=by, verb="charge.withdrawn", what=charge, at=at)
    charge.corrections.all().delete()
    charge.delete()


def _held(charge: Charge) -> Charge:
    """The row as it is now; nobody closes or collects for its customer meanwhile."""
    parties.hold(customer=charge.customer)
    return Charge.objects.select_related("customer", "statement").get(pk=charge.pk)


def _left(charge: Charge) -> tuple[Decimal, Decimal]:
    """Quantity and net after all that corrects it."""
    corrections = list(charge.corrections.all())
    quantity = charge.quantity + sum((each.quantity for each in corrections), Decimal(0))
    return quantity, charge.net + sum((each.net for each in corrections), Decimal(0))


def _mark(charge: Charge, *, by: User, note: str, at: datetime) -> None:
    charge.released_at, charge.released_by_name, charge.release_note = at, by.display_name, note
    charge.save(update_fields=["released_at", "released_by_name", "release_note"])


def _next_manual(customer: Customer) -> int:
    """Counted on, also past those that were withdrawn; whoever asks holds the customer's party."""
    rows = Charge.objects.filter(customer=customer, kind=Charge.Kind.MANUAL)
    return max((int(key.rpartition(":")[2]) for key in rows.values_list("key", flat=True)), default=0) + 1


def _price_on(customer: Customer, item: PriceItem, day: date) -> Decimal:
    fact = ItemFact(item.pk, item.code, None, item.unit, item.amount)
    own = [
        OwnPriceFact(row.code, row.amount, row.currency, row.valid_from, row.valid_until)
        for row in own_prices(customer.pk, day, day)
    ]
    return amount_on(own, fact, item.price_list.currency, day)[0]
