"""A customer's allowance in their own words: what is left, how it was used, and for which tickets."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from contracts.models import Agreement
from contracts.queries.allowances import AllowanceState
from contracts.queries.consumption import Use, consumption, corrections_of, uses_of
from contracts.rules.allowance_words import say_beyond, say_period, say_period_short, say_units
from lib.languages import page_language
from lib.reasons import say_day
from portal.rules.consumption_chart import Amount, Chart, chart_of
from tickets.access import visible_tickets
from tickets.models import Ticket, TimeEntry

PAST = 5
"""How many periods before the one that runs are shown."""
ENTRY = "time_entry:"


@dataclass(frozen=True)
class PeriodRow:
    """One period in words."""

    name: str
    total: str
    carried: str
    used: str
    left: str
    is_current: bool


@dataclass(frozen=True)
class UsedFor:
    """What one ticket that the reader may see took of the period."""

    ticket: Ticket
    day: str
    units: str


@dataclass(frozen=True)
class Corrected:
    """A correction by hand, with its reason."""

    day: str
    units: str
    reason: str


@dataclass(frozen=True)
class AllowanceCard:
    """Everything about an allowance that its customer reads. Amounts and days are in words."""

    period: str
    left: str
    used: str
    total: str
    carried: str
    percent: int
    is_used_up: bool
    until: str
    carries_over: bool
    beyond: str
    chart: Chart | None
    rows: Sequence[PeriodRow]
    used_for: Sequence[UsedFor]
    others: int
    others_units: str
    corrections: Sequence[Corrected]


def allowance_card(agreement_id: int, user: User, now: datetime) -> AllowanceCard | None:
    """The allowance of an agreement as its customer's contact may read it; None without one."""
    agreement = Agreement.objects.get(pk=agreement_id)
    found = consumption(agreement, now, most=PAST)
    if found is None:
        return None
    state, language = found.state, page_language()
    every = [*found.past, state]
    used_for, hidden = _by_ticket(uses_of(agreement, state), user, state.unit)
    return AllowanceCard(
        period=_name(state),
        left=say_units(state.unit, state.left, language),
        used=say_units(state.unit, state.used, language),
        total=say_units(state.unit, state.total, language),
        carried=say_units(state.unit, state.carried, language) if state.carried else "",
        percent=state.percent,
        is_used_up=state.left == 0,
        until=say_day(state.period_ends_on, language) if state.period_ends_on else "",
        carries_over=state.carries_over,
        beyond=say_beyond(state.overrun, language),
        chart=chart_of([_amount(one) for one in every]) if found.past else None,
        rows=[_row(one, is_current=one is state) for one in reversed(every)],
        used_for=used_for,
        others=len(hidden),
        others_units=say_units(state.unit, sum(hidden.values()), language),
        corrections=[
            Corrected(say_day(line.day, language), _signed(state.unit, line.units), line.note)
            for line in corrections_of(agreement, state)
        ],
    )


def _name(state: AllowanceState) -> str:
    return say_period(state.period, state.period_starts_on, state.period_ends_on, page_language())


def _amount(state: AllowanceState) -> Amount:
    label = say_period_short(state.period, state.period_starts_on, page_language())
    return Amount(label=label, total=state.total, used=state.used)


def _row(state: AllowanceState, *, is_current: bool) -> PeriodRow:
    language = page_language()
    return PeriodRow(
        name=_name(state),
        total=say_units(state.unit, state.total, language),
        carried=say_units(state.unit, state.carried, language) if state.carried else "",
        used=say_units(state.unit, state.used, language),
        left=say_units(state.unit, max(0, state.total - state.used), language),
        is_current=is_current,
    )


def _signed(unit: str, units: int) -> str:
    said = say_units(unit, units, page_language())
    return f"+{said}" if units > 0 else said


def _by_ticket(uses: Sequence[Use], user: User, unit: str) -> tuple[list[UsedFor], dict[int, int]]:
    """What was used per ticket: of those the reader may see in words, of the others the units by id."""
    entries = {int(use.source.removeprefix(ENTRY)): use for use in uses if use.source.startswith(ENTRY)}
    ticket_of = dict(TimeEntry.objects.filter(pk__in=entries).values_list("pk", "ticket_id"))
    units: dict[int, int] = defaultdict(int)
    days: dict[int, Use] = {}
    for pk, use in entries.items():
        ticket_id = ticket_of.get(pk, 0)
        units[ticket_id] += use.units
        days.setdefault(ticket_id, use)
    units[0] += sum(use.units for use in uses if not use.source.startswith(ENTRY))
    visible = visible_tickets(user).in_bulk(list(units))
    language = page_language()
    shown = [
        UsedFor(visible[pk], say_day(use.day, language), say_units(unit, units[pk], language))
        for pk, use in days.items()
        if pk in visible
    ]
    return shown, {pk: used for pk, used in units.items() if pk not in visible and used}
