"""Held files in words: that something is held, why, until when, and how it opens. Never what it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import Http404
from django.template.defaultfilters import filesizeformat

from accounts.models import User
from contracts.queries.gates import Audience, customer_gate
from contracts.rules.gates import Capability, Gate
from customers.models import Customer
from tickets import access
from tickets.models import Attachment, HeldFile, Message, Ticket
from tickets.queries.gate_cards import GateCard, gates_in_words, ticket_gates
from tickets.queries.gates import gate_of
from tickets.rules.held_wording import what_words


@dataclass(frozen=True)
class HeldLine:
    """A file or pasted text of one message that is held, or that was deleted unread."""

    pk: int
    is_text: bool
    size_label: str
    why_by_code: Mapping[str, str]
    held_at: datetime
    delete_at: datetime | None
    deleted_at: datetime | None

    @property
    def why(self) -> Sequence[str]:
        """What gave it away, in words."""
        return list(self.why_by_code.values())


@dataclass(frozen=True)
class HeldCard:
    """What of one message is held. `gate`: why and what would change that, where it is to be said."""

    lines: Sequence[HeldLine]
    gate: GateCard | None = None


def held_of(
    messages: Sequence[Message], ticket: Ticket, now: datetime, language: str, audience: Audience
) -> dict[int, HeldCard]:
    """What is held of these messages (in their order, with their held files), by message id.

    Why is said once, at the newest message of which something is held now.
    """
    lines = {one.pk: held_lines(one, language) for one in messages}
    cards = {pk: HeldCard(some) for pk, some in lines.items() if some}
    open_ones = [pk for pk, some in lines.items() if any(line.deleted_at is None for line in some)]
    if open_ones:
        newest = open_ones[-1]
        gate = closed_gate(ticket, now, language, audience)
        cards[newest] = replace(cards[newest], gate=gate)
    return cards


def held_lines(message: Message, language: str) -> list[HeldLine]:
    """What of a message (with its held files) is held, or was deleted unread."""
    return [_line(one, language) for one in message.held_files.all() if one.released_at is None]


def closed_gate_of_customer(customer: Customer, now: datetime, language: str) -> GateCard | None:
    """Why logs of a case that this customer is about to file may not be read; None if they may."""
    gate = customer_gate(customer.pk, Capability.LOG_ANALYSIS, now)
    if gate.is_open:
        return None
    return gates_in_words({Capability.LOG_ANALYSIS: gate}, now, language=language)


def closed_gate(
    ticket: Ticket, now: datetime, language: str, audience: Audience = "customer"
) -> GateCard | None:
    """Why logs of this case may not be read now, and what would change that; None while they may."""
    gate = gate_of(ticket, Capability.LOG_ANALYSIS, now)
    if gate.is_open:
        return None
    gates = {Capability.LOG_ANALYSIS: gate}
    return ticket_gates(ticket, now, language=language, audience=audience, gates=gates)


def file_gate(held: HeldFile, at: datetime) -> Gate:
    """The gate before one file (with its ticket): the case's, and its sender's where the case was moved.

    So a log does not become readable by calling the case somebody else's.
    """
    gate = gate_of(held.ticket, Capability.LOG_ANALYSIS, at)
    if not gate.is_open or held.customer_id == held.ticket.customer_id:
        return gate
    return customer_gate(held.customer_id, Capability.LOG_ANALYSIS, at)


def has_held(ticket: Ticket) -> bool:
    """Whether anything of a ticket is held now."""
    return HeldFile.objects.held().filter(ticket=ticket).exists()


def was_held(message: Message) -> bool:
    """Whether anything of a message is held now."""
    return HeldFile.objects.held().filter(message=message).exists()


def readable_attachment(user: User, number: str, key: str, now: datetime) -> Attachment:
    """A file that this person may read at this moment.

    Error: 404, also for a log behind a gate that has just closed and whose file is not held again yet.
    """
    attachment = access.get_attachment(user, number, key)
    behind = HeldFile.objects.filter(attachment=attachment).select_related("ticket").first()
    if behind is not None and not file_gate(behind, now).is_open:
        raise Http404
    return attachment


def _line(held: HeldFile, language: str) -> HeldLine:
    return HeldLine(
        pk=held.pk,
        is_text=held.kind == HeldFile.Kind.TEXT,
        size_label=filesizeformat(held.size),
        why_by_code=dict(zip(held.codes, what_words(held.codes, language), strict=True)),
        held_at=held.held_at,
        delete_at=held.delete_at,
        deleted_at=held.deleted_at,
    )
