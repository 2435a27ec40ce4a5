"""Adding a message with its files to a ticket: the building block of opening, replying and noting."""

import hashlib
import mimetypes
import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath

from django.core.files.base import File

from accounts.models import User
from customers.models import Contact
from tickets.models import Attachment, Message, Ticket

MAX_FILE_NAME = 200
NewFile = File[bytes]
"""An uploaded file as the doors hand it in."""

_UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')


def add_message(
    *,
    ticket: Ticket,
    body: str,
    author_name: str,
    channel: Ticket.Channel | str,
    at: datetime,
    author: User | None = None,
    contact: Contact | None = None,
    is_internal: bool = False,
    files: Sequence[File[bytes]] = (),
) -> Message:
    """Write one message, its body unchanged, and store its files. Runs inside the caller's transaction.

    A transaction that fails leaves files without rows, never rows without files.
    """
    message = Message.objects.create(
        ticket=ticket,
        author=author,
        contact=contact,
        author_name=author_name,
        body=body,
        is_internal=is_internal,
        channel=str(channel),
        at=at,
    )
    for new_file in files:
        _attach(message, new_file)
    return message


def clean_file_name(name: str | None) -> str:
    """The sender's name for a file as a harmless label: no path, no control or direction characters."""
    normal = unicodedata.normalize("NFKC", name or "")
    label = _UNSAFE_IN_NAMES.sub("_", normal).strip(" .")
    if len(label) <= MAX_FILE_NAME:
        return label or "file"
    suffix = PurePosixPath(label).suffix[:20]
    return label[: MAX_FILE_NAME - len(suffix)] + suffix


def _attach(message: Message, new_file: File[bytes]) -> Attachment:
    name = clean_file_name(new_file.name)
    digest = hashlib.sha256()
    for chunk in new_file.chunks():
        digest.update(chunk)
    attachment = Attachment(
        message=message,
        key=secrets.token_urlsafe(32),
        name=name,
        size=new_file.size or 0,
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        sha256=digest.hexdigest(),
    )
    attachment.file.save(name, new_file, save=False)
    attachment.save(force_insert=True)
    return attachment
