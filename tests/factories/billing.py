"""Work that was decided, as the tests of billing need it: rows without the rule that decides elsewhere."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.actions import parties
from billing.models import BillingParty, Charge, Seller
from contracts.models import PriceItem, PriceList, Service
from contracts.rules.pricing import Rate, amount_of
from customers.models import Customer
from tests.factories.cast import Cast, make_ticket
from tests.factories.prices import make_service
from tickets.models import CoverageDecision, CoverageSlice, Ticket, TimeEntry

WORKED = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
CLOSED = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def make_seller(**fields: Any) -> Seller:
    """Our firm, complete."""
    known = {
        "name": "Berger IT GmbH", "line_one": "Lindenstraße 12", "postcode": "83022", "city": "Rosenheim",
        "vat_id": "DE123456788", "tax_number": "156/123/45678", "contact_name": "Buchhaltung",
        "email": "rechnung@berger-it.example", "phone": "+49 8031 123450", "iban": "DE02120300000000202051",
        "bic": "BYLADEM1001", "bank": "DKB", "register_entry": "Amtsgericht Traunstein HRB 12345",
    }  # fmt: skip
    return parties.save_seller(seller=Seller(**{**known, **fields}), by=None)


def make_party(customer: Customer, **fields: Any) -> BillingParty:
    """A customer's billing address, complete."""
    known = {
        "customer": customer, "legal_name": f"{customer.name} GmbH", "line_one": "Am Markt 1",
        "postcode": "83043", "city": "Bad Aibling", "email": "buchhaltung@kunde.example",
    }  # fmt: skip
    return parties.save_party(party=BillingParty(**{**known, **fields}), by=None)


def make_list(vat: str = "19", *, valid_from: str = "2026-01-01", hourly: str = "120") -> PriceList:
    """A published price list with remote support by the hour, travel by the kilometre, a flat fee."""
    prices = PriceList.objects.create(
        name=f"Liste {valid_from}",
        valid_from=datetime.fromisoformat(valid_from).date(),
        vat_percent=Decimal(vat),
    )
    items = [
        ("remote", "Fernwartung", "Remote support", "hour", hourly),
        ("km", "Anfahrt", "Travel", "kilometre", "0.70"),
        ("setup", "Einrichtungspauschale", "Set-up fee", "piece", "89"),
    ]
    for code, german, english, unit, amount in items:
        service = make_service("remote") if code == "remote" else None
        PriceItem.objects.create(
            price_list=prices,
            service=service,
            code=code,
            name_de=german,
            name_en=english,
            unit=unit,
            amount=Decimal(amount),
        )
    prices.published_at = datetime(2025, 12, 1, tzinfo=UTC)
    prices.save(update_fields=["published_at"])
    return prices


def make_work(
    cast: Cast,
    ticket: Ticket,
    *parts: dict[str, Any],
    started_at: datetime = WORKED,
    is_flagged: bool = False,
    text: str = "Drucker eingerichtet",
) -> TimeEntry:
    """A time entry with one slice for each part: minutes, and the item that it is charged by, if any."""
    service, _made = Service.objects.get_or_create(
        code="remote", defaults={"name_de": "Fernwartung", "name_en": "Remote support"}
    )
    minutes = sum(part["minutes"] for part in parts)
    entry = TimeEntry.objects.create(
        ticket=ticket,
        customer=ticket.customer,
        agent=cast.agent,
        work_kind="remote",
        service=service,
        started_at=started_at,
        ended_at=started_at + timedelta(minutes=minutes),
        is_flagged=is_flagged,
        text=text,
        created_at=started_at,
    )
    decide(entry, *parts)
    return entry


def decide(entry: TimeEntry, *parts: dict[str, Any], **fields: Any) -> CoverageDecision:
    """Decide an entry, anew where it was decided."""
    entry.decisions.update(is_current=False)
    decision = CoverageDecision.objects.create(entry=entry, at=entry.created_at, **fields)
    start = entry.started_at
    for part in parts:
        end = start + timedelta(minutes=part["minutes"])
        CoverageSlice.objects.create(
            decision=decision, starts_at=start, ends_at=end, charged_minutes=part["minutes"], **_answer(part)
        )
        start = end
    return decision


def take_back(entry: TimeEntry, at: datetime = CLOSED) -> None:
    """Take an entry back."""
    TimeEntry.objects.filter(pk=entry.pk).update(voided_at=at, void_reason="Typed twice")


def _answer(part: dict[str, Any]) -> dict[str, Any]:
    item: PriceItem | None = part.get("item")
    if item is None:
        return {"is_covered": True, "reason_code": "covered", "agreement": part.get("agreement")}
    percent = Decimal(part.get("surcharge", 0))
    rate = Rate(
        list_id=item.price_list_id, item_id=item.pk, code=item.code, unit=item.unit, amount=item.amount,
        currency="EUR", vat_percent=item.price_list.vat_percent, surcharge_percent=percent,
        rounding_minutes=1, minimum_minutes=0,
    )  # fmt: skip
    return {
        "is_covered": False,
        "reason_code": part.get("code", "no_agreement"),
        "price_list": item.price_list,
        "price_item": item,
        "rate": item.amount,
        "surcharge_percent": percent,
        "is_out_of_hours": bool(percent),
        "amount": amount_of(part["minutes"], rate, is_out_of_hours=bool(percent)),
        "currency": part.get("currency", "EUR"),
    }


def billed_ticket(cast: Cast, **fields: Any) -> Ticket:
    """A ticket of the gold customer, whose firm and ours can be billed."""
    make_seller()
    make_party(cast.gold_customer)
    return make_ticket(cast.gold_customer, **fields)


def make_charge(ticket: Ticket, **fields: Any) -> Charge:
    """An open line for something on a ticket."""
    told = {"ticket_number": ticket.number, "ticket_subject": ticket.subject, "reason_code": "billing.manual"}
    told |= {"title_de": "Arbeit", "title_en": "Work", "key": f"test:{ticket.pk}:{Charge.objects.count()}"}
    facts = {"kind": Charge.Kind.MANUAL, "unit": Charge.Unit.PIECE, "quantity": 1, "net": 0}
    facts |= {"service_day": CLOSED.date(), "created_at": CLOSED}
    return Charge.objects.create(customer=ticket.customer, ticket=ticket, **told | facts | fields)
