"""Reading gates of a case: the customer's, with the consents of everybody concerned by this ticket."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from contracts.queries import standing_of, standings_of
from contracts.queries.gates import customer_gate, customer_gate_over, customer_gates, dpa_facts
from contracts.rules.gates import (
    Capability,
    CaseConsents,
    ConsentFact,
    Gate,
    closed_since,
    decide_all,
    was_open_before,
)
from tickets.models import ConsentList, DataSubject, Ticket, WorkKind

NEEDS: dict[str, Capability] = {
    WorkKind.REMOTE: Capability.REMOTE_SESSION,
    WorkKind.LOG_ANALYSIS: Capability.LOG_ANALYSIS,
    WorkKind.INSTALLATION: Capability.INSTALLATION,
    WorkKind.MONITORING: Capability.MONITORING,
    WorkKind.ON_SITE: Capability.ON_SITE,
}
"""What each kind of work needs; advice and travel need nothing."""

Consents = dict[int, tuple[ConsentFact, ...]]


def consents_of(ticket: Ticket) -> CaseConsents:
    """Everybody concerned by a ticket, with their consents, in one query."""
    return consents_of_many([ticket.pk])[ticket.pk]


def consents_of_many(ticket_ids: Iterable[int]) -> dict[int, CaseConsents]:
    """Everybody concerned by each of these tickets, with their consents, in one query."""
    complete = Exists(ConsentList.objects.filter(ticket=OuterRef("ticket_id")))
    rows = DataSubject.objects.counting().filter(ticket_id__in=list(ticket_ids)).order_by("id")
    columns = ("consents__capabilities", "consents__given_at", "consents__withdrawn_at")
    people: dict[int, Consents] = defaultdict(dict)
    finished: dict[int, bool] = {}
    for ticket_id, pk, is_complete, *one in rows.values_list("ticket_id", "pk", complete, *columns):
        finished[ticket_id] = is_complete
        capabilities, given_at, withdrawn_at = one
        given = (ConsentFact(frozenset(capabilities), given_at, withdrawn_at),) if given_at else ()
        people[ticket_id][pk] = (*people[ticket_id].get(pk, ()), *given)
    known = {
        ticket_id: CaseConsents(tuple(subjects.values()), finished[ticket_id])
        for ticket_id, subjects in people.items()
    }
    return defaultdict(CaseConsents, known)


def gate_of(ticket: Ticket, capability: Capability, at: datetime) -> Gate:
    """Whether this may be done for a ticket at a moment."""
    return customer_gate(ticket.customer_id, capability, at, consents_of(ticket))


def gate_over(ticket: Ticket, capability: Capability, start: datetime, end: datetime) -> Gate:
    """Whether this could be done for a ticket over the whole of [start, end)."""
    return customer_gate_over(ticket.customer_id, capability, start, end, consents_of(ticket))


def closing_of(ticket: Ticket, capability: Capability, start: datetime, end: datetime) -> datetime | None:
    """When after `start`, until `end`, the gate of a ticket closed; None where it stayed open."""
    return closed_since(
        capability,
        start=start,
        end=end,
        dpas=dpa_facts([ticket.customer_id])[ticket.customer_id],
        has_agreement=standing_of(ticket.customer_id, end).in_force,
        consents=consents_of(ticket),
    )


def kinds_of_gates(ticket: Ticket, at: datetime) -> dict[Capability, tuple[Gate, bool]]:
    """Every gate of a ticket at a moment, each with whether it was open at that moment or ever before."""
    dpas, consents = dpa_facts([ticket.customer_id])[ticket.customer_id], consents_of(ticket)
    covered = standing_of(ticket.customer_id, at).in_force
    gates = decide_all(at=at, dpas=dpas, has_agreement=covered, consents=consents)
    return {
        one: (
            gate,
            gate.is_open or was_open_before(one, at=at, dpas=dpas, has_agreement=covered, consents=consents),
        )
        for one, gate in gates.items()
    }


def gates_of(ticket: Ticket, at: datetime) -> dict[Capability, Gate]:
    """Every gate of a ticket at a moment."""
    return customer_gates(ticket.customer_id, at, consents_of(ticket))


def gates_of_many(tickets: Sequence[Ticket], at: datetime) -> dict[int, dict[Capability, Gate]]:
    """Every gate of each of these tickets at a moment, by ticket id; as many queries as for one."""
    customers = {one.customer_id for one in tickets}
    dpas, standings = dpa_facts(customers), standings_of(customers, at)
    consents = consents_of_many(one.pk for one in tickets)
    return {
        one.pk: decide_all(
            at=at,
            dpas=dpas[one.customer_id],
            has_agreement=standings[one.customer_id].in_force,
            consents=consents[one.pk],
        )
        for one in tickets
    }
