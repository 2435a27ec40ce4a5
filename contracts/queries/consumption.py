"""Reading how an allowance was used: over the last periods, and line by line in one of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet, Sum

from contracts.models import Agreement, AllowanceEntry
from contracts.queries.allowances import AllowanceState, ledger_of
from contracts.queries.renewals import today_at

Kind = AllowanceEntry.Kind


@dataclass(frozen=True)
class Consumption:
    """An allowance at a moment. `past` are the periods before, the oldest first, those renewed included."""

    state: AllowanceState
    past: Sequence[AllowanceState]


@dataclass(frozen=True)
class Use:
    """What one thing, such as "time_entry:17", used of a period, positive, and on which day first."""

    source: str
    day: date
    units: int


def consumption(agreement: Agreement, at: datetime, *, most: int) -> Consumption | None:
    """How an agreement's allowance is used, with at most so many periods before; None without one."""
    today = today_at(at)
    ledger = ledger_of(agreement, today=today)
    place = ledger.place(agreement.pk, today)
    if place is None:
        return None
    state = ledger.state_at(place)
    before = [ledger.state_at(at_) for at_ in range(max(0, place - most), place)]
    return Consumption(state, [one for one in before if one.unit == state.unit])


def uses_of(agreement: Agreement, state: AllowanceState) -> list[Use]:
    """What was booked in a period and not taken back, the latest day first."""
    lines = _lines_of(agreement, state).filter(kind__in=[Kind.BOOKING, Kind.REVERSAL])
    units: dict[str, int] = defaultdict(int)
    days: dict[str, date] = {}
    for source, day, sum_ in lines.order_by().values_list("source", "day").annotate(sum=Sum("units")):
        units[source] -= sum_
        days[source] = min(days.get(source, day), day)
    uses = [Use(source, days[source], used) for source, used in units.items() if used]
    return sorted(uses, key=lambda use: (use.day, use.source), reverse=True)


def corrections_of(agreement: Agreement, state: AllowanceState) -> list[AllowanceEntry]:
    """The corrections by hand in a period, with their reasons, the oldest first."""
    return list(_lines_of(agreement, state).filter(kind=Kind.CORRECTION).order_by("id"))


def _lines_of(agreement: Agreement, state: AllowanceState) -> QuerySet[AllowanceEntry]:
    lines = AllowanceEntry.objects.filter(agreement=agreement, unit=state.unit, period=state.period)
    lines = lines.filter(period_starts_on__gte=state.calendar_starts_on)
    return lines.filter(period_starts_on__lte=state.period_ends_on) if state.period_ends_on else lines
