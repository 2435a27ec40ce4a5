"""Held files in words: that something is held, why, until when, and how it opens. Never what it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.template.defaultfilters import filesizeformat

from accounts.models import User
from contracts.queries.gates import Audience
from contracts.rules.gates import Capability
from tickets import access
from tickets.models import Attachment, HeldFile, Message, Ticket
from tickets.queries.gate_cards import GateCard, ticket_gates
from tickets.queries.gates import gate_of
from tickets.rules.held_wording import what_words


@dataclass(frozen=True)
class HeldLine:
    """A file or pasted text of one message that is held, or that was deleted unread."""

    pk: int
    is_text: bool
    size_label: str
    why: Sequence[str]
    held_at: datetime
    delete_at: datetime | None
    deleted_at: datetime | None


def held_lines(messages: Iterable[Message], language: str) -> Mapping[int, Sequence[HeldLine]]:
    """What is held of each of these messages (with their held files), by message id."""
    return {
        message.pk: [_line(one, language) for one in message.held_files.all() if one.released_at is None]
        for message in messages
    }


def closed_gate(
    ticket: Ticket, now: datetime, language: str, audience: Audience = "customer"
) -> GateCard | None:
    """Why logs of this case may not be read now, and what would change that; None while they may."""
    gate = gate_of(ticket, Capability.LOG_ANALYSIS, now)
    if gate.is_open:
        return None
    gates = {Capability.LOG_ANALYSIS: gate}
    return ticket_gates(ticket, now, language=language, audience=audience, gates=gates)


def has_held(ticket: Ticket) -> bool:
    """Whether anything of a ticket is held now."""
    return HeldFile.objects.held().filter(ticket=ticket).exists()


def readable_attachment(user: User, number: str, key: str, now: datetime) -> Attachment:
    """A file that this person may read at this moment.

    Error: 404, also for a log behind a gate that has just closed and whose file is not held again yet.
    """
    attachment = access.get_attachment(user, number, key)
    behind = HeldFile.objects.filter(attachment=attachment).select_related("ticket").first()
    if behind is not None and not gate_of(behind.ticket, Capability.LOG_ANALYSIS, now).is_open:
        raise Http404
    return attachment


def _line(held: HeldFile, language: str) -> HeldLine:
    return HeldLine(
        pk=held.pk,
        is_text=held.kind == HeldFile.Kind.TEXT,
        size_label=filesizeformat(held.size),
        why=what_words(held.codes, language),
        held_at=held.held_at,
        delete_at=held.delete_at,
        deleted_at=held.deleted_at,
    )
