"""Announcing that targets have to be reckoned anew: the service hours or a level's terms have changed."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from contracts.models import ServiceHours, ServiceLevel, TermsChange
from lib.locking import Lock, lock_exclusive
from lib.waking import wake

Terms = tuple[int | None, int, str, bool]


def terms_of(level: ServiceLevel) -> Terms | None:
    """What of a level, as it is stored, decides its deadlines besides the targets; None for a new one."""
    stored = ServiceLevel.objects.filter(pk=level.pk)
    return stored.values_list("hours_id", "grace_minutes", "warn_at", "pauses_for_third_party").first()


def hold_terms() -> None:
    """Wait for whoever is writing contracts or deadlines, and keep others from it until the transaction ends.

    A deadline is written under the queue's lock. So one that is written now is seen by the recalculation,
    and one that is written later is of the new terms.
    """
    lock_exclusive(Lock.CONTRACTS)
    lock_exclusive(Lock.QUEUE)


@transaction.atomic
def announce_terms_changed(
    *,
    hours: ServiceHours | None = None,
    level: ServiceLevel | None = None,
    by: User | None,
    at: datetime | None = None,
) -> TermsChange:
    """Note that everybody's deadlines under these hours or this level are to be reckoned anew.

    Call it inside the transaction that changed them, with one of the two, after `hold_terms`. Changed hours
    of the company concern every level without hours of its own. The tickets sweep the rows that are not
    applied (`tickets.recalculate_deadlines`, which this wakes); one that waits already is enough.
    """
    waiting = TermsChange.objects.filter(hours=hours, level=level, applied_at__isnull=True)
    change = waiting.first() or TermsChange(hours=hours, level=level)
    change.at, change.by = at or timezone.now(), by
    change.save()
    wake("tickets.recalculate_deadlines")
    return change
