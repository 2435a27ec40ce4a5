"""Sweeping deadlines: warnings, escalations and misses, found by the clock alone.

The work is rows: a running clock whose `next_at` has passed. A sweep that never came is caught up by the
next one, and what is missed was missed when it was due. Several may sweep at once, each row is one's.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from lib.waking import wake
from tickets.actions import breaching, clock_rows
from tickets.actions.breaching import Told
from tickets.actions.clockwork import Clockwork
from tickets.actions.placing import WAKE_INDEX
from tickets.actions.rowwise import each, or_each
from tickets.models import Clock, LiveChange
from tickets.queries.clock_cases import clock_pauses
from tickets.rules import clocks as rules
from tickets.rules.clocks import DUE_PERCENT, Pause

BATCH = 200
"""A reply to one of so many tickets waits for the whole batch, and claims behind it."""
LEFT_FOR = timedelta(hours=1)
"""A clock that cannot be looked at is tried again after this long."""

# A ticket that somebody is changing is left to them: they look at its clocks first. Its row is shared so
# that nobody else's claim waits for a sweep.
_DUE = """
    SELECT c.id FROM tickets_clock c JOIN tickets_ticket t ON t.id = c.ticket_id
    WHERE c.state = 'running' AND c.next_at < %s AND (%s::bigint IS NULL OR c.id = %s)
    ORDER BY c.next_at LIMIT %s
    FOR UPDATE OF c SKIP LOCKED FOR KEY SHARE OF t SKIP LOCKED
"""


def sweep_deadlines(*, at: datetime | None = None, tells: bool = True) -> int:
    """Notice everything that is due. Returns how many clocks were looked at.

    Running twice, or twice at once, equals once. `tells` is False where the past is being replayed.
    """
    total = 0
    while count := _sweep_some(at or timezone.now(), tells=tells):
        total += count
    return total


def _sweep_some(at: datetime, *, tells: bool) -> int:
    """A batch; one by one where a clock of it cannot be looked at, so that it stops nobody else's."""
    return or_each(
        lambda: _sweep_batch(at, tells=tells), lambda: _sweep_alone(at, tells=tells), work="deadlines"
    )


def _sweep_alone(at: datetime, *, tells: bool) -> int:
    due = Clock.objects.filter(state=Clock.State.RUNNING, next_at__lt=at).order_by("next_at")
    ids = list(due.values_list("pk", flat=True)[:BATCH])

    def leave(pk: int, _error: Exception) -> None:
        Clock.objects.filter(pk=pk, state=Clock.State.RUNNING).update(next_at=at + LEFT_FOR)

    each(ids, lambda pk: _sweep_batch(at, tells=tells, only=pk), work="deadlines", set_aside=leave)
    return len(ids)


@transaction.atomic
def _sweep_batch(at: datetime, *, tells: bool, only: int | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [at, only, only, BATCH])
        ids = [pk for (pk,) in cursor.fetchall()]
    if not ids:
        return 0
    clocks = list(Clock.objects.filter(pk__in=ids).defer("justification").order_by("pk"))
    pauses = clock_pauses({clock.ticket_id for clock in clocks})
    work = Clockwork.of_clocks(clocks, at)
    told = [one for clock in clocks if (one := _notice(work, clock, pauses.get(clock.ticket_id, ())))]
    clock_rows.update(clocks)
    breaching.record_misses(work.missed, at=at)
    if tells:
        breaching.tell(told, at=at)
    LiveChange.objects.bulk_create(LiveChange(ticket_id=one.clock.ticket_id, created_at=at) for one in told)
    wake(WAKE_INDEX)
    return len(ids)


def _notice(work: Clockwork, clock: Clock, pauses: tuple[Pause, ...]) -> Told | None:
    """Note what share of a target is used up now, and what there is to tell of it, if anything."""
    facts = work.facts(clock, pauses)
    if clock.breached_at is None:
        clock.due_at = rules.due_at(facts) or clock.due_at
    told, percents = clock.told_percent, work.percents(clock)
    used = rules.percent_used(facts, work.at)
    reached = max((percent for percent in percents if told < percent <= used), default=told)
    if clock.breached_at is None and clock.due_at and clock.due_at < work.at:
        work.miss(clock, clock.due_at)
        reached = max(reached, DUE_PERCENT)
    clock.told_percent = reached
    clock.next_at = work.next_of(clock, facts)
    return breaching.told_of(clock, work.levels, above=told, percent=reached) if reached > told else None
