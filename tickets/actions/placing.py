"""Holding tickets while they change, and settling what follows: rank, queue stays, the live index.

Every action that changes a ticket goes through `hold` and `settle`:

* `hold` takes the shared queue lock, then the row. A claim takes that lock exclusively, so it never sees
  half of a change and no change is stamped before a claim that could not see it.
* `settle` writes the narrow fields that changed, keeps the rank key current, lets the clocks follow, closes
  and opens stays, and writes the outbox row from which the live index and open pages learn of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from lib.locking import Lock, lock_shared
from lib.waking import wake
from tickets.actions import recording, timing
from tickets.models import LiveChange, Ticket, TicketEvent
from tickets.rules.ranking import rank_key

WAKE_INDEX = "tickets.apply_live_changes"


@dataclass(frozen=True)
class Held:
    """A locked ticket, how it stood before, and the moment of the change (taken under the lock).

    `is_live`: it happens now. A change with a moment given from outside happened elsewhere. `heard`: who
    spoke in it, for the clocks ("answered" by an agent, "asked" by the customer).
    """

    ticket: Ticket
    before: dict[str, Any]
    at: datetime
    is_live: bool
    heard: set[str] = field(default_factory=set)

    def as_live_change(self) -> LiveChange:
        """The outbox row that says where the ticket stood before."""
        was_open = self.before["status"] == Ticket.Status.OPEN
        agent_id = self.before["assignee_id"]
        was_waiting = was_open and agent_id is None
        return LiveChange(
            ticket_id=self.ticket.pk,
            left_team_id=self.before["team_id"] if was_waiting else None,
            left_key=self.before["rank_key"] if was_waiting else "",
            left_agent_id=agent_id,
            created_at=self.at,
        )


def hold(ticket: Ticket | int, *, at: datetime | None = None) -> Held:
    """Lock one ticket for a change, inside a transaction."""
    (held,) = hold_many([ticket if isinstance(ticket, int) else ticket.pk], at=at)
    return held


def hold_many(ticket_ids: Sequence[int], *, at: datetime | None = None) -> list[Held]:
    """Lock tickets for a change, in pk order, inside a transaction."""
    lock_shared(Lock.QUEUE)
    tickets = list(Ticket.objects.select_for_update(of=("self",)).filter(pk__in=ticket_ids).order_by("pk"))
    is_live, at = at is None, at or timezone.now()
    return [Held(ticket, _fields(ticket), at, is_live) for ticket in tickets]


def settle_note(held: Held) -> None:
    """Write that the ticket was touched. Nothing that its customer can read or hear tells of a note."""
    held.ticket.save(update_fields=["touched_at"])
    LiveChange.objects.create(ticket_id=held.ticket.pk, is_internal=True, created_at=held.at)
    wake(WAKE_INDEX)


def settle(held: Held, *, is_case_change: bool = True) -> Ticket:
    """Write what changed on one ticket and what follows from it.

    `is_case_change` is False where the ticket only passes from hand to hand: that does not bring a
    declined ticket back to the agent who declined it.
    """
    ticket = held.ticket
    ticket.rank_key = rank_key(ticket.as_rank_facts())
    ticket.version += 1
    if is_case_change:
        ticket.changed_at = held.at
    ticket.save(update_fields=[name for name, value in _fields(ticket).items() if value != held.before[name]])
    before = held.before
    was = (before["status"], before["severity"], before["level_id"])
    timing.follow(ticket, was=was, heard=held.heard, at=held.at, is_live=held.is_live)
    stood, stands = _place(before), _place(_fields(ticket))
    if stood != stands:
        rewrite_stays([ticket.pk], held.at)
    if stood and not stands:
        recording.end(ticket, held.at)
    announce(held)
    return ticket


def enter(ticket: Ticket, at: datetime) -> None:
    """Give a ticket that was just created its first stay and announce it."""
    rewrite_stays([ticket.pk], at)
    LiveChange.objects.create(ticket_id=ticket.pk, created_at=at)
    wake(WAKE_INDEX)


def announce(held: Held) -> None:
    """Write the outbox row of a changed ticket and wake whoever applies it."""
    held.as_live_change().save(force_insert=True)
    wake(WAKE_INDEX)


def announce_many(ticket_ids: Sequence[int], at: datetime) -> None:
    """Write the outbox rows of locked tickets that are about to move, and wake. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO tickets_livechange (ticket_id, left_team_id, left_key, left_agent_id, created_at)
            SELECT id, CASE WHEN is_waiting THEN team_id END, CASE WHEN is_waiting THEN rank_key ELSE '' END,
                   assignee_id, %s
            FROM (SELECT *, status = 'open' AND assignee_id IS NULL AS is_waiting FROM tickets_ticket) t
            WHERE id = ANY(%s)
            """,
            [at, list(ticket_ids)],
        )
    wake(WAKE_INDEX)


def record(ticket: Ticket, kind: str, *, by: User | None, at: datetime, **params: Any) -> None:
    """Append a line to a ticket's history; `kind` and `params` are worded by `tickets.rules.wording`."""
    TicketEvent.objects.create(
        ticket=ticket, at=at, actor=by, actor_name=by.display_name if by else "", kind=kind, params=params
    )


def rewrite_stays(ticket_ids: Sequence[int], at: datetime) -> None:
    """End the stays of tickets and begin those of the ones that wait, as their rows now say."""
    ids = list(ticket_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tickets_queuestay SET left_at = %s WHERE ticket_id = ANY(%s) AND left_at IS NULL",
            [at, ids],
        )
        cursor.execute(
            """
            INSERT INTO tickets_queuestay
                (ticket_id, team_id, rank_key, pinned_at, band, level_name, severity, entered_at)
            SELECT t.id, t.team_id, t.rank_key, t.pinned_at, t.band, coalesce(l.name, ''), t.severity, %s
            FROM tickets_ticket t LEFT JOIN contracts_servicelevel l ON l.id = t.level_id
            WHERE t.id = ANY(%s) AND t.status = 'open' AND t.assignee_id IS NULL
            """,
            [at, ids],
        )


def _fields(ticket: Ticket) -> dict[str, Any]:
    return {field.attname: getattr(ticket, field.attname) for field in ticket._meta.concrete_fields}


def _place(fields: dict[str, Any]) -> tuple[Any, ...]:
    is_waiting = fields["status"] == Ticket.Status.OPEN and fields["assignee_id"] is None
    # Levels may share a rank; a stay tells them apart by name.
    return (fields["team_id"], fields["rank_key"], fields["level_id"]) if is_waiting else ()
