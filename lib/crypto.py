"""Encrypting what must not lie in the database in clear.

The first of `ENCRYPTION_KEYS` encrypts, all of them decrypt, so that a key can be replaced while the product
runs. The keys stand outside the database and outside its backups.
"""

import json
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class Unreadable(Exception):
    """None of the keys of this installation opens this text."""


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Encrypt with the first key. Returns printable ASCII."""
    return _box(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """What `encrypt` was given, with whichever key. Error: Unreadable."""
    try:
        return _box(tuple(settings.ENCRYPTION_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


class EncryptedJSONField(models.TextField[Any, Any]):
    """A JSON value that is encrypted in the database. It cannot be searched."""

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        """Decrypt what the database holds. Error: Unreadable."""
        return None if value is None else json.loads(decrypt(value))

    def get_prep_value(self, value: Any) -> str | None:
        """Encrypt what goes to the database."""
        return None if value is None else encrypt(json.dumps(value))

    def to_python(self, value: Any) -> Any:
        """Values are what JSON holds already."""
        return value
