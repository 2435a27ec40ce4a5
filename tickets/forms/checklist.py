"""Adding a step to a ticket's checklist, and what can be done with one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.rules.gates import Capability, Gate
from lib.verbatim import VerbatimField
from tickets.actions import checklist
from tickets.forms.kinds import WorkKindField
from tickets.forms.refusals import attempt
from tickets.models import ChecklistItem, Ticket, WorkKind


class StepForm(forms.Form):
    """A new step. `gates`: of the ticket at `now`, where the page knows them already."""

    prefix = "step"
    text = VerbatimField(
        label=_("New step"),
        max_length=checklist.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    work_kind = WorkKindField(initial=WorkKind.ADVICE)

    def __init__(
        self,
        *args: Any,
        ticket: Ticket,
        user: User,
        now: datetime,
        gates: Mapping[Capability, Gate],
        **kwargs: Any,
    ) -> None:
        self.ticket = ticket
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["work_kind"].mark(gates, now)  # type: ignore[attr-defined]

    def went_well(self) -> bool:
        """Whether the step was added."""
        return self.is_valid() and attempt(self, self._add)

    def _add(self) -> None:
        typed = self.cleaned_data
        checklist.add(ticket=self.ticket, text=typed["text"], work_kind=typed["work_kind"], by=self.user)


STEPS: Mapping[str, Callable[[ChecklistItem, User], object]] = {
    "tick": lambda item, by: checklist.tick(item=item, is_done=True, by=by),
    "untick": lambda item, by: checklist.tick(item=item, is_done=False, by=by),
    "up": lambda item, by: checklist.move(item=item, is_up=True, by=by),
    "down": lambda item, by: checklist.move(item=item, is_up=False, by=by),
    "remove": lambda item, by: checklist.remove(item=item, by=by),
}
"""What can be done with a step, by the last part of the address."""
