"""Reading gates: what may be done for a customer at a moment. Of a case: `tickets.queries.gates`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.timezone import localtime

from contracts.models import ProcessingAgreement
from contracts.queries.standings import company_zone, standing_of
from contracts.rules.gate_wording import TABLE, capability_name
from contracts.rules.gate_wording_customers import CUSTOMERS_TABLE
from contracts.rules.gates import Capability, CaseConsents, DpaFact, Gate, decide, decide_all, decide_over
from lib.reasons import Reason, reason, say

Audience = Literal["agent", "customer"]
_TABLES = {"agent": TABLE, "customer": CUSTOMERS_TABLE}


@dataclass(frozen=True)
class Way:
    """One step that would open a gate, in words.

    `code` and `dpa_id` (of the agreement it is about) are for a link to where it is done.
    """

    code: str
    text: str
    dpa_id: int | None = None


@dataclass(frozen=True)
class GateLine:
    """A gate in words."""

    capability: Capability
    label: str
    is_open: bool
    reason: str
    ways: Sequence[Way]


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


def customer_gate_over(
    customer_id: int,
    capability: Capability,
    start: datetime,
    end: datetime,
    consents: CaseConsents | None = None,
) -> Gate:
    """Whether this could be done for a customer over the whole of [start, end)."""
    return decide_over(
        capability,
        start=start,
        end=end,
        dpas=dpa_facts([customer_id])[customer_id],
        has_agreement=standing_of(customer_id, start).in_force,
        consents=consents,
    )


def gate_reason(gate: Gate, at: datetime, language: str, audience: Audience = "agent") -> str:
    """Why a gate is open or closed, as somebody in the company reads it at a moment."""
    return _words(gate.reasons, at, language, audience)


def gate_ways(gate: Gate, at: datetime, language: str, audience: Audience = "agent") -> list[Way]:
    """What would open a closed gate, each by its code and in words, the next step first."""
    return [
        Way(one.code, _words((one,), at, language, audience), dpa_id=_id(one.params.get("dpa_id")))
        for one in gate.ways
    ]


def gate_lines(
    gates: Mapping[Capability, Gate], at: datetime, language: str, audience: Audience = "agent"
) -> list[GateLine]:
    """Gates in words, in their order."""
    return [
        GateLine(
            capability=capability,
            label=capability_name(capability, language),
            is_open=gate.is_open,
            reason=gate_reason(gate, at, language, audience),
            ways=gate_ways(gate, at, language, audience),
        )
        for capability, gate in gates.items()
    ]


def advice_only(language: str, audience: Audience = "agent") -> str:
    """What closed gates still permit, in words."""
    return say(reason("gate.advice_only"), language[:2], _TABLES[audience])


def _id(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _words(reasons: Sequence[Reason], at: datetime, language: str, audience: Audience) -> str:
    zone = company_zone()
    today = localtime(at, zone).date()
    said = (say(one, language[:2], _TABLES[audience], today=today, zone=zone) for one in reasons)
    return "; ".join(said)
