"""What a customer used of their allowances by the end of a period, as the statement keeps it."""

from typing import Any

from billing.rules.periods import Month
from contracts.models import Agreement
from contracts.queries.allowances import AllowanceState, last_day, ledger_of


def consumption_of(customer_id: int, month: Month) -> list[dict[str, Any]]:
    """One entry for each service agreement with an allowance that held in the month, as JSON."""
    held = Agreement.objects.filter(
        customer=customer_id, kind=Agreement.Kind.SERVICE, starts_on__lte=month.ends_on
    ).select_related("level")
    states = ((agreement, _at_end(agreement, month)) for agreement in held.order_by("id"))
    return [_as_json(agreement, state) for agreement, state in states if state is not None]


def _at_end(agreement: Agreement, month: Month) -> AllowanceState | None:
    """On the month's last day, or the agreement's where it ended in the month; None where it had ended."""
    day = min(last_day(agreement) or month.ends_on, month.ends_on)
    if day < month.starts_on:
        return None
    return ledger_of(agreement, today=month.ends_on, day=day).state(agreement.pk, day)


def _as_json(agreement: Agreement, state: AllowanceState) -> dict[str, Any]:
    return {
        "agreement": agreement.reference,
        "level": agreement.level.name if agreement.level else "",
        "unit": str(state.unit),
        "granted": state.granted,
        "carried": state.carried,
        "used": state.used,
        "left": state.left,
        "starts_on": state.period_starts_on.isoformat(),
        "ends_on": state.period_ends_on.isoformat() if state.period_ends_on else None,
    }
