"""Recording how long tickets wait until somebody first takes them, and what was told about it.

`begin` writes the row when a ticket arrives; `end` (through `placing.settle`) and the claim's own statement
end it in the transaction in which the ticket leaves the queue. How many seconds of service hours lie between
is reckoned afterwards by `measure`: the row itself says that it is still to be done.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import User
from contracts.queries import company_calendar
from tickets.models import RecordedWait, Ticket
from tickets.models.waits import UNMEASURED
from tickets.queries.estimates import estimate_at
from tickets.queries.places import places_of

# A door may hear of a ticket a little late (a mailbox that is fetched); older arrivals are imported.
ARRIVED_JUST_NOW = timedelta(hours=1)
BATCH = 500

_END = """
    UPDATE tickets_recordedwait w
    SET taken_at = %(at)s, ended = CASE
        WHEN w.filed_by_id = %(agent)s THEN 'own'
        WHEN (w.team_id, w.band, w.severity) <> ({t}.team_id, {t}.band, {t}.severity)
            OR {t}.pinned_at IS NOT NULL THEN 'changed'
        ELSE 'served' END
    FROM {source} {t} WHERE w.ticket_id = {t}.id AND w.taken_at IS NULL
"""
END_OF_CLAIM = _END.format(source="claimed", t="claimed")
"""The part of the claim's statement that ends the wait of what was claimed."""


def begin(ticket: Ticket, *, by: User | None, at: datetime) -> None:
    """Begin the wait of a ticket that has just arrived; one that arrived long ago was imported."""
    if at - ticket.arrived_at > ARRIVED_JUST_NOW:
        return
    ahead = places_of([ticket]).by_ticket[ticket.pk].counts.total
    told = estimate_at(ticket, ahead, at)
    RecordedWait.objects.create(
        ticket=ticket,
        team=ticket.team,
        band=ticket.band,
        severity=ticket.severity,
        filed_by=by if by is not None and by.is_agent else None,
        arrived_at=ticket.arrived_at,
        ahead=ahead,
        low=told.low if told else None,
        middle=told.middle if told else None,
        high=told.high if told else None,
    )


def take_over(*, waits: Sequence[RecordedWait]) -> int:
    """Write waits that were recorded elsewhere (the demo tells of eight weeks). Returns how many."""
    return len(RecordedWait.objects.bulk_create(waits))


def end(ticket: Ticket, at: datetime) -> None:
    """End the first wait of a ticket that has just left the queue (the row is written), if it has one.

    Only somebody's hands end a wait; a ticket that was answered, parked or closed straight from the queue
    is no example of waiting.
    """
    waits = RecordedWait.objects.filter(ticket=ticket, taken_at__isnull=True)
    if ticket.status != Ticket.Status.OPEN:
        waits.delete()
        return
    with connection.cursor() as cursor:
        # The ticket's own row says what it is now; the statement is the one of the claim.
        statement = _END.format(source="tickets_ticket", t="t") + " AND t.id = %(ticket)s"
        cursor.execute(statement, {"at": at, "agent": ticket.assignee_id, "ticket": ticket.pk})


def measure() -> int:
    """Reckon the service seconds of waits that have ended. Returns how many; running twice equals once."""
    ended = RecordedWait.objects.filter(UNMEASURED).order_by("pk")[:BATCH]
    rows = list(ended.only("arrived_at", "taken_at"))
    calendar = company_calendar()
    for row in rows:
        row.seconds = round(calendar.seconds(row.arrived_at, row.taken_at or timezone.now()))
    RecordedWait.objects.bulk_update(rows, ["seconds"])
    return len(rows)
