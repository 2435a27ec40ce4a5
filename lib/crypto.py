"""Encrypting what must not lie in the database in clear.

The first of `ENCRYPTION_KEYS` encrypts, all of them decrypt, so that a key can be replaced while the product
runs: a new one goes in front, `manage.py rotate_keys` encrypts everything anew, then the old one goes. The
keys stand outside the database and outside its backups.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import models

EncryptedColumn = tuple[type[models.Model], "EncryptedJSONField"]


class Unreadable(Exception):
    """None of the keys of this installation opens this text."""


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def new_key() -> str:
    """A key as `ENCRYPTION_KEYS` takes it."""
    return Fernet.generate_key().decode()


def encrypt(text: str) -> str:
    """Encrypt with the first key. Returns printable ASCII."""
    return _box(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """What `encrypt` was given, with whichever key. Error: Unreadable."""
    return _open(sealed, settings.ENCRYPTION_KEYS)


def is_current(sealed: str) -> bool:
    """Whether the first key opens it."""
    try:
        _open(sealed, settings.ENCRYPTION_KEYS[:1])
    except Unreadable:
        return False
    return True


def _open(sealed: str, keys: Sequence[str]) -> str:
    try:
        return _box(tuple(keys)).decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise Unreadable from error


class Sealed:
    """Stands in for a value that no key opens, so that a list still shows the row it belongs to.

    Using it says what is wrong; saving the row leaves it as it is.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return "(unreadable)"

    def __getitem__(self, _: object) -> Any:
        raise Unreadable

    def __iter__(self) -> Iterator[Any]:
        raise Unreadable

    def get(self, *_: object) -> Any:
        """Error: Unreadable, as for everything that is asked of it."""
        raise Unreadable


class EncryptedJSONField(models.TextField[Any, Any]):
    """A JSON value that is encrypted in the database. It cannot be searched."""

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        """Decrypt what the database holds; `Sealed` where no key does."""
        if value is None:
            return None
        try:
            return json.loads(decrypt(value))
        except Unreadable:
            return Sealed(value)

    def get_prep_value(self, value: Any) -> str | None:
        """Encrypt what goes to the database."""
        if value is None or isinstance(value, Sealed):
            return value.text if value else None
        return encrypt(json.dumps(value))

    def to_python(self, value: Any) -> Any:
        """Values are what JSON holds already."""
        return value


def encrypted_columns() -> list[EncryptedColumn]:
    """Every encrypted column of every table, in a fixed order."""
    return [
        (model, field)
        for model in sorted(apps.get_models(), key=lambda model: model._meta.label)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_fields
        if isinstance(field, EncryptedJSONField)
    ]


def check_keys(**_: Any) -> list[CheckMessage]:
    """A system check: each key is one. The message does not repeat it."""
    return [
        Error(
            f"Number {number} of ENCRYPTION_KEYS is not a key.",
            hint="Make one with `manage.py encryption_key`. Keys are separated by commas.",
            id="vorrang.E001",
        )
        for number, key in enumerate(settings.ENCRYPTION_KEYS, start=1)
        if not _is_key(key)
    ]


def _is_key(text: str) -> bool:
    try:
        Fernet(text)
    except ValueError:
        return False
    return True
