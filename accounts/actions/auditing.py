"""Writing the audit trail."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.models import AuditEntry, AuditValues, User
from accounts.rules.chain import commitment_of
from lib.locking import try_lock_name

BATCH = 2_000
SALT_BYTES = 16


@transaction.atomic(savepoint=False)
def record(
    *,
    by: User | None,
    verb: str,
    what: models.Model,
    at: datetime | None = None,
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one line to the audit trail.

    `by` is None for the system itself; `verb` is a dotted code such as ``agreement.changed``;
    `details` is JSON without bodies or secrets.
    """
    entry = _line(by, verb, what, str(what), details or {}, at=at or timezone.now())
    entry.save(force_insert=True)
    entry.personal.entry_id = entry.pk
    entry.personal.save(force_insert=True)
    return entry


@transaction.atomic(savepoint=False)
def record_many(
    *,
    by: User | None,
    verb: str,
    what: Iterable[tuple[models.Model, str, dict[str, Any]]],
    at: datetime | None = None,
) -> None:
    """Append a line for each of many rows, with its label and details, in a few statements."""
    now = at or timezone.now()
    lines = (_line(by, verb, row, label, details, at=now) for row, label, details in what)
    while some := list(islice(lines, BATCH)):
        entries = AuditEntry.objects.bulk_create(some)
        for entry in entries:
            entry.personal.entry_id = entry.pk
        AuditValues.objects.bulk_create(entry.personal for entry in entries)


@transaction.atomic
def record_view(
    *,
    by: User,
    verb: str,
    what: models.Model,
    at: datetime | None = None,
    details: dict[str, Any] | None = None,
) -> AuditEntry | None:
    """Append that somebody saw personal data: once a person, thing and hour, however often they reload.

    `verb` says what was seen, such as ``ticket.seen``. Returns the line; None where there is one already.
    """
    now = at or timezone.now()
    kind, key, who = what._meta.label_lower, str(what.pk), by.looker or by
    if not try_lock_name(f"seen.{who.pk}.{verb}.{kind}.{key}"):
        return None  # another request of the same person is writing this very line
    hour = now.replace(minute=0, second=0, microsecond=0)
    seen = AuditEntry.objects.filter(object_kind=kind, object_id=key, verb=verb, actor_id=who.pk)
    if seen.filter(at__gte=hour).exists():
        return None
    return record(by=by, verb=verb, what=what, at=now, details=details)


def _line(
    by: User | None, verb: str, what: models.Model, label: str, details: dict[str, Any], *, at: datetime
) -> AuditEntry:
    """A line with its values (`personal`), not saved. Who looks with another's eyes answers for it."""
    if by is not None and by.looker is not None:
        details = {**details, "eyes_of": by.pk}
        by = by.looker
    values = AuditValues(
        salt=secrets.token_hex(SALT_BYTES),
        actor_name=by.display_name if by else "",
        object_label=label[:250],
        details=details,
    )
    commitment = commitment_of(
        salt=values.salt, actor_name=values.actor_name, object_label=values.object_label, details=details
    )
    entry = AuditEntry(
        at=at,
        actor_id=by.pk if by else None,
        verb=verb,
        object_kind=what._meta.label_lower,
        object_id=str(what.pk),
        customer_id=_customer_of(what),
        commitment=commitment,
    )
    values.entry = entry
    return entry


def _customer_of(what: models.Model, depth: int = 2) -> int | None:
    """Whose the row is, as far as that is known without asking the database."""
    if what._meta.label_lower == "customers.customer":
        return int(what.pk)
    found = getattr(what, "customer_id", None) if "customer_id" in what.__dict__ else None
    if isinstance(found, int) or not depth:
        return found if isinstance(found, int) else None
    for near in what._state.fields_cache.values():
        if isinstance(near, models.Model) and (found := _customer_of(near, depth - 1)):
            return found
    return None
