"""Choosing the kind of work: what the customer's gates forbid cannot be chosen, and says why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from contracts.queries.gates import gate_reason
from lib.languages import page_language
from tickets.actions.gating import NEEDS
from tickets.models import Ticket, WorkKind
from tickets.queries.gates import kinds_of_gates


class _KindSelect(forms.Select):
    """Names the kinds that are closed with the reason; those that were never open cannot be chosen."""

    notes: Mapping[str, str] = {}
    barred: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        if note := self.notes.get(str(value)):
            option["label"] = note % {"kind": label}
        if str(value) in self.barred and not option["selected"]:
            option["attrs"]["disabled"] = True
        return option


class WorkKindField(forms.ChoiceField):
    """A kind of work; `ask` says what is allowed on one ticket."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": gettext_lazy("Kind of work"),
                "choices": WorkKind.choices,
                "widget": _KindSelect,
                **options,
            }
        )

    def ask(self, ticket: Ticket, at: datetime, *, is_past: bool) -> frozenset[str]:
        """Mark what is closed on a ticket. Returns the kinds that are closed at this moment.

        `is_past`: work that was done before is chosen, for which a gate may have been open at that time.
        """
        gates, language = kinds_of_gates(ticket, at), page_language()
        closed = {
            kind: gates[capability] for kind, capability in NEEDS.items() if not gates[capability][0].is_open
        }
        self.widget.notes = {
            kind: _note(gate_reason(gate, at, language), is_reachable=is_past and was_open)
            for kind, (gate, was_open) in closed.items()
        }
        barred = (kind for kind, (_gate, was_open) in closed.items() if not (is_past and was_open))
        self.widget.barred = frozenset(map(str, barred))
        return frozenset(map(str, closed))


def _note(why: str, *, is_reachable: bool) -> str:
    """A pattern around the kind, in which a percent sign of the reason is none."""
    why = why.replace("%", "%%")
    if is_reachable:
        return gettext("%(kind)s (only for work before: %(why)s)").replace("%(why)s", why)
    return gettext("%(kind)s (not allowed: %(why)s)").replace("%(why)s", why)
