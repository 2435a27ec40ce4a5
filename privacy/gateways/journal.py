"""The journal of erasures: a file outside of the database and of its backups.

Whoever restores a backup that is older than an erasure brings the person back; with this file the erasure is
done again. A line says which contact, when and what was chosen, and holds no personal data.
"""

import fcntl
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Line:
    """One erasure: the contact's id, when (ISO 8601), and the chosen parts."""

    contact: int
    at: str
    choices: tuple[str, ...]


def path() -> Path:
    """Where the journal lies (ERASURE_JOURNAL)."""
    return Path(settings.ERASURE_JOURNAL)


def note(line: Line) -> None:
    """Add a line and wait until the disk has it. Error: OSError; then nothing may be erased."""
    target = path()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = json.dumps({"contact": line.contact, "at": line.at, "choices": list(line.choices)}) + "\n"
    handle = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read(source: Path | None = None) -> Sequence[Line]:
    """Every line, the oldest first; none where there is no file. A line that was cut off is passed over."""
    place = source or path()
    if not place.is_file():
        return []
    return [line for text in place.read_text().splitlines() if (line := _parsed(text)) is not None]


def _parsed(text: str) -> Line | None:
    try:
        row = json.loads(text)
        return Line(int(row["contact"]), str(row["at"]), tuple(map(str, row["choices"])))
    except (ValueError, KeyError, TypeError):
        return None
