"""Writing the audit trail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import AuditEntry, User


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
    return AuditEntry.objects.create(
        at=at or timezone.now(),
        actor_id=by.pk if by else None,
        actor_name=by.display_name if by else "",
        verb=verb,
        object_kind=what._meta.label_lower,
        object_id=str(what.pk),
        object_label=str(what)[:250],
        details=details or {},
    )


def record_many(
    *,
    by: User | None,
    verb: str,
    what: Iterable[tuple[models.Model, str, dict[str, Any]]],
    at: datetime | None = None,
) -> None:
    """Append a line for each of many rows, with its label and details, in a few statements."""
    now = at or timezone.now()
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(
                at=now,
                actor_id=by.pk if by else None,
                actor_name=by.display_name if by else "",
                verb=verb,
                object_kind=row._meta.label_lower,
                object_id=str(row.pk),
                object_label=label[:250],
                details=details,
            )
            for row, label, details in what
        ),
        batch_size=2_000,
    )
