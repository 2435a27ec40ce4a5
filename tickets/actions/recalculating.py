"""Working out deadlines anew, in the background: hours, targets or the terms of a level have changed.

What is left to do is a row that says how far it came. Each batch is a transaction of its own; a worker that
is killed in the middle loses one batch, and the next sweep goes on there.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from contracts.models import ServiceHours, ServiceLevel, TermsChange
from lib.locking import try_lock_name
from lib.waking import wake
from tickets.actions import breaching, clock_rows, timing
from tickets.actions.clockwork import Clockwork
from tickets.actions.rowwise import each, or_each
from tickets.models import LiveChange, Recalculation, Ticket
from tickets.queries.clock_cases import Case, cases_of

BATCH = 200
"""A reply to one of so many tickets waits for the whole batch, and claims behind it."""
WAKE = "tickets.recalculate_deadlines"

_SHARE = "SELECT id FROM tickets_ticket WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


def ask(
    *,
    what: str,
    by: User | None,
    at: datetime,
    hours: ServiceHours | None = None,
    level: ServiceLevel | None = None,
) -> Recalculation:
    """Have the deadlines under these hours or this level worked out anew, or all of them."""
    row = Recalculation.objects.create(what=what[:200], by=by, asked_at=at, hours=hours, level=level)
    wake(WAKE)
    return row


def recalculate(*, at: datetime | None = None, tells: bool = True) -> int:
    """Do whatever is left of every recalculation, oldest first. Returns how many deadlines moved.

    `tells` is False where the past is being replayed.
    """
    _take_over(at)
    moved = 0
    for pk in list(
        Recalculation.objects.filter(finished_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    ):
        while (count := _batch(pk, at, tells=tells)) is not None:
            moved += count
    return moved


@transaction.atomic
def _take_over(at: datetime | None) -> None:
    """Turn every change of terms that was announced into a recalculation."""
    changes = TermsChange.objects.select_for_update(of=("self",), skip_locked=True).filter(
        applied_at__isnull=True
    )
    for change in changes.select_related("hours", "level", "by").order_by("pk"):
        ask(
            what=str(change.hours or change.level),
            hours=change.hours,
            level=change.level,
            by=change.by,
            at=change.at,
        )
        change.applied_at = at or timezone.now()
        change.save(update_fields=["applied_at"])


@transaction.atomic
def _batch(pk: int, at: datetime | None, *, tells: bool) -> int | None:
    """Work through the next tickets. Returns how many deadlines moved; None where nothing is left to do here.

    One at a time in the whole installation: so a recalculation that is asked for later also sees the clocks
    that an earlier one has made.
    """
    if not try_lock_name("recalculation"):
        return None
    row = Recalculation.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.finished_at is not None:
        return None
    scope = tickets_of(row)
    if row.total is None:
        row.total = scope.count()
    ids = list(scope.filter(pk__gt=row.after_ticket_id).order_by("pk").values_list("pk", flat=True)[:BATCH])
    now = at or timezone.now()
    moved = _work_out_some(ids, row.asked_at, now, tells=tells)
    row.done, row.moved = row.done + len(ids), row.moved + moved
    row.after_ticket_id = ids[-1] if ids else row.after_ticket_id
    if len(ids) < BATCH:
        row.finished_at = now
    row.save()
    return moved


def tickets_of(row: Recalculation) -> QuerySet[Ticket]:
    """The tickets whose deadlines a recalculation goes through. Company hours hold where a level has none."""
    tickets = Ticket.objects.unsettled().filter(level__isnull=False)
    if row.level_id is not None:
        return tickets.filter(level=row.level_id)
    if row.hours is None:
        return tickets
    levels = Q(hours=row.hours) | (Q(hours__isnull=True) if row.hours.is_default else Q())
    return tickets.filter(level__in=ServiceLevel.objects.filter(levels))


def share(ids: list[int]) -> None:
    """Hold the keys of tickets: whoever changes one waits, whoever claims one does not."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARE, [ids])


def _work_out_some(ids: list[int], asked_at: datetime, now: datetime, *, tells: bool) -> int:
    """All of them, or one by one where a ticket cannot be worked out: it keeps the deadlines it has."""

    def work_out_these(some: list[int]) -> int:
        with transaction.atomic():
            return _work_out(some, asked_at, now, tells=tells)

    return or_each(
        lambda: work_out_these(ids),
        lambda: each(ids, lambda pk: work_out_these([pk]), work="recalculation"),
        work="recalculation",
    )


def _work_out(ids: list[int], asked_at: datetime, now: datetime, *, tells: bool) -> int:
    share(ids)
    cases = cases_of(ids, for_update=True)
    work = Clockwork.of(cases, now)
    work_out(work, cases, asked_at)
    clock_rows.write(work)
    breaching.record_misses(work.missed, at=now)
    if tells:
        breaching.tell_misses(work.missed, work.levels, at=now)
    touched = {clock.ticket_id for clock in (*work.changed.values(), *work.new_clocks)}
    LiveChange.objects.bulk_create(LiveChange(ticket_id=pk, created_at=now) for pk in sorted(touched))
    return len(work.moved) + len(work.new_clocks)


def work_out(work: Clockwork, cases: list[Case], asked_at: datetime) -> None:
    """Work out cases as their levels now promise it. What was missed before the change stays missed."""
    for case in cases:
        work.catch_up(case, before=asked_at)
        work.promise(case)
    timing.late(work, cases)
    for case in cases:
        work.reckon(case, cause="hours")
