"""Ranking a customer's tickets anew when the standing has changed."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from contracts.actions.standing_changes import lock_customers, mark_applied
from contracts.models import ServiceLevel
from contracts.queries import due_customer_ids, is_due, standing_of
from contracts.rules.standing import Standing
from lib.locking import Lock, lock_shared
from tickets.actions import placing
from tickets.actions.placing import Held
from tickets.models import QueueStay, Ticket, TicketEvent
from tickets.rules.ranking import BAND_FROM, BAND_WIDTH
from tickets.rules.wording import level_event


def apply_standing_changes(*, at: datetime | None = None) -> int:
    """Apply every change of standing that is due, one customer at a time. Returns how many tickets moved.

    Safe to run any number of times and in parallel; a worker killed in the middle loses the customer it
    was at, which the next sweep finds again.
    """
    return sum(_rerank_customer(customer_id, at) for customer_id in due_customer_ids(at or timezone.now()))


@transaction.atomic
def _rerank_customer(customer_id: int, at: datetime | None) -> int:
    lock_shared(Lock.QUEUE)
    lock_customers([customer_id])
    now = at or timezone.now()
    if not is_due(customer_id, now):
        return 0  # somebody else was faster
    standing = standing_of(customer_id, now)
    moved = _rerank_tickets(customer_id, standing, at)
    _follow_name(customer_id, standing, at)
    mark_applied(customer_id=customer_id, at=now)
    return moved


def _rerank_tickets(customer_id: int, standing: Standing, at: datetime | None) -> int:
    """Move the tickets whose band or level is another now; they are stamped once they are locked."""
    level_id = standing.level.id if standing.level else None
    wrong = (
        Ticket.objects.unsettled()
        .filter(customer_id=customer_id)
        .exclude(band=standing.band, level_id=level_id)
        .values_list("pk", flat=True)
    )
    held = placing.hold_many(list(wrong), at=at)
    if not held:
        return 0
    ids, moment = [one.ticket.pk for one in held], held[0].at
    _write_band(ids, standing.band, level_id, moment)
    _record(held, standing.level.name if standing.level else None, moment)
    placing.rewrite_stays(ids, moment)
    placing.announce(held)
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
        placing.announce(held)


def _record(held: list[Held], new_level: str | None, at: datetime) -> None:
    """Write a history line for each ticket that moved."""
    levels = dict(ServiceLevel.objects.values_list("pk", "name"))
    TicketEvent.objects.bulk_create(
        TicketEvent(ticket=one.ticket, at=at, kind=kind, params=params)
        for one in held
        for kind, params in [level_event(levels.get(one.before["level_id"]), new_level)]
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
