"""What may be done for a customer, as pages show it: capabilities, reasons, and what opens what is closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse

from contracts.queries.gates import Audience, GateLine, advice_only, customer_gates, gate_lines
from contracts.rules.gates import Capability, Gate
from tickets.models import Ticket
from tickets.queries.gates import gates_of

_DESK = {
    "way.request": ("contracts:dpa_list", ()),
    "way.requested": ("contracts:dpa_list", ()),
    "way.under_review": ("contracts:dpa_list", ()),
    "way.offered": ("contracts:dpa_list", ()),
    "way.consents": ("desk:consents", ("number",)),
}
"""Where each way is gone at the desk: the page, and what of the ticket its address takes."""

_PORTAL = {
    "way.request": ("portal:dpa", ()),
    "way.requested": ("portal:dpa", ()),
    "way.under_review": ("portal:dpa", ()),
    "way.offered": ("portal:dpa", ()),
    "way.agreement": ("portal:contract", ()),
}


@dataclass(frozen=True)
class WayLine:
    """A step that opens what is closed, and where it is taken ("" where there is no page for it)."""

    text: str
    url: str


@dataclass(frozen=True)
class GateCard:
    """The gates of a case or a customer.

    `reason`: the one reason of all of them, said once; "" where they differ and each says its own.
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


def gates_in_words(gates: Mapping[Capability, Gate], at: datetime, *, language: str) -> GateCard:
    """Some gates of a customer whatever the case, in the customer's words."""
    return _card(gates, at, language, "customer", None)


def _card(
    gates: Mapping[Capability, Gate], at: datetime, language: str, audience: Audience, ticket: Ticket | None
) -> GateCard:
    lines = gate_lines(gates, at, language, audience)
    reasons = {line.reason for line in lines}
    closed = [line for line in lines if not line.is_open]
    pages = _DESK if audience == "agent" else _PORTAL
    # Consents are for one case, and the customer alone cannot record them.
    ways = {way.code: way.text for line in closed for way in line.ways}
    if ticket is None:
        ways.pop("way.consents", None)
    return GateCard(
        lines=lines,
        reason=reasons.pop() if len(reasons) == 1 else "",
        ways=[WayLine(text, _address(pages.get(code), ticket)) for code, text in ways.items()],
        advice=advice_only(language, audience) if closed else "",
    )


def _address(page: tuple[str, Sequence[str]] | None, ticket: Ticket | None) -> str:
    if page is None:
        return ""
    name, wanted = page
    try:
        return reverse(name, args=[getattr(ticket, one) for one in wanted])
    except NoReverseMatch:
        return ""
