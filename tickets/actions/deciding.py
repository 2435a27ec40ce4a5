"""Writing a decision about who pays for work, with what it takes from an allowance.

What a slice takes from minutes is booked under the key of the slice. A case is booked under a key of its
ticket and agreement: it covers all entries of the ticket, and is taken while one of them relies on it.
Whoever calls holds the customer's agreements and the ticket.
"""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from contracts.actions.booking import book, take_back
from tickets.models import CoverageDecision, CoverageSlice, TimeEntry
from tickets.queries.coverage import day_of, relies_on_case
from tickets.rules.coverage import CASES, MINUTES, Slice
from tickets.rules.coverage_facts import Inputs, as_json


def record(
    *,
    entry: TimeEntry,
    inputs: Inputs,
    slices: Sequence[Slice],
    by: User | None,
    at: datetime,
    reason: str = "",
) -> CoverageDecision:
    """Write the decision with its slices and take from the allowance what they say."""
    decision = CoverageDecision.objects.create(
        entry=entry,
        by=by,
        at=at,
        reason=reason,
        is_override=bool(inputs.override),
        inputs=as_json(inputs),
    )
    for one in slices:
        row = _slice(decision, one)
        row.save(force_insert=True)
        if one.units and one.params.get("unit") == MINUTES:
            _book(row, one.units, key=_key(row), by=by, at=at)
    settle_cases(decision=decision, by=by, at=at)
    return decision


def _slice(decision: CoverageDecision, one: Slice) -> CoverageSlice:
    rate = None if one.is_covered else one.rate
    return CoverageSlice(
        decision=decision,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        is_covered=one.is_covered,
        reason_code=one.code,
        reason_params=dict(one.params),
        charged_minutes=one.charged_minutes,
        agreement_id=one.agreement_id,
        units=one.units,
        price_list_id=rate.list_id if rate else None,
        price_item_id=rate.item_id if rate else None,
        rate=rate.amount if rate else None,
        surcharge_percent=rate.surcharge_percent if rate else 0,
        is_out_of_hours=one.is_out_of_hours,
        amount=one.amount,
        currency=rate.currency if rate else "EUR",
    )


def _key(row: CoverageSlice) -> str:
    return f"coverage_slice:{row.pk}"


def _book(row: CoverageSlice, units: int, *, key: str, by: User | None, at: datetime) -> None:
    """Take units that were left when they were reckoned: the agreement is locked since before that."""
    entry_id = row.decision.entry_id
    taken = row.agreement and book(
        agreement=row.agreement,
        units=units,
        key=key,
        source=f"time_entry:{entry_id}",
        by=by,
        at=at,
        day=day_of(row.starts_at),
    )
    if taken != units:
        raise RuntimeError(f"Agreement {row.agreement_id} had {units} left, and gives {taken}.")


def settle_cases(*, decision: CoverageDecision, by: User | None, at: datetime) -> None:
    """Take or give back the case of the ticket, by each agreement that this decision names."""
    ticket = decision.entry.ticket
    rows = decision.slices.filter(is_covered=True, reason_params__unit=CASES, agreement__isnull=False)
    for row in {row.agreement_id: row for row in reversed(rows)}.values():
        key = f"case:{ticket.pk}:{row.agreement_id}"
        if relies_on_case(ticket, row.agreement_id or 0):
            _book(row, 1, key=key, by=by, at=at)
        else:
            take_back(key=key, by=by, at=at)


def give_back(*, decision: CoverageDecision, by: User | None, at: datetime, reason: str) -> None:
    """Give back what a decision that holds no more took; cases are settled once it does not."""
    for row in decision.slices.filter(units__gt=0):
        take_back(key=_key(row), by=by, at=at, reason=reason)
