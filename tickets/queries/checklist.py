"""The steps of a ticket's work, as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.queries.gates import gate_reason
from contracts.rules.gates import Capability, Gate
from tickets.models import ChecklistItem, Ticket, WorkKind
from tickets.queries.gates import NEEDS


@dataclass(frozen=True)
class StepLine:
    """A step. `kind` is "" for advice, `closed` why it may not be done now ("" where it may)."""

    pk: int
    text: str
    kind: str
    done_at: datetime | None
    done_by: str
    closed: str


@dataclass(frozen=True)
class Checklist:
    """A ticket's steps in their order."""

    steps: Sequence[StepLine]

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(one.done_at is not None for one in self.steps)


def checklist_of(
    ticket: Ticket, gates: Mapping[Capability, Gate], *, language: str, now: datetime
) -> Checklist:
    """The steps of a ticket, in one query; `gates` are the ticket's at this moment."""
    items = ChecklistItem.objects.filter(ticket=ticket).select_related("done_by")
    return Checklist([_line(one, gates, language, now) for one in items])


def _line(item: ChecklistItem, gates: Mapping[Capability, Gate], language: str, now: datetime) -> StepLine:
    needs = NEEDS.get(item.work_kind)
    gate = gates[needs] if needs else None
    return StepLine(
        pk=item.pk,
        text=item.text,
        kind="" if item.work_kind == WorkKind.ADVICE else item.get_work_kind_display(),
        done_at=item.done_at,
        done_by=item.done_by.display_name if item.done_by else "",
        closed="" if gate is None or gate.is_open else gate_reason(gate, now, language),
    )
