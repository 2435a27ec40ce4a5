"""Reading gates of a case: the customer's, with the consents of everybody concerned by this ticket."""

from datetime import datetime

from contracts.queries.gates import customer_gate, customer_gates
from contracts.rules.gates import Capability, CaseConsents, ConsentFact, Gate
from tickets.models import ConsentList, DataSubject, Ticket


def consents_of(ticket: Ticket) -> CaseConsents:
    """Everybody concerned by a ticket, with their consents, in three queries."""
    subjects = DataSubject.objects.filter(ticket=ticket).prefetch_related("consents")
    return CaseConsents(
        subjects=tuple(
            tuple(
                ConsentFact(frozenset(one.capabilities), one.given_at, one.withdrawn_at)
                for one in subject.consents.all()
            )
            for subject in subjects
        ),
        is_complete=ConsentList.objects.filter(ticket=ticket).exists(),
    )


def gate_of(ticket: Ticket, capability: Capability, at: datetime) -> Gate:
    """Whether this may be done for a ticket at a moment."""
    return customer_gate(ticket.customer_id, capability, at, consents_of(ticket))


def gates_of(ticket: Ticket, at: datetime) -> dict[Capability, Gate]:
    """Every gate of a ticket at a moment."""
    return customer_gates(ticket.customer_id, at, consents_of(ticket))
