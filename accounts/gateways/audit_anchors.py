"""Anchors of the audit trail: hashes of its chain in a file, out of reach of whoever reaches the tables."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

HEAD, CUT, RESTORED = "head", "cut", "restored"
TAIL = 4_096
"""The last bytes of the file, which hold its last line."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """At that moment the line of this number had this hash, and was the last one (or last deleted)."""

    at: str
    kind: str
    number: int
    hash: str


def file() -> Path:
    """Where the anchors lie."""
    return Path(settings.DATA_DIR) / "audit" / "anchors.jsonl"


def drop(*, kind: str, number: int, hash: str, at: datetime) -> None:  # noqa: A002 (as the column is called)
    """Append an anchor; when this returns it is on disk. Error: OSError."""
    path = file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps(asdict(Anchor(at.isoformat(timespec="seconds"), kind, number, hash)))
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "rb+") as opened:
        is_torn = opened.seek(0, os.SEEK_END) and opened.seek(-1, os.SEEK_END) and opened.read(1) != b"\n"
        opened.write((b"\n" if is_torn else b"") + line.encode() + b"\n")
        opened.flush()
        os.fsync(opened.fileno())


def all_anchors() -> list[Anchor]:
    """Every anchor, oldest first; a line that a crash tore is none."""
    try:
        text = file().read_text()
    except FileNotFoundError:
        return []
    return [anchor for line in text.splitlines() if (anchor := _read(line))]


def last_anchor() -> Anchor | None:
    """The newest anchor."""
    try:
        with file().open("rb") as opened:
            opened.seek(max(0, opened.seek(0, os.SEEK_END) - TAIL))
            lines = opened.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    return next((anchor for line in reversed(lines) if (anchor := _read(line))), None)


def set_aside(at: datetime) -> None:
    """Begin a new file, keeping the old one beside it: the database is another one now."""
    path = file()
    if path.exists():
        path.rename(path.with_name(f"anchors-until-{at:%Y%m%dT%H%M%S}.jsonl"))


def _read(line: str) -> Anchor | None:
    try:
        return Anchor(**json.loads(line))
    except (ValueError, TypeError):
        return None
