"""Reading gates: what may be done for a customer at a moment. Of a case: `tickets.queries.gates`."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.utils.timezone import localtime

from contracts.models import ProcessingAgreement
from contracts.queries.standings import company_zone, standing_of
from contracts.rules.gate_wording import gate_words
from contracts.rules.gates import Capability, CaseConsents, DpaFact, Gate, decide, decide_all


def dpa_facts(customer_ids: Iterable[int]) -> dict[int, list[DpaFact]]:
    """The data-processing agreements of these customers as facts, by customer id."""
    facts: dict[int, list[DpaFact]] = defaultdict(list)
    for dpa in ProcessingAgreement.objects.filter(customer_id__in=list(customer_ids)).order_by("id"):
        facts[dpa.customer_id].append(dpa.as_fact())
    return facts


def customer_gate(
    customer_id: int, capability: Capability, at: datetime, consents: CaseConsents | None = None
) -> Gate:
    """Whether this may be done for a customer at a moment."""
    return decide(
        capability,
        at=at,
        dpas=dpa_facts([customer_id])[customer_id],
        has_agreement=standing_of(customer_id, at).in_force,
        consents=consents,
    )


def customer_gates(
    customer_id: int, at: datetime, consents: CaseConsents | None = None
) -> dict[Capability, Gate]:
    """Every gate of a customer at a moment."""
    return decide_all(
        at=at,
        dpas=dpa_facts([customer_id])[customer_id],
        has_agreement=standing_of(customer_id, at).in_force,
        consents=consents,
    )


def gate_reason(gate: Gate, at: datetime, language: str) -> str:
    """Why a gate is open or closed, as somebody in the company reads it at a moment."""
    zone = company_zone()
    return gate_words(gate.reasons, language, today=localtime(at, zone).date(), zone=zone)
