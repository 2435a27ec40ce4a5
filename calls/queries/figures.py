"""How the phone stands: figures for whoever watches the installation, cheap at any number of calls kept."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from accounts.models import User
from calls.models import AgentPhone, Call, CallChore
from tickets.queries.figures import Outbox

WAITS = (Call.State.WAITING, Call.State.OFFERED)
OPEN = tuple(state for state in Call.State if state != Call.State.ENDED)


@dataclass(frozen=True)
class Phones:
    """Agents' phones by what they could do now; `taken`: with a call, or its agent writes notes."""

    free: int
    taken: int
    paused: int
    away: int


def open_calls() -> dict[str, int]:
    """How many calls run, by state; each state is there."""
    rows = Call.objects.filter(state__in=OPEN).order_by().values_list("state").annotate(n=Count("pk"))
    return {**dict.fromkeys(map(str, OPEN), 0), **dict(rows)}


def waits_since() -> datetime | None:
    """Since when the caller waits who waits longest."""
    found: datetime | None = Call.objects.filter(state__in=WAITS).aggregate(at=Min("arrived_at"))["at"]
    return found


def phones(at: datetime) -> Phones:
    """Those of active agents; one query."""
    on_duty = Q(user__is_on_duty=True)
    on = on_duty & Q(presence=AgentPhone.Presence.ON) & ~Q(device=AgentPhone.Device.UNREACHABLE)
    taken = Q(claimed_call__isnull=False, claim_until__gte=at) | Q(wrap_up_until__gt=at)
    rows = AgentPhone.objects.filter(user__is_active=True).exclude(user__role=User.Role.CONTACT)
    counted = rows.aggregate(
        all=Count("pk"),
        on=Count("pk", filter=on),
        taken=Count("pk", filter=on & taken),
        paused=Count("pk", filter=on_duty & Q(presence=AgentPhone.Presence.PAUSED)),
    )
    here = counted["on"] + counted["paused"]
    return Phones(
        counted["on"] - counted["taken"], counted["taken"], counted["paused"], counted["all"] - here
    )


def chores() -> Outbox:
    """What calls left to be done: tickets, recordings, lines on timelines."""
    undone = CallChore.objects.filter(done_at__isnull=True, failed_at__isnull=True)
    found = undone.aggregate(n=Count("pk"), oldest=Min("due_at"))
    given_up = CallChore.objects.filter(done_at__isnull=True, failed_at__isnull=False)
    return Outbox(found["n"], found["oldest"], given_up.count())
