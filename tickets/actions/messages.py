"""Adding a message with its files to a ticket: the building block of opening, replying and noting."""

import hashlib
import mimetypes
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from django.core.files.base import File
from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Contact
from lib.uploads import clean_file_name
from tickets.actions.refusals import NotStored
from tickets.models import Attachment, Message, Ticket
from tickets.models.messages import storage_name

NewFile = File[bytes]
"""An uploaded file as the doors hand it in."""


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

    A transaction that fails may leave files without rows, never rows without files. Error: NotStored.
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
    stored: list[Attachment] = []
    try:
        for new_file in files:
            stored.append(_prepared(message, new_file))
            stored[-1].file.save(stored[-1].name, new_file, save=False)
    except OSError as error:
        _throw_away(stored)
        raise NotStored(_("The files cannot be kept right now. Please try again later.")) from error
    Attachment.objects.bulk_create(stored)
    return message


def _throw_away(attachments: Sequence[Attachment]) -> None:
    """Delete what was written, the beginning of the last one included."""
    for attachment in attachments:
        with suppress(OSError):
            attachment.file.storage.delete(storage_name(attachment, ""))


def _prepared(message: Message, new_file: File[bytes]) -> Attachment:
    name = clean_file_name(new_file.name)
    digest = hashlib.sha256()
    for chunk in new_file.chunks():
        digest.update(chunk)
    return Attachment(
        message=message,
        key=secrets.token_urlsafe(32),
        name=name,
        size=new_file.size or 0,
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        sha256=digest.hexdigest(),
    )
