"""What a backup says of itself, sealed so that nobody can change it unnoticed."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

FORMAT = "vorrang backup 1"
NAME = "manifest.json"
CHUNK = 1 << 20


class Refused(Exception):
    """Why nothing was done, in a sentence for whoever gave the command."""


@dataclass(frozen=True)
class Checked:
    """Size in bytes and checksum of one file."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "Checked":
        """Read the file. Error: OSError."""
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
        return cls(size, digest.hexdigest())


@dataclass(frozen=True)
class Manifest:
    """One backup. `tables`: rows of each; `missing` and `damaged`: files that were not as their row says."""

    version: str
    created_at: str
    postgres: int
    keys: Sequence[str]
    migrations: Sequence[str]
    tables: Mapping[str, int]
    dump: Checked
    files: Mapping[str, Checked]
    missing: Sequence[str] = field(default_factory=list)
    damaged: Sequence[str] = field(default_factory=list)

    @property
    def moment(self) -> datetime:
        """When it was taken."""
        return datetime.fromisoformat(self.created_at)

    def write(self, folder: Path, keys: Sequence[str]) -> None:
        """Write it, sealed with the first key."""
        entries: dict[str, Any] = {"format": FORMAT, **asdict(self)}
        entries["seal"] = _seal(entries, keys[0])
        path = folder / NAME
        path.touch(mode=0o600)
        path.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n")


def read(folder: Path, keys: Sequence[str]) -> Manifest:
    """Read the manifest of a backup that these keys fit. Error: Refused."""
    entries = _entries(folder)
    if entries.get("format") != FORMAT:
        raise Refused(f"{folder} was made by another version of Vorrang: {entries.get('format')!r}.")
    _refuse_strange_keys(entries, keys)
    seal = entries.pop("seal", "")
    if not any(hmac.compare_digest(str(seal), _seal(entries, key)) for key in keys):
        raise Refused(f"{folder / NAME} was changed after the backup was taken.")
    del entries["format"]
    manifest = Manifest(
        **{
            **entries,
            "dump": Checked(**entries["dump"]),
            "files": {name: Checked(**each) for name, each in entries["files"].items()},
        }
    )
    _refuse_strange_names(manifest)
    return manifest


def fingerprint(key: str) -> str:
    """By which a key is known again; it says nothing about the key."""
    return hmac.new(key.encode(), b"fingerprint of a backup", hashlib.sha256).hexdigest()[:16]


def _seal(entries: Mapping[str, Any], key: str) -> str:
    text = json.dumps(entries, sort_keys=True, separators=(",", ":"))
    own_key = hmac.new(key.encode(), b"seal of a backup", hashlib.sha256).digest()
    return hmac.new(own_key, text.encode(), hashlib.sha256).hexdigest()


def _entries(folder: Path) -> dict[str, Any]:
    try:
        entries = json.loads((folder / NAME).read_text())
    except (FileNotFoundError, NotADirectoryError):
        raise Refused(
            f"{folder} is no whole backup: it has no {NAME}. (A backup that was interrupted leaves a folder"
            " whose name ends in .partial; it cannot be restored.)"
        ) from None
    except ValueError:
        raise Refused(f"{folder / NAME} cannot be read: it was damaged or changed.") from None
    return entries if isinstance(entries, dict) else {}


def _refuse_strange_keys(entries: Mapping[str, Any], keys: Sequence[str]) -> None:
    wanted, ours = list(entries.get("keys", [])), {fingerprint(key) for key in keys}
    lacking = [each for each in wanted if each not in ours]
    if lacking or not wanted:
        raise Refused(
            f"Your encryption keys do not fit this backup: {len(lacking)} of its {len(wanted)} keys"
            f" ({', '.join(lacking)}) are not among yours ({', '.join(sorted(ours))}). Set ENCRYPTION_KEYS"
            " as it was where the backup was taken; without the setting, the key is the file"
            " encryption_key in that DATA_DIR."
        )


def _refuse_strange_names(manifest: Manifest) -> None:
    for name in manifest.files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise Refused(f"The backup names a file outside of its folder: {name!r}.")
