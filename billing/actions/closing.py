"""Closing a period: what is open until its end becomes a statement, once and for good."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.actions import auditing
from accounts.models import User
from billing.actions import collecting, parties, telling
from billing.models import BillingParty, Charge, Seller, Statement, StatementCounter
from billing.queries.consumption import consumption_of
from billing.queries.content import digest_of
from billing.rules.periods import Month
from billing.rules.totals import totals_of
from contracts.queries import company_zone
from customers.models import Customer


class CannotClose(Exception):
    """Why this customer's period cannot be closed: no_seller, no_address or not_over."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def close_period(
    *,
    customer: Customer,
    month: Month,
    by: User | None,
    at: datetime | None = None,
    is_told: bool = True,
) -> list[Statement]:
    """Close a month for a customer. Returns its statements: one per currency, none without charges.

    Twice is once: a month that is closed answers with the statements that it has, and what came later waits
    for the next one. Everything open until the month's end is on it, also of months before, but not what
    nobody approved. `is_told`: whether the customer gets mail. Error: CannotClose.
    """
    at = at or timezone.now()
    party = parties.hold(customer=customer)
    closed = list(Statement.objects.of_month(month.starts_on).filter(customer=customer))
    if closed:
        return closed
    today = localtime(at, company_zone()).date()
    if today <= month.ends_on:
        raise CannotClose("not_over")
    collecting.collect_for(customer=customer, at=at)
    charges = Charge.objects.filter(customer=customer).billable().up_to(month.ends_on)
    found = list(charges.order_by("currency", "ticket_number", "service_day", "work_from", "id"))
    if not found:
        return []
    seller = _ready(party)
    currencies = sorted({charge.currency for charge in found})
    made = [
        _close(
            seller=seller,
            party=party,
            month=month,
            charges=[charge for charge in found if charge.currency == currency],
            by=by,
            at=at,
        )
        for currency in currencies
    ]
    for statement in made if is_told else ():
        telling.tell_of(statement=statement, at=at)
    return made


def _ready(party: BillingParty) -> Seller:
    """Error: CannotClose where a statement would lack what the law wants on it."""
    seller = Seller.objects.filter(pk=1).first()
    if seller is None or not seller.is_complete:
        raise CannotClose("no_seller")
    if not party.is_complete:
        raise CannotClose("no_address")
    return seller


def _close(
    *,
    seller: Seller,
    party: BillingParty,
    month: Month,
    charges: Sequence[Charge],
    by: User | None,
    at: datetime,
) -> Statement:
    today = localtime(at, company_zone()).date()
    totals = totals_of(charge.as_line_fact() for charge in charges)
    statement = Statement.objects.create(
        number=_next_number(today),
        customer_id=party.customer_id,
        period_starts_on=month.starts_on,
        period_ends_on=month.ends_on,
        currency=charges[0].currency,
        language=party.language,
        net=totals.net,
        vat=totals.vat,
        gross=totals.gross,
        vat_shares=[share.as_json() for share in totals.shares],
        consumption=consumption_of(party.customer_id, month),
        seller=seller.as_json(),
        buyer=party.as_json(),
        closed_at=at,
        closed_by_name=by.display_name if by else "",
        closed_on=today,
        due_on=today + timedelta(days=seller.payment_days),
    )
    _put_on(statement, charges)
    _seal(statement)
    auditing.record(by=by, verb="statement.closed", what=statement, at=at, details=_told(statement))
    return statement


def _next_number(day: date) -> str:
    """The next one of the year. Whoever comes second waits here until the first has committed."""
    StatementCounter.objects.get_or_create(year=day.year)
    counter = StatementCounter.objects.select_for_update().get(year=day.year)
    counter.last = F("last") + 1
    counter.save(update_fields=["last"])
    counter.refresh_from_db()
    return f"RE-{day.year}-{counter.last:04}"


def _put_on(statement: Statement, charges: Iterable[Charge]) -> None:
    for position, charge in enumerate(charges, start=1):
        charge.statement, charge.position = statement, position
    Charge.objects.bulk_update(charges, ["statement", "position"])


def _seal(statement: Statement) -> None:
    """From here on the database refuses every change."""
    statement.digest = digest_of(statement)
    statement.save(update_fields=["digest"])


def _told(statement: Statement) -> dict[str, Any]:
    return {
        "period": str(Month(statement.period_starts_on)),
        "gross": str(statement.gross),
        "currency": statement.currency,
    }
