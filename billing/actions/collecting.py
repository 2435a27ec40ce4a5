"""Collecting: decided work becomes charges, and charges follow when it is decided anew."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localtime

from billing.actions import parties
from billing.models import Charge
from billing.queries.slices import customers_to_collect, slices_of
from billing.rules import correcting
from billing.rules.wording import TABLE
from contracts.models import PriceItem
from contracts.queries import company_zone
from customers.models import Customer
from lib.reasons import reason, say
from tickets.models import CoverageSlice, TimeEntry
from tickets.rules.coverage_wording import coverage_words

LANGUAGES = ("de", "en")
log = structlog.get_logger(__name__)


def collect(*, at: datetime | None = None) -> int:
    """Bring the charges of all customers up to date. Returns for how many there was something to do.

    Each customer in a transaction of their own: one that fails does not keep the others waiting.
    """
    at, done = at or timezone.now(), 0
    for customer in Customer.objects.filter(pk__in=customers_to_collect()).order_by("pk"):
        try:
            collect_for(customer=customer, at=at)
            done += 1
        except Exception:
            log.exception("charges_not_collected", customer=customer.pk)
    return done


@transaction.atomic
def collect_for(*, customer: Customer, at: datetime) -> None:
    """Bring one customer's charges up to date. However often it runs, each slice is charged once."""
    parties.hold(customer=customer)
    slices = {one.pk: one for one in slices_of(customer.pk)}
    made = Charge.objects.filter(customer=customer, slice__isnull=False)
    charges = {charge.key: charge for charge in made.select_related("corrects", "statement")}
    wanted = correcting.plan(slices.keys(), (charge.as_charge_fact() for charge in charges.values()))
    for key in wanted.drop:
        charges[key].delete()
    new = [_charge_of(slices[pk], at) for pk in wanted.add]
    new += [_taking_back(charges[back.key], back, at) for back in wanted.take_back]
    Charge.objects.bulk_create(new)
    _follow_flags([charge for key, charge in charges.items() if key not in wanted.drop], slices)


def _follow_flags(charges: list[Charge], slices: Mapping[int, CoverageSlice]) -> None:
    """An approval that came late frees what was held; one that was taken back holds it again."""
    for charge in charges:
        one = slices.get(charge.slice_id or 0)
        if one is None or charge.statement_id or charge.kind != Charge.Kind.WORK:
            continue
        is_flagged = _is_flagged(one)
        if is_flagged != charge.is_flagged:
            charge.is_flagged = is_flagged
            charge.save(update_fields=["is_flagged"])


def _is_flagged(one: CoverageSlice) -> bool:
    """Chargeable without an approval, or without a price: somebody has to look at it."""
    return not one.is_covered and (one.decision.entry.is_flagged or one.price_item_id is None)


def _charge_of(one: CoverageSlice, at: datetime) -> Charge:
    entry = one.decision.entry
    return Charge(
        customer_id=entry.customer_id,
        key=correcting.slice_key(one.pk),
        kind=Charge.Kind.WORK,
        slice=one,
        ticket=entry.ticket,
        ticket_number=entry.ticket.number,
        ticket_subject=entry.ticket.subject[:250],
        service_day=localtime(entry.started_at, company_zone()).date(),
        work_from=one.starts_at,
        work_until=one.ends_at,
        title_de=_title(one, "de"),
        title_en=_title(one, "en"),
        text=entry.text,
        is_covered=one.is_covered,
        is_flagged=_is_flagged(one),
        created_at=at,
        **_why(one),
        **_price(one, entry),
    )


def _title(one: CoverageSlice, language: str) -> str:
    named: Any = one.price_item or one.decision.entry.service
    return str(named.name_in(language))[:160]


def _why(one: CoverageSlice) -> dict[str, Any]:
    """The reason as a code and in words."""
    is_paid_for = one.price_item is not None and one.price_item.unit == PriceItem.Unit.INCIDENT
    if is_paid_for and not one.is_covered and not one.amount:
        why = reason("billing.flat_charged")
        return {"reason_code": why.code, **{f"reason_{each}": say(why, each, TABLE) for each in LANGUAGES}}
    said = {
        f"reason_{language}": coverage_words(one.reason_code, one.reason_params, language)[:400]
        for language in LANGUAGES
    }
    return {"reason_code": one.reason_code, "reason_params": one.reason_params, **said}


def _price(one: CoverageSlice, entry: TimeEntry) -> dict[str, Any]:
    """Quantity, unit and price. The amount is what was decided, never reckoned anew."""
    vat = one.price_list.vat_percent if one.price_list else Decimal(0)
    price = {
        "net": one.amount,
        "currency": one.currency,
        "vat_percent": vat,
        "price_list": one.price_list,
        "unit": Charge.Unit.MINUTE,
        "quantity": Decimal(one.charged_minutes),
        "unit_price": one.rate or Decimal(0),
        "surcharge_percent": one.surcharge_percent if one.is_out_of_hours else Decimal(0),
    }
    unit = one.price_item.unit if one.price_item and not one.is_covered else PriceItem.Unit.HOUR
    if unit == PriceItem.Unit.HOUR:
        return price
    times = entry.kilometres if unit == PriceItem.Unit.KILOMETRE else 1
    flat = {"unit": unit, "quantity": Decimal(times if one.amount else 0), "surcharge_percent": Decimal(0)}
    return {**price, **flat}


def _taking_back(charge: Charge, back: correcting.TakenBack, at: datetime) -> Charge:
    """The line that takes back what is left of a closed one; it is of the same day and says which it was."""
    number = charge.statement.number if charge.statement else ""
    why = reason("billing.correction", statement=number, position=charge.position or 0)
    return charge.taking_back(
        key=correcting.reversal_key(charge.key),
        kind=Charge.Kind.CORRECTION,
        quantity=-back.quantity,
        net=-back.net,
        reason_code=why.code,
        reason_params=dict(why.params),
        reason_de=say(why, "de", TABLE),
        reason_en=say(why, "en", TABLE),
        created_at=at,
    )
