"""Replacing the key that encrypts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast

from lib.crypto import EncryptedColumn, Unreadable, decrypt, encrypt, encrypted_columns, is_current

BATCH = 500


@dataclass
class Rotation:
    """What became of one column. `unreadable`: the primary keys of rows that no key opens."""

    column: str
    rotated: int = 0
    current: int = 0
    unreadable: list[object] = field(default_factory=list)


def rotate() -> Iterator[Rotation]:
    """Encrypt everything with the first key, column by column, batch by batch.

    A row that is changed meanwhile is left to whoever changed it, who used the first key. Stopping in the
    middle loses nothing: the next run goes over what is done already.
    """
    for column in encrypted_columns():
        yield _rotate_column(column)
    yield _rotate_authenticators()


def _rotate_column(column: EncryptedColumn) -> Rotation:
    model, encrypted = column
    found = Rotation(f"{model._meta.label}.{encrypted.name}")
    last: object = None
    while batch := _batch(column, last):
        with transaction.atomic():
            for key, sealed in batch:
                _rotate_row(column, key, sealed, found)
        last = batch[-1][0]
    return found


def _batch(column: EncryptedColumn, after: object) -> list[tuple[object, str]]:
    """The next rows as they lie in the database."""
    rows = _sealed(column).exclude(as_it_lies=None).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.values_list("pk", "as_it_lies")[:BATCH])


def _rotate_row(column: EncryptedColumn, key: object, sealed: str, found: Rotation) -> None:
    if is_current(sealed):
        found.current += 1
        return
    try:
        anew = encrypt(decrypt(sealed))
    except Unreadable:
        found.unreadable.append(key)
        return
    changed = (
        _sealed(column)
        .filter(pk=key, as_it_lies=sealed)
        .update(**{column[1].name: Value(anew, output_field=TextField())})
    )
    found.rotated += changed


def _sealed(column: EncryptedColumn) -> models.QuerySet[models.Model]:
    """The rows with what the column holds, not opened."""
    model, encrypted = column
    return model._base_manager.annotate(as_it_lies=Cast(F(encrypted.name), TextField()))


def _rotate_authenticators() -> Rotation:
    """The secrets of authenticator apps and recovery codes, which lie within rows of allauth."""
    found = Rotation("mfa.Authenticator.data")
    for key in list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)):
        _rotate_authenticator(key, found)
    return found


@transaction.atomic
def _rotate_authenticator(key: int, found: Rotation) -> None:
    row = Authenticator.objects.select_for_update().filter(pk=key).first()
    sealed = {name: row.data[name] for name in ("secret", "seed") if name in row.data} if row else {}
    if row is None or not sealed:  # gone meanwhile, or a passkey, which holds nothing secret
        return
    if all(is_current(text) for text in sealed.values()):
        found.current += 1
        return
    try:
        row.data |= {name: encrypt(decrypt(text)) for name, text in sealed.items()}
    except Unreadable:
        found.unreadable.append(key)
        return
    row.save(update_fields=["data"])
    found.rotated += 1
