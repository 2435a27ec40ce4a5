"""Asking the gate before something real happens: every action that a gate guards calls one of these."""

from datetime import datetime

from django.utils import timezone

from contracts.actions.standing_changes import lock_customers
from contracts.queries.gates import customer_gate
from contracts.rules.gates import Capability, Gate
from lib.locking import Lock, lock_shared
from lib.log_likeness import log_blocks
from tickets.models import Ticket
from tickets.queries.gates import NEEDS, gate_of, gate_over


class GateClosed(Exception):
    """The gate is closed; `gate` says why and how it opens. `at`: the moment that was asked about."""

    def __init__(self, gate: Gate, at: datetime) -> None:
        super().__init__(gate.capability)
        self.gate = gate
        self.at = at


class LogInText(Exception):
    """A text that is no message looks like a log, and logs of this case may not be read: nothing is kept.

    `field` is the text's name. As a message it would be held.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def require(ticket: Ticket, capability: Capability, *, at: datetime | None = None) -> Gate:
    """The open gate, held open until the caller's transaction ends. Error: GateClosed.

    Takes the customer's row, on which gates change; callers that lock the ticket, too, lock it afterwards.
    Without `at` it is asked about the moment at which the row is ours: whoever waited for a change to be
    committed gets the answer after it.
    """
    hold_customer(ticket)
    moment = at or timezone.now()
    return _opened(gate_of(ticket, capability, moment), moment)


def require_of_customer(customer_id: int, capability: Capability, *, at: datetime | None = None) -> Gate:
    """The open gate of a customer where there is no case yet, held open likewise. Error: GateClosed."""
    lock_shared(Lock.QUEUE)
    lock_customers([customer_id])
    moment = at or timezone.now()
    return _opened(customer_gate(customer_id, capability, moment), moment)


def require_kind(ticket: Ticket, work_kind: str, *, at: datetime | None = None) -> Gate | None:
    """The open gate of a kind of work; None for a kind that needs none. Error: GateClosed."""
    capability = NEEDS.get(work_kind)
    return require(ticket, capability, at=at) if capability else None


def require_kind_over(ticket: Ticket, work_kind: str, *, start: datetime, end: datetime) -> Gate | None:
    """The gate of a kind of work that was done over [start, end): it was open all that time, or GateClosed.

    None for a kind that needs none. Locks as `require` does.
    """
    capability = NEEDS.get(work_kind)
    if capability is None:
        return None
    hold_customer(ticket)
    return _opened(gate_over(ticket, capability, start, max(start, end)), start)


def require_no_log(ticket: Ticket, *, at: datetime | None = None, **texts: str) -> None:
    """Where logs of a case may not be read, none stands in these texts, by name. Error: LogInText.

    Locks as `require` does where there is one: whoever holds the ticket has held its customer before.
    """
    for field, text in texts.items():
        if log_blocks(text):
            try:
                require(ticket, Capability.LOG_ANALYSIS, at=at)
            except GateClosed as refusal:
                raise LogInText(field) from refusal


def hold_customer(ticket: Ticket) -> None:
    """Lock the queue (shared), then the customer whose the ticket is now; the ticket comes afterwards."""
    lock_shared(Lock.QUEUE)
    locked: set[int] = set()
    while (customer_id := _customer_id(ticket)) not in locked:
        lock_customers([customer_id])
        locked.add(customer_id)
    ticket.customer_id = customer_id


def _customer_id(ticket: Ticket) -> int:
    return Ticket.objects.values_list("customer_id", flat=True).get(pk=ticket.pk)


def _opened(gate: Gate, at: datetime) -> Gate:
    if not gate.is_open:
        raise GateClosed(gate, at)
    return gate
