"""What nobody told us of: claims that ran out, calls that were lost. May run any number of times."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from calls.actions import announcing, ending
from calls.models import AgentPhone, Call
from calls.queries.policy import policy_row

State = Call.State
SILENT = timedelta(minutes=2)
"""A call that waits asks every few seconds, and one that rings is told of within its lease."""
LONGEST_RECORDING = timedelta(minutes=10)


def sweep(*, at: datetime | None = None) -> int:
    """Free the phones whose claim ran out, end the calls that were lost. Returns how many of both."""
    at = at or timezone.now()
    ids = list(lost_calls(at).order_by("pk").values_list("pk", flat=True))
    ended = sum(ending.end_lost(call_id=pk, cause="lost", at=at) for pk in ids)
    return ended + free_lapsed(at=at)


def free_lapsed(*, at: datetime) -> int:
    """Free the phones whose claim ran out, as of that moment. Returns how many."""
    lapsed = AgentPhone.objects.filter(claimed_call__isnull=False, claim_until__lt=at)
    phones = list(lapsed.values_list("pk", flat=True))
    count = lapsed.update(claimed_call=None, freed_at=F("claim_until"), claim_until=None)
    if count:
        announcing.changed(*phones)
    return count


def lost_calls(at: datetime) -> QuerySet[Call]:
    """Open calls of which nobody will tell any more."""
    limit = timedelta(seconds=policy_row().hard_limit)
    silent = Q(state__in=(State.NEW, State.WAITING, State.OFFERED), seen_at__lt=at - SILENT)
    rings = Q(state=State.RINGING, seen_at__lt=at - SILENT)
    records = Q(state=State.RECORDING, seen_at__lt=at - LONGEST_RECORDING)
    talks = Q(state=State.CONNECTED, answered_at__lt=at - limit)
    return Call.objects.filter(silent | rings | records | talks)
