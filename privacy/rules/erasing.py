"""What can be chosen when a person is erased, and how long the erasure looks again for late writing."""

from datetime import timedelta
from enum import StrEnum


class Part(StrEnum):
    """What goes besides the person."""

    BODIES = "bodies"
    FILES = "files"
    PROOF = "proof"


SETTLES = timedelta(minutes=10)
"""Longer than any request takes: whatever was being written meanwhile is there when it looks once more."""
LEASE = timedelta(minutes=5)
"""After so long without a sign another worker goes on with a job."""
REPLACED = {"de": "[gelöscht]", "en": "[erased]"}
NAMED = {"de": "Gelöschte Person", "en": "Erased person"}


def instead(language: str) -> str:
    """What stands in texts where the person was named; in the firm's language."""
    return REPLACED["de" if language.startswith("de") else "en"]


def name_after(language: str, contact_id: int) -> str:
    """What the contact is called from then on: apart from others, and nothing of the person."""
    return f"{NAMED['de' if language.startswith('de') else 'en']} {contact_id}"
