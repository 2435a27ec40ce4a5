"""Keeping the live index in step with PostgreSQL."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db import transaction

from lib.locking import Lock, lock_exclusive
from tickets.gateways import events, live_index
from tickets.gateways.live_index import Entry
from tickets.models import LiveChange, Ticket

BATCH = 5_000


def apply_changes() -> int:
    """Bring the live index up to date and ring the bell. Returns how many outbox rows were applied.

    One writer at a time, and each row's ticket is read after the row: whatever order changes commit in,
    the index ends at the truth. Rows are deleted in the transaction that applied them, so a crash repeats
    an idempotent step. Error: Unavailable; the rows stay for the next sweep.
    """
    applied = 0
    while count := _apply_batch():
        applied += count
        if count < BATCH:
            break
    return applied


def rebuild() -> int:
    """Build the whole index from PostgreSQL. Returns how many tickets it holds. Error: Unavailable."""
    with transaction.atomic():
        lock_exclusive(Lock.LIVE_INDEX)
        return live_index.rebuild(waiting_entries())


def rebuild_if_lost() -> bool:
    """Rebuild the index if the server lost it or was restarted. Returns whether. Error: Unavailable."""
    if live_index.is_built():
        return False
    with transaction.atomic():
        lock_exclusive(Lock.LIVE_INDEX)
        if live_index.is_built():
            return False
        live_index.rebuild(waiting_entries())
    return True


def waiting_entries() -> Iterator[Entry]:
    """Every waiting ticket's place, streamed from the queue's own index."""
    rows = Ticket.objects.waiting().order_by("team_id", "rank_key").values_list("team_id", "rank_key")
    return (Entry(team_id, rank_key) for team_id, rank_key in rows.iterator(chunk_size=BATCH))


@transaction.atomic
def _apply_batch() -> int:
    if not LiveChange.objects.exists():
        return 0
    lock_exclusive(Lock.LIVE_INDEX)
    rows = list(LiveChange.objects.order_by("pk")[:BATCH])
    if not rows:
        return 0
    changes = [row for row in rows if not row.is_internal]
    notes = {events.note_topic(row.ticket_id) for row in rows if row.is_internal}
    stands = _Stand.of({change.ticket_id for change in changes})
    live_index.apply(
        removals=[Entry(change.left_team_id, change.left_key) for change in changes if change.left_team_id],
        additions=[Entry(stand.team_id, stand.rank_key) for stand in stands if stand.is_waiting],
        topics=_topics(changes, stands) | notes,
    )
    LiveChange.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


class _Stand(NamedTuple):
    """Where a ticket stands now."""

    team_id: int
    rank_key: str
    status: str
    assignee_id: int | None

    @property
    def is_waiting(self) -> bool:
        return self.status == Ticket.Status.OPEN and self.assignee_id is None

    @classmethod
    def of(cls, ticket_ids: set[int]) -> "list[_Stand]":
        rows = Ticket.objects.filter(pk__in=ticket_ids).values_list(*cls._fields)
        return [cls(*row) for row in rows]


def _topics(changes: Iterable[LiveChange], stands: Iterable[_Stand]) -> set[str]:
    topics = {events.ticket_topic(change.ticket_id) for change in changes}
    topics |= {events.queue_topic(change.left_team_id) for change in changes if change.left_team_id}
    topics |= {events.work_topic(change.left_agent_id) for change in changes if change.left_agent_id}
    topics |= {events.queue_topic(stand.team_id) for stand in stands if stand.is_waiting}
    topics |= {events.work_topic(stand.assignee_id) for stand in stands if stand.assignee_id}
    return topics
