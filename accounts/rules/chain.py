"""The arithmetic of the audit trail's chain: what a line promises of its personal values, and of its past."""

import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Any

BEGINNING = "0" * 64
"""What the first line of all follows."""


@dataclass(frozen=True, slots=True)
class Link:
    """What the hash of a sealed line covers besides the hash before it: all that is never erased."""

    number: int
    entry: int
    at: datetime
    actor: int | None
    verb: str
    object_kind: str
    object_id: str
    customer: int | None
    commitment: str


def commitment_of(*, salt: str, actor_name: str, object_label: str, details: dict[str, Any]) -> str:
    """SHA-256 (hex) over a salt and the personal values: shows that they are the ones, not what they are.

    Without the salt nobody can find the values by trying names; it is erased together with them.
    """
    values = _plain(json.loads(json.dumps([actor_name, object_label, details], allow_nan=False)))
    return _digest([salt, values])


def hash_of(previous: str, link: Link) -> str:
    """SHA-256 (hex) over the hash before and the line."""
    spelt = [
        each.astimezone(UTC).isoformat() if isinstance(each, datetime) else each for each in astuple(link)
    ]
    return _digest([previous, *spelt])


def _digest(value: Any) -> str:
    spelt = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(spelt.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Numbers as the database gives them back: it knows no difference between 1e3 and 1000."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
