"""Who may send alerts: a customer's monitoring, with a secret of its own that is shown once."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from accounts.models.tokens import token_digest
from tickets.models import AlertSource


@transaction.atomic
def create(*, source: AlertSource, by: User | None, at: datetime | None = None) -> str:
    """Create a source. Returns its secret, which is nowhere else."""
    at, secret = at or timezone.now(), secrets.token_urlsafe(32)
    source.token_sha256, source.created_at = token_digest(secret), at
    source.save(force_insert=True)
    auditing.record(by=by, verb="alert_source.created", what=source, at=at)
    return secret


@transaction.atomic
def change(*, source: AlertSource, by: User | None, at: datetime | None = None) -> AlertSource:
    """Change what it is called, whose and of what shape it is, and whether it may send."""
    source.save(update_fields=["customer", "name", "shape", "is_active"])
    details = {"is_active": source.is_active, "shape": source.shape}
    auditing.record(by=by, verb="alert_source.changed", what=source, at=at or timezone.now(), details=details)
    return source


@transaction.atomic
def rotate(*, source: AlertSource, by: User | None, at: datetime | None = None) -> str:
    """Give it another secret; the old one holds no longer. Returns the new one, which is nowhere else."""
    secret = secrets.token_urlsafe(32)
    source.token_sha256 = token_digest(secret)
    source.save(update_fields=["token_sha256"])
    auditing.record(by=by, verb="alert_source.rotated", what=source, at=at or timezone.now())
    return secret
