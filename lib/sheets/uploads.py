"""A file between looking at what it would do and doing it: kept for one session, read once, then gone."""

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

SECONDS = 3600


@dataclass(frozen=True)
class KeptUpload:
    """The file as it was uploaded; `digest` tells it from another one uploaded later."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """Of the content."""
        return sha256(self.content).hexdigest()


def keep(session: Any, purpose: str, *, name: str, content: bytes) -> KeptUpload:
    """Keep a file for this session and purpose; an earlier one is discarded."""
    discard(session, purpose)
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = secrets.token_hex(24)
    path = folder / token
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)
    session[_key(purpose)] = {"token": token, "name": name}
    return KeptUpload(name, content)


def kept(session: Any, purpose: str) -> KeptUpload | None:
    """The file kept for this session and purpose; None where there is none any more."""
    entry = session.get(_key(purpose))
    if entry is None:
        return None
    path = _folder() / entry["token"]  # the session is ours: no visitor writes what is in it
    try:
        if path.stat().st_mtime < time.time() - SECONDS:
            return None
        return KeptUpload(entry["name"], path.read_bytes())
    except FileNotFoundError:
        return None


def discard(session: Any, purpose: str) -> None:
    """Delete what is kept for this session and purpose."""
    entry = session.pop(_key(purpose), None)
    if entry is not None:
        (_folder() / entry["token"]).unlink(missing_ok=True)


def forget_old() -> None:
    """Delete what nobody came back for, nor can any more."""
    folder = _folder()
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - SECONDS:
                path.unlink()


def _key(purpose: str) -> str:
    return f"upload:{purpose}"


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "uploads-to-import"
