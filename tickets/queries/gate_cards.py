"""What may be done for a customer, as pages show it: capabilities, reasons, and what opens what is closed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from contracts.queries.gates import Audience, GateLine, Way, advice_only, customer_gates, gate_lines
from contracts.rules.gates import Capability, Gate
from tickets.models import Ticket
from tickets.queries.gates import gates_of


@dataclass(frozen=True)
class WayLine:
    """A step that opens what is closed, and where it is taken ("" where there is no page for it)."""

    text: str
    url: str


@dataclass(frozen=True)
class GateCard:
    """The gates of a case or a customer.

    `reason`: what most of them say, said once and taken out of the lines; "" where each says its own.
    `advice`: what closed gates still permit, "" where all are open.
    """

    lines: Sequence[GateLine]
    reason: str
    ways: Sequence[WayLine]
    advice: str

    @property
    def is_open(self) -> bool:
        """Whether everything is allowed."""
        return all(line.is_open for line in self.lines)


def ticket_gates(
    ticket: Ticket,
    at: datetime,
    *,
    language: str,
    audience: Audience = "agent",
    gates: Mapping[Capability, Gate] | None = None,
) -> GateCard:
    """What may be done on a ticket; the customer reads of the directory on the page of their contract.

    `gates`: the ticket's at that moment, where they are known already.
    """
    gates = dict(gates_of(ticket, at) if gates is None else gates)
    if audience == "customer":
        gates.pop(Capability.DIRECTORY, None)
    return _card(gates, at, language, audience, ticket)


def gates_of_customer(customer_id: int, at: datetime, *, language: str) -> GateCard:
    """What may be done for a customer whatever the case, in the customer's words."""
    return gates_in_words(customer_gates(customer_id, at), at, language=language)


def gates_for_agents(customer_id: int, at: datetime, *, language: str) -> GateCard:
    """What may be done for a customer whatever the case, in the words of the desk."""
    return _card(customer_gates(customer_id, at), at, language, "agent", None)


def gates_in_words(gates: Mapping[Capability, Gate], at: datetime, *, language: str) -> GateCard:
    """Some gates of a customer whatever the case, in the customer's words."""
    return _card(gates, at, language, "customer", None)


def _card(
    gates: Mapping[Capability, Gate], at: datetime, language: str, audience: Audience, ticket: Ticket | None
) -> GateCard:
    lines = gate_lines(gates, at, language, audience)
    reason, said = Counter(line.reason for line in lines).most_common(1)[0]
    if said > 1:
        lines = [replace(line, reason=_besides(line.reason, reason)) for line in lines]
    closed = [line for line in lines if not line.is_open]
    ways = {way.code: way for line in closed for way in line.ways}
    if ticket is None:  # consents are for one case
        ways.pop("way.consents", None)
    return GateCard(
        lines=lines,
        reason=reason if said > 1 else "",
        ways=[WayLine(way.text, _address(way, audience, ticket)) for way in ways.values()],
        advice=advice_only(language, audience) if closed else "",
    )


def _besides(words: str, said: str) -> str:
    """What a line says that was not said already."""
    return "; ".join(part for part in words.split("; ") if part not in said.split("; "))


def _address(way: Way, audience: Audience, ticket: Ticket | None) -> str:
    """Where a way is gone: at the desk, or in the portal. "" where there is no page for it."""
    if audience == "customer":
        pages = {"way.consents": "", "way.agreement": reverse("portal:contract")}
        return pages.get(way.code, reverse("portal:dpa"))
    if way.dpa_id is not None:
        return reverse("dpa:dpa", args=[way.dpa_id])
    if way.code == "way.request" and ticket is not None:
        return f"{reverse('dpa:new')}?{urlencode({'q': ticket.customer.name})}"
    if way.code == "way.consents" and ticket is not None:
        return reverse("desk:consents", args=[ticket.number])
    return ""
