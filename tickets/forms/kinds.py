"""Choosing the kind of work: what the customer's gates forbid cannot be chosen, and says why."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from contracts.queries.gates import gate_reason
from contracts.rules.gates import Capability, Gate
from lib.languages import page_language
from tickets.models import Ticket, WorkKind
from tickets.queries.gates import NEEDS, kinds_of_gates


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
    """A kind of work; `ask` says what is allowed on one ticket, and `why` why not everything is."""

    why = ""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": gettext_lazy("Kind of work"),
                "choices": WorkKind.choices,
                "widget": _KindSelect,
                **options,
            }
        )

    def ask(self, ticket: Ticket, at: datetime) -> frozenset[str]:
        """Mark what is closed on a ticket, for work that was done before.

        A gate that was open at any time up to now can be chosen: the action asks about the time of the work.
        Returns the kinds that are closed now.
        """
        gates = kinds_of_gates(ticket, at)
        reachable = {one for one, (_gate, was_open) in gates.items() if was_open}
        return self.mark({one: gate for one, (gate, _was) in gates.items()}, at, reachable=reachable)

    def mark(
        self, gates: Mapping[Capability, Gate], at: datetime, *, reachable: Collection[Capability] = ()
    ) -> frozenset[str]:
        """Mark what is closed by these gates at this moment; what is `reachable` can still be chosen."""
        closed = {str(kind): needs for kind, needs in NEEDS.items() if not gates[needs].is_open}
        language = page_language()
        self.widget.notes = {
            kind: _note(gate_reason(gates[needs], at, language), is_reachable=needs in reachable)
            for kind, needs in closed.items()
        }
        barred = [kind for kind, needs in closed.items() if needs not in reachable]
        self.widget.barred = frozenset(barred)
        if barred:
            why = gate_reason(gates[closed[barred[0]]], at, language)
            self.why = gettext("Not everything is allowed: %(why)s.") % {"why": why}
        return frozenset(closed)


def _note(why: str, *, is_reachable: bool) -> str:
    """A pattern around the kind, in which a percent sign of the reason is none."""
    why = why.replace("%", "%%")
    if is_reachable:
        return gettext("%(kind)s (only for work before: %(why)s)").replace("%(why)s", why)
    return gettext("%(kind)s (not allowed: %(why)s)").replace("%(why)s", why)
