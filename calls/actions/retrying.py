"""Trying again what calls left to be done and what was given up."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from calls.actions import chores
from calls.models import CallChore


@transaction.atomic
def retry(*, chosen: Collection[int], by: User | None, at: datetime | None = None) -> int:
    """Have these tried once more, at once. Returns how many there were; what is done is left alone."""
    rows = CallChore.objects.filter(pk__in=chosen, done_at__isnull=True).order_by("pk")
    for chore in rows:
        auditing.record(by=by, verb="call_chore.retried", what=chore, at=at, details={"error": chore.error})
        chores.again(chore=chore, at=at)
    return len(rows)
