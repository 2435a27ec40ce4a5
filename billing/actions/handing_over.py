"""Handing statements over to bookkeeping: once each; the files can be fetched again and again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from billing.models import Statement
from billing.rules.periods import Month


@transaction.atomic
def hand_over(*, month: Month, by: User, at: datetime | None = None) -> int:
    """Mark the month's statements that bookkeeping does not have yet. Returns how many."""
    at = at or timezone.now()
    waiting = Statement.objects.of_month(month.starts_on).not_handed_over()
    rows = list(waiting.select_for_update().order_by("pk"))
    for statement in rows:
        statement.handed_over_at, statement.handed_over_by_name = at, by.display_name
        statement.save(update_fields=["handed_over_at", "handed_over_by_name"])
        auditing.record(by=by, verb="statement.handed_over", what=statement, at=at)
    return len(rows)
