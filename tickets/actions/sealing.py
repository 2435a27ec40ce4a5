"""Moving bytes between the open and the held: encrypted with a key of their own, streamed, never in between.

Rows come first, files follow: whatever a crash leaves behind is a file that no row names, or an open file
beside a row that is held. `tidying` takes both away.
"""

import hashlib
import mimetypes
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from lib.crypto import new_key
from lib.sealed_files import Streamed, sealed, unsealed
from lib.uploads import clean_file_name
from tickets.models import Attachment, HeldFile
from tickets.models.held_files import held_name
from tickets.models.messages import storage_name

BINARY = "application/octet-stream"


def store_sealed(held: HeldFile, content: File[bytes], *, name: str) -> None:
    """Write the bytes encrypted below `held/`; the row keeps the key and the name, sealed."""
    key = new_key()
    path = held_name(held, "")
    default_storage.delete(path)
    held.file.name = default_storage.save(path, Streamed(lambda: sealed(content.chunks(), key), path))
    held.sealed = {"key": key, "name": name}


def store_open(attachment: Attachment, content: File[bytes]) -> None:
    """Write an ordinary file of a message, and its checksum."""
    digest, size = hashlib.sha256(), 0

    def pieces() -> Iterator[bytes]:
        nonlocal size
        for piece in content.chunks():
            digest.update(piece)
            size += len(piece)
            yield piece

    path = storage_name(attachment, "")
    default_storage.delete(path)
    attachment.file.name = default_storage.save(path, Streamed(pieces, path))
    attachment.size, attachment.sha256 = size, digest.hexdigest()


def new_attachment(*, key: str, name: str | None) -> Attachment:
    """The row of a file that is about to be stored; its name is a label and harmless."""
    label = clean_file_name(name)
    return Attachment(key=key, name=label, size=0, content_type=mimetypes.guess_type(label)[0] or BINARY)


def opened(held: HeldFile) -> tuple[str, File[bytes]]:
    """The name and the bytes of a held file. Error: lib.crypto.Unreadable."""
    key, name = held.sealed["key"], held.sealed["name"]

    def pieces() -> Iterator[bytes]:
        with default_storage.open(held.file.name or "", "rb") as lines:
            yield from unsealed(lines, key)

    return name, Streamed(pieces, name)


def forget_later(path: str | None) -> None:
    """Delete a file once what replaces it is committed; where that fails, the sweep does it."""

    def forget() -> None:
        throw_away([path] if path else [])

    transaction.on_commit(forget)


def throw_away(paths: list[str]) -> None:
    """Delete what was written for a message that is not kept."""
    for path in paths:
        with suppress(OSError):
            default_storage.delete(path)


def destroy(held: HeldFile, *, at: datetime) -> None:
    """The row stays, the key goes with this transaction and the bytes follow."""
    forget_later(held.file.name)
    held.sealed, held.file.name, held.deleted_at = None, "", at
    held.save(update_fields=["sealed", "file", "deleted_at"])
