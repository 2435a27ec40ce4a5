"""Ranking a customer's tickets anew when the standing has changed."""

import json
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from contracts.actions.standing_changes import lock_customers, mark_applied, set_aside
from contracts.models import ServiceLevel
from contracts.queries import due_customer_ids, last_due, standing_of
from contracts.rules.standing import Standing
from lib.locking import Lock, lock_shared
from tickets.actions import placing, timing
from tickets.actions.rowwise import each
from tickets.models import QueueStay, Ticket
from tickets.rules.ranking import BAND_FROM, BAND_WIDTH
from tickets.rules.wording import level_event


def apply_standing_changes(*, at: datetime | None = None) -> int:
    """Apply every change of standing that is due, one customer at a time. Returns how many tickets moved.

    Safe to run any number of times and in parallel; a worker killed in the middle loses the customer it
    was at, which the next sweep finds again.
    """

    def leave(customer_id: int, error: Exception) -> None:
        set_aside(customer_id=customer_id, at=at or timezone.now(), error=error)

    due = due_customer_ids(at or timezone.now())
    return each(due, lambda pk: _rerank_customer(pk, at), work="standing_changes", set_aside=leave)


@transaction.atomic
def _rerank_customer(customer_id: int, at: datetime | None) -> int:
    lock_shared(Lock.QUEUE)
    lock_customers([customer_id])
    now = at or timezone.now()
    changed_at = last_due(customer_id, now)
    if changed_at is None:
        return 0  # somebody else was faster
    standing = standing_of(customer_id, now)
    moved = _rerank_tickets(customer_id, standing, changed_at, at)
    _follow_name(customer_id, standing, at)
    mark_applied(customer_id=customer_id, at=now)
    return moved


def _rerank_tickets(customer_id: int, standing: Standing, changed_at: datetime, at: datetime | None) -> int:
    """Move the tickets whose band or level is another now. They are stamped once they are locked.

    What was promised before was promised until the standing changed (`changed_at`), however late this comes.
    """
    level_id = standing.level.id if standing.level else None
    wrong = (
        Ticket.objects.unsettled()
        .filter(customer_id=customer_id)
        .exclude(band=standing.band, level_id=level_id)
        .select_for_update(of=("self",))
    )
    levels = dict(wrong.order_by("pk").values_list("pk", "level_id"))
    ids = list(levels)
    if not ids:
        return 0
    moment = at or timezone.now()
    _record(ids, standing.level.name if standing.level else None, moment)
    placing.announce_many(ids, moment)
    _write_band(ids, standing.band, level_id, moment)
    placing.rewrite_stays(ids, moment)
    gained = {pk for pk, level_id in levels.items() if level_id is None}
    timing.follow_many(ids, gained=gained, changed_at=changed_at, at=moment, is_live=at is None)
    return len(ids)


def _follow_name(customer_id: int, standing: Standing, at: datetime | None) -> None:
    """Begin new stays where the level was renamed: the old ones keep the name it had."""
    if standing.level is None:
        return
    outdated = QueueStay.objects.filter(ticket__customer_id=customer_id, left_at__isnull=True).exclude(
        level_name=standing.level.name
    )
    held = placing.hold_many(list(outdated.values_list("ticket_id", flat=True)), at=at)
    if held:
        placing.rewrite_stays([one.ticket.pk for one in held], held[0].at)
        placing.announce_many([one.ticket.pk for one in held], held[0].at)


def _record(ticket_ids: list[int], new_level: str | None, at: datetime) -> None:
    """Write a history line for each ticket that is about to move, worded by the level it leaves."""
    levels: list[tuple[int | None, str | None]] = [
        (None, None),
        *ServiceLevel.objects.values_list("pk", "name"),
    ]
    lines = [(pk, *level_event(name, new_level)) for pk, name in levels if name != new_level]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO tickets_ticketevent (ticket_id, at, actor_name, kind, params)
            SELECT t.id, %s, '', line.kind, line.params::jsonb
            FROM tickets_ticket t
            JOIN unnest(%s::bigint[], %s::text[], %s::text[]) AS line(level_id, kind, params)
              ON line.level_id IS NOT DISTINCT FROM t.level_id
            WHERE t.id = ANY(%s)
            """,
            [
                at,
                [level_id for level_id, _, _ in lines],
                [kind for _, kind, _ in lines],
                [json.dumps(params) for _, _, params in lines],
                ticket_ids,
            ],
        )


def _write_band(ticket_ids: list[int], band: int, level_id: int | None, at: datetime) -> None:
    """Set band and level of many tickets in one statement; the band stands at a fixed place of the key."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE tickets_ticket
            SET band = %s, level_id = %s, version = version + 1, changed_at = %s,
                rank_key = overlay(rank_key PLACING %s FROM %s FOR %s)
            WHERE id = ANY(%s)
            """,
            [band, level_id, at, f"{band:0{BAND_WIDTH}}", BAND_FROM, BAND_WIDTH, ticket_ids],
        )
