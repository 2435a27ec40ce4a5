"""What is left of a customer's allowance, in words beside a ticket."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from contracts.models import Agreement, Allowance
from contracts.queries.allowances import allowance_left
from contracts.rules.allowance_words import say_period, say_units

Overrun = Allowance.Overrun


@dataclass(frozen=True)
class AllowanceWords:
    """An allowance now: `beyond` says what happens with work beyond it."""

    agreement_id: int
    left: str
    used: str
    total: str
    period: str
    percent: int
    is_used_up: bool
    beyond: str


def allowance_words(agreement_id: int | None, *, language: str, now: datetime) -> AllowanceWords | None:
    """What is left of an agreement's allowance; None where there is no agreement or nothing is limited."""
    if agreement_id is None:
        return None
    state = allowance_left(Agreement.objects.get(pk=agreement_id), now)
    if state is None:
        return None
    return AllowanceWords(
        agreement_id=agreement_id,
        left=say_units(state.unit, state.left, language),
        used=say_units(state.unit, state.used, language),
        total=say_units(state.unit, state.total, language),
        period=say_period(state.period, state.period_starts_on, state.period_ends_on, language),
        percent=state.percent,
        is_used_up=state.left == 0,
        beyond={
            Overrun.REFUSE: _("Work beyond it is refused."),
            Overrun.ASK: _("For work beyond it the customer is asked first."),
            Overrun.BILL: _("Work beyond it is billed by the price list."),
        }[Overrun(state.overrun)],
    )
