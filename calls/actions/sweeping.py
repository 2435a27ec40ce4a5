"""What nobody told us of: claims that ran out, calls that were lost. May run any number of times."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from calls.actions import announcing, claiming, ending
from calls.models import AgentPhone, Call, CallPolicy, OnCall, PhoneSystem
from calls.queries.policy import policy_row

State = Call.State
SILENT = timedelta(minutes=2)
"""A call that waits asks every few seconds, and one that rings is told of within its lease."""
RESULT_GRACE = timedelta(seconds=10)
"""How ringing ended may be told so long after the lease of the phone that rang."""
LONGEST_RECORDING = timedelta(minutes=10)
COMPARED = timedelta(seconds=90)
"""Three comparisons' time. Where the channels were compared so lately they tell which calls are over, not the
silence: people may talk although nobody told that it was answered."""
TELLS_LITTLE = (PhoneSystem.Kind.PLACETEL, PhoneSystem.Kind.EVENTS)
"""These ask once, and are silent until somebody answers or hangs up."""
ASKS = (State.NEW, State.WAITING, State.OFFERED)


def sweep(*, at: datetime | None = None) -> int:
    """Free the phones whose claim ran out, end the calls that were lost. Returns how many of both."""
    at = at or timezone.now()
    ids = list(lost_calls(at).order_by("pk").values_list("pk", flat=True))
    return sum(_end_if_lost(pk, at) for pk in ids) + free_lapsed(at=at)


@transaction.atomic
def _end_if_lost(call_id: int, at: datetime) -> bool:
    """End a call, unless something was told of it in the meantime. Returns: whether it was lost."""
    if lost_calls(at).select_for_update(of=("self",)).filter(pk=call_id).first() is None:
        return False
    return ending.end_lost(call_id=call_id, cause="lost", at=at)


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
    policy = policy_row()
    limit = at - timedelta(seconds=policy.hard_limit)
    tells_little = Q(system__kind__in=TELLS_LITTLE)
    is_compared = Q(system__reconciled_at__gte=at - COMPARED, system__reconcile_error="")
    asks = Q(state__in=ASKS, seen_at__lt=at - SILENT)
    rings = Q(state=State.RINGING, seen_at__lt=at - _longest_ringing(policy))
    silent = (asks | rings) & ~tells_little & ~is_compared
    forgotten = tells_little & Q(state__in=(*ASKS, State.RINGING), seen_at__lt=limit)
    records = Q(state=State.RECORDING, seen_at__lt=at - LONGEST_RECORDING)
    talks = Q(state=State.CONNECTED, answered_at__lt=limit)
    return Call.objects.filter(silent | forgotten | records | talks)


def _longest_ringing(policy: CallPolicy) -> timedelta:
    """How long a call may ring until we are told how that ended."""
    on_call = OnCall.objects.aggregate(longest=Max("ring_seconds"))["longest"] or 0
    rings = timedelta(seconds=max(policy.ring_seconds, on_call))
    return max(SILENT, rings + claiming.RING_GRACE + RESULT_GRACE)
