"""Holding what looks like a log from a customer whose gate is closed: files, and blocks of pasted text.

Called by `add_message`, and so by every door at once. The gate is asked last, when all bytes are here and the
customer's row is locked: an upload that began while it was open is held if it is closed by then.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.utils import timezone

from accounts.actions import auditing
from accounts.queries.company import firm
from contracts.rules.gates import Capability
from lib.log_likeness import Likeness, judge_file, log_blocks
from lib.uploads import clean_file_name
from tickets.actions import placing, sealing
from tickets.actions.held_news import tell_sender
from tickets.models import Attachment, HeldFile, Message, Ticket
from tickets.models.held_files import held_name
from tickets.models.messages import storage_name
from tickets.queries.gates import gate_of
from tickets.rules.held_wording import cut_sentence, pasted_name

NewFile = File[bytes]


@dataclass(frozen=True)
class _Likely:
    """A file or a block of the text that looks like a log. `key`: its random name, wherever it lies."""

    kind: HeldFile.Kind
    name: str
    content: NewFile
    likeness: Likeness
    key: str


@dataclass
class TakenIn:
    """What became of a message's files: stored bytes, and the rows to be saved once the message has one."""

    body: str
    attachments: list[Attachment] = field(default_factory=list)
    held: list[HeldFile] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """Where bytes may lie by now."""
        return [
            *(storage_name(one, "") for one in self.attachments),
            *(held_name(one, "") for one in self.held),
        ]


def take_in(
    taken: TakenIn, *, ticket: Ticket, files: Sequence[NewFile], at: datetime, is_live: bool
) -> TakenIn:
    """Store a message's files: the ordinary ones open, the others as the gate says at this moment.

    The caller has locked the customer's row. `taken` is filled step by step, so that what a failing disk
    leaves behind can be thrown away. Error: OSError.
    """
    likely: list[_Likely] = []
    for new_file in files:
        likeness = judge_file(clean_file_name(new_file.name), new_file.file or new_file)
        if likeness:
            likely.append(_likely_file(new_file, likeness))
        else:
            _store_open(taken, secrets.token_urlsafe(32), new_file, new_file.name)
    blocks = log_blocks(taken.body)
    if likely and _is_open(ticket, at, is_live=is_live):
        _let_through(taken, likely, ticket, at)
    if (likely or blocks) and not _is_open(ticket, at, is_live=is_live):
        _take_back(taken, likely)
        taken.body, cut = _cut(taken.body, blocks, _language(ticket))
        for one in (*likely, *cut):
            _hold(taken, one, ticket, at)
    elif likely and not taken.held:  # it opened this very moment
        _let_through(taken, likely, ticket, at)
    return taken


def _is_open(ticket: Ticket, at: datetime, *, is_live: bool) -> bool:
    """Whether the gate is open now; for what happened elsewhere, whether it was then."""
    return gate_of(ticket, Capability.LOG_ANALYSIS, timezone.now() if is_live else at).is_open


def save(taken: TakenIn, message: Message, *, at: datetime, is_live: bool) -> None:
    """Write the rows of a message's files, and tell of what is held."""
    for attachment in taken.attachments:
        attachment.message = message
    for row in taken.held:
        row.message = message
    Attachment.objects.bulk_create(taken.attachments)
    HeldFile.objects.bulk_create(taken.held)
    held = [one for one in taken.held if one.is_held]
    if not held:
        return
    for one in held:
        auditing.record(
            by=message.author,
            verb="held_file.held",
            what=one,
            at=at,
            details={"ticket": message.ticket.number, "kind": one.kind, "why": list(one.codes)},
        )
    placing.record(message.ticket, "files_held", by=None, at=at, files=len(held))
    if is_live:
        tell_sender(message, at=at)


def deadline(at: datetime) -> datetime:
    """When what is held from this moment on is deleted (HELD_FILE_DAYS)."""
    return at + timedelta(days=settings.HELD_FILE_DAYS)


def _likely_file(new_file: NewFile, likeness: Likeness) -> _Likely:
    name = clean_file_name(new_file.name)
    return _Likely(HeldFile.Kind.FILE, name, new_file, likeness, secrets.token_urlsafe(32))


def _store_open(taken: TakenIn, key: str, content: NewFile, name: str | None) -> Attachment:
    attachment = sealing.new_attachment(key=key, name=name)
    taken.attachments.append(attachment)
    sealing.store_open(attachment, content)
    return attachment


def _let_through(taken: TakenIn, likely: Sequence[_Likely], ticket: Ticket, at: datetime) -> None:
    """File them, and remember that they stand behind the gate: they are held again when it closes."""
    for one in likely:
        attachment = _store_open(taken, one.key, one.content, one.name)
        row = _row(one, ticket, at)
        row.released_at, row.attachment = at, attachment
        taken.held.append(row)


def _take_back(taken: TakenIn, likely: Sequence[_Likely]) -> None:
    """The gate closed while they were being stored."""
    keys = {one.key for one in likely}
    sealing.throw_away([storage_name(one, "") for one in taken.attachments if one.key in keys])
    taken.attachments = [one for one in taken.attachments if one.key not in keys]
    taken.held = [one for one in taken.held if one.key not in keys]


def _hold(taken: TakenIn, one: _Likely, ticket: Ticket, at: datetime) -> None:
    row = _row(one, ticket, at)
    row.delete_at = deadline(at)
    taken.held.append(row)
    sealing.store_sealed(row, one.content, name=one.name)


def _row(one: _Likely, ticket: Ticket, at: datetime) -> HeldFile:
    return HeldFile(
        ticket=ticket,
        customer_id=ticket.customer_id,
        kind=one.kind,
        key=one.key,
        size=one.content.size or 0,
        codes=list(one.likeness.codes),
        held_at=at,
    )


def _cut(body: str, blocks: Sequence[tuple[int, int]], language: str) -> tuple[str, list[_Likely]]:
    """The text with a plain sentence in place of each block, and the blocks."""
    cut: list[_Likely] = []
    for number, (start, end) in reversed(list(enumerate(blocks, start=1))):
        block = body[start:end]
        content = ContentFile(block.encode())
        name = pasted_name(number, language)
        key = secrets.token_urlsafe(32)
        cut.append(_Likely(HeldFile.Kind.TEXT, name, content, Likeness(("log_lines",)), key))
        body = body[:start] + cut_sentence(len(block.splitlines()), language) + body[end:]
    return body, cut[::-1]


def _language(ticket: Ticket) -> str:
    """The customer's: their contact's, or the firm's."""
    return (ticket.contact.language if ticket.contact else "") or firm().language
