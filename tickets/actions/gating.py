"""Asking the gate before something real happens: every action that a gate guards calls `require`."""

from datetime import datetime

from contracts.actions.standing_changes import lock_customers
from contracts.rules.gates import Capability, Gate
from tickets.models import Ticket, WorkKind
from tickets.queries.gates import gate_of

NEEDS: dict[str, Capability] = {
    WorkKind.REMOTE: Capability.REMOTE_SESSION,
    WorkKind.LOG_ANALYSIS: Capability.LOG_ANALYSIS,
    WorkKind.INSTALLATION: Capability.INSTALLATION,
    WorkKind.MONITORING: Capability.MONITORING,
    WorkKind.ON_SITE: Capability.ON_SITE,
}
"""What each kind of work needs; advice and travel need nothing."""


class GateClosed(Exception):
    """The gate is closed; `gate` says why and how it opens."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(gate.capability)
        self.gate = gate


def require(ticket: Ticket, capability: Capability, *, at: datetime) -> Gate:
    """The open gate, held open until the caller's transaction ends. Error: GateClosed.

    Takes the customer's row, on which gates change; callers that lock the ticket, too, lock it afterwards.
    """
    lock_customers([ticket.customer_id])
    gate = gate_of(ticket, capability, at)
    if not gate.is_open:
        raise GateClosed(gate)
    return gate


def require_kind(ticket: Ticket, work_kind: str, *, at: datetime) -> Gate | None:
    """The open gate of a kind of work; None for a kind that needs none. Error: GateClosed."""
    capability = NEEDS.get(work_kind)
    return require(ticket, capability, at=at) if capability else None
