"""What there is to bill: the current slices of time entries, ready for a statement's lines.

An entry belongs to the period in which it begins, with all its slices. Statements keep what they took (by
`decision_id` and `slice_id`); what happened to an entry afterwards is found by `changed_entries`: it was
taken back, or decided anew by hand. The correction of a line is then its old slices reversed and, unless the
entry was taken back, the slices of its new decision.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from tickets.models import CoverageDecision, CoverageSlice, TimeEntry


@dataclass(frozen=True)
class BillableSlice:
    """One slice of a time entry: everything that a line of a statement needs. Amounts are net.

    `reason_code` and `reason_params` are worded by `tickets.rules.coverage_wording.coverage_words`.
    `quantity` is in `price_unit`: charged minutes for work by the hour, else pieces or kilometres; 0 where it
    costs nothing. `rate` is what one hour (or one unit) costs before `surcharge_percent`, which counts if
    `is_out_of_hours`. `override_reason` is internal and says why somebody decided by hand.
    """

    slice_id: int
    decision_id: int
    entry_id: int
    customer_id: int
    ticket_id: int
    ticket_number: str
    ticket_subject: str
    agent_name: str
    work_kind: str
    service_id: int
    service_code: str
    service_name_de: str
    service_name_en: str
    entry_started_at: datetime
    entry_ended_at: datetime
    starts_at: datetime
    ends_at: datetime
    real_minutes: int
    charged_minutes: int
    text: str
    is_covered: bool
    reason_code: str
    reason_params: dict[str, Any]
    is_override: bool
    override_reason: str
    agreement_id: int | None
    agreement_reference: str
    units: int
    price_list_id: int | None
    price_item_id: int | None
    price_code: str
    price_unit: str
    quantity: int
    rate: Decimal | None
    surcharge_percent: Decimal
    is_out_of_hours: bool
    amount: Decimal
    currency: str
    vat_percent: Decimal
    approval_id: int | None
    is_flagged: bool
    decided_at: datetime


@dataclass(frozen=True)
class ChangedEntry:
    """An entry that changed after a moment. `is_voided`: it counts no more; else it was decided anew."""

    entry_id: int
    customer_id: int
    is_voided: bool
    changed_at: datetime
    why: str


def billable_slices(customer_id: int, start: datetime, end: datetime) -> list[BillableSlice]:
    """The current slices of a customer's standing entries that begin in [start, end), in their order."""
    entries = TimeEntry.objects.standing().filter(started_at__gte=start, started_at__lt=end)
    return _slices(entries.filter(customer=customer_id))


def slices_of_entries(entry_ids: Iterable[int]) -> list[BillableSlice]:
    """The current slices of these entries as far as they stand; none for one that was taken back."""
    return _slices(TimeEntry.objects.standing().filter(pk__in=list(entry_ids)))


def customers_with_work(start: datetime, end: datetime) -> list[int]:
    """The ids of the customers who have standing entries that begin in [start, end)."""
    entries = TimeEntry.objects.standing().filter(started_at__gte=start, started_at__lt=end)
    return list(entries.order_by("customer_id").values_list("customer_id", flat=True).distinct())


def changed_entries(customer_id: int, *, after: datetime, before: datetime) -> list[ChangedEntry]:
    """Entries begun before `before` that were taken back, or decided anew, after `after`.

    Only a decision that replaced another one has a reason.
    """
    decided_anew = ~Q(reason="") & Q(at__gt=after, entry__voided_at__isnull=True)
    decisions = (
        CoverageDecision.objects.filter(Q(entry__voided_at__gt=after) | decided_anew, is_current=True)
        .filter(entry__customer=customer_id, entry__started_at__lt=before)
        .select_related("entry")
        .order_by("entry__started_at", "entry_id")
    )
    return [_as_changed(decision) for decision in decisions]


def _as_changed(decision: CoverageDecision) -> ChangedEntry:
    entry = decision.entry
    return ChangedEntry(
        entry_id=entry.pk,
        customer_id=entry.customer_id,
        is_voided=entry.voided_at is not None,
        changed_at=entry.voided_at or decision.at,
        why=entry.void_reason if entry.voided_at else decision.reason,
    )


def _slices(entries: QuerySet[TimeEntry]) -> list[BillableSlice]:
    rows = (
        CoverageSlice.objects.filter(decision__is_current=True, decision__entry__in=entries)
        .select_related(
            "decision__entry__ticket",
            "decision__entry__agent",
            "decision__entry__service",
            "agreement",
            "price_list",
            "price_item",
        )
        .order_by("decision__entry__started_at", "decision__entry_id", "starts_at", "pk")
    )
    return [_as_billable(row) for row in rows]


def _as_billable(row: CoverageSlice) -> BillableSlice:
    decision, entry = row.decision, row.decision.entry
    unit = row.price_item.unit if row.price_item else ""
    return BillableSlice(
        slice_id=row.pk,
        decision_id=decision.pk,
        entry_id=entry.pk,
        customer_id=entry.customer_id,
        ticket_id=entry.ticket_id,
        ticket_number=entry.ticket.number,
        ticket_subject=entry.ticket.subject,
        agent_name=entry.agent.display_name,
        work_kind=entry.work_kind,
        service_id=entry.service_id,
        service_code=entry.service.code,
        service_name_de=entry.service.name_de,
        service_name_en=entry.service.name_en,
        entry_started_at=entry.started_at,
        entry_ended_at=entry.ended_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        real_minutes=row.real_minutes,
        charged_minutes=row.charged_minutes,
        text=entry.text,
        is_covered=row.is_covered,
        reason_code=row.reason_code,
        reason_params=row.reason_params,
        is_override=decision.is_override,
        override_reason=decision.reason,
        agreement_id=row.agreement_id,
        agreement_reference=row.agreement.reference if row.agreement else "",
        units=row.units,
        price_list_id=row.price_list_id,
        price_item_id=row.price_item_id,
        price_code=row.price_item.code if row.price_item else "",
        price_unit=unit,
        quantity=_quantity(row, unit),
        rate=row.rate,
        surcharge_percent=row.surcharge_percent,
        is_out_of_hours=row.is_out_of_hours,
        amount=row.amount,
        currency=row.currency,
        vat_percent=row.price_list.vat_percent if row.price_list else Decimal(0),
        approval_id=entry.approval_id,
        is_flagged=entry.is_flagged,
        decided_at=decision.at,
    )


def _quantity(row: CoverageSlice, unit: str) -> int:
    """How much of the unit the amount stands for."""
    if row.is_covered or not unit:
        return 0
    if unit == "hour":
        return row.charged_minutes
    if not row.amount:
        return 0
    return row.decision.entry.kilometres if unit == "kilometre" else 1
