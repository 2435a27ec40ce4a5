"""Giving phones to calls and taking them back: a claim is one conditional update, with a lease."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from calls.models import AgentPhone, Call, CallPolicy
from calls.rules.deciding import AgentFact, Decision, Facts, decide, without
from lib.compiled_sql import Blanks, Update

RING_GRACE = timedelta(seconds=15)
"""A claim outlasts the ringing by so much: the telephone system has to tell how it ended."""


def _claim_if_free(blank: Blanks) -> "tuple[QuerySet[AgentPhone], dict[str, object]]":
    at = blank.moment("at")
    free = Q(claimed_call__isnull=True) | Q(claim_until__lt=at)
    rested = Q(wrap_up_until__isnull=True) | Q(wrap_up_until__lte=at)
    rows = AgentPhone.objects.filter(free, rested, pk=blank.whole("phone"), presence=AgentPhone.Presence.ON)
    given = {"claimed_call": blank.whole("call"), "claim_until": blank.moment("until")}
    return rows.exclude(device=AgentPhone.Device.UNREACHABLE), given


_CLAIM = Update(_claim_if_free)


def claim(*, phone_id: int, call: Call, until: datetime, at: datetime) -> bool:
    """Claim a phone for a call if it is still free. Returns: whether it is the call's now.

    Whoever waited here for another claim looks at the row as it is after that one, so all that has to hold
    stands in this one row.
    """
    return _CLAIM.run(phone=phone_id, call=call.pk, until=until, at=at) == 1


def claim_own(*, phone_id: int, call: Call, until: datetime, at: datetime) -> bool:
    """Claim a phone for a call that its own agent begins: whether they take calls matters not."""
    free = Q(claimed_call__isnull=True) | Q(claim_until__lt=at)
    rows = AgentPhone.objects.filter(free, pk=phone_id)
    return rows.update(claimed_call=call, claim_until=until) == 1


def claim_first(
    *, decision: Decision, facts: Facts, call: Call, at: datetime
) -> tuple[Decision, Facts, AgentFact | None]:
    """Claim the first of a decision's candidates that is still free; without one it is decided anew.

    Returns the decision that holds, the facts it rests on, and the phone.
    """
    while decision.candidates:
        first = decision.candidates[0]
        until = at + timedelta(seconds=decision.ring_seconds) + RING_GRACE
        if claim(phone_id=first.id, call=call, until=until, at=at):
            return decision, facts, first
        facts = without(facts, first.id)
        decision = decide(facts)
    return decision, facts, None


def hold(*, phone: AgentPhone, call: Call, policy: CallPolicy, at: datetime) -> None:
    """Keep a phone for a call that was answered on it, until its end or the hard limit."""
    theirs = Q(claimed_call=call) | Q(claimed_call__isnull=True) | Q(claim_until__lt=at)
    until = at + timedelta(seconds=policy.hard_limit)
    AgentPhone.objects.filter(theirs, pk=phone.pk).update(claimed_call=call, claim_until=until)


_RELEASE = Update(
    lambda blank: (
        AgentPhone.objects.filter(claimed_call_id=blank.whole("call")),
        {
            "claimed_call": None,
            "claim_until": None,
            "freed_at": blank.moment("at"),
            "wrap_up_until": blank.moment("until"),
        },
    )
)


def release(*, call: Call, at: datetime, wrap_up: int = 0) -> int:
    """Free what a call holds. `wrap_up`: seconds for notes, 0 for none. Returns how many phones it held."""
    until = at + timedelta(seconds=wrap_up) if wrap_up else None
    return _RELEASE.run(call=call.pk, at=at, until=until)


def pause_unanswered(*, call: Call, why: str, at: datetime) -> int:
    """Free and pause the phone that a call rang in vain; `why`: no_answer, busy or unreachable."""
    held = AgentPhone.objects.filter(claimed_call=call)
    return held.update(
        claimed_call=None,
        claim_until=None,
        freed_at=at,
        presence=AgentPhone.Presence.PAUSED,
        presence_reason=why,
        presence_since=at,
    )
