"""Reminding ahead of the end of agreements, once for each distance."""

from datetime import date, datetime

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from accounts.actions import auditing
from contracts.actions.telling import tell_of_end
from contracts.models import Agreement, EndReminder
from contracts.queries.renewals import ending_within, today_at
from contracts.rules.renewal import decides_on, distance_due
from lib.locking import Lock, lock_exclusive

log = structlog.get_logger(__name__)


def remind(*, at: datetime | None = None) -> int:
    """Send the reminders that are due, and of several distances only the nearest. Returns how many.

    Distances count to the day that decides: the last day of notice where the agreement renews itself, else
    its last day. Idempotent; an agreement that cannot be told of is reported and left.
    """
    at = at or timezone.now()
    distances = settings.CONTRACT_REMINDER_DAYS
    told = 0
    for pk in ending_within(max(distances, default=-1), today_at(at)):
        try:
            told += _remind_of(pk, today_at(at), at)
        except (OperationalError, InterfaceError):
            raise  # a lost connection or a deadlock: the next sweep tries again
        except Exception:
            log.exception("agreement_not_reminded_of", agreement=pk)
    return told


@transaction.atomic
def _remind_of(pk: int, day: date, at: datetime) -> int:
    """One agreement, seen anew under the lock."""
    lock_exclusive(Lock.CONTRACTS)
    row = Agreement.objects.with_facts().select_related("customer").get(pk=pk)
    decides = decides_on(row.as_term())
    distance = distance_due(row.as_term(), day, settings.CONTRACT_REMINDER_DAYS)
    if distance is None or decides is None:
        return 0
    told = EndReminder.objects.filter(agreement=row, last_day=decides, days_before__lte=distance)
    if told.exists():
        return 0
    EndReminder.objects.create(agreement=row, last_day=decides, days_before=distance, at=at)
    details = {"last_day": decides.isoformat(), "days_before": distance}
    auditing.record(by=None, verb="agreement.reminded", what=row, at=at, details=details)
    tell_of_end(agreement=row, at=at)
    return 1
