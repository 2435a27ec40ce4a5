"""What a claim asks of the database: whether anything is due first, and which ticket is best for an agent.

Written in SQL because claims exclude each other: whatever they do under the lock, everybody else waits for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

DECLINE_LASTS = timedelta(minutes=30)

_DUE = """
    SELECT EXISTS (SELECT 1 FROM contracts_standingchange
                   WHERE applied_at IS NULL AND set_aside_at IS NULL AND at <= %(at)s)
        OR EXISTS (SELECT 1 FROM tickets_ticket WHERE pin_expires_at <= %(at)s)
        OR EXISTS (SELECT 1 FROM tickets_ticket WHERE status = 'scheduled' AND scheduled_until <= %(at)s)
"""

# Not offered: what this agent declined lately, unless the case has changed since.
_HEADS = """
    SELECT head.id, head.rank_key, false AS is_own
    FROM unnest(%(teams)s::bigint[]) AS team(id)
    CROSS JOIN LATERAL (
        SELECT t.id, t.rank_key FROM tickets_ticket t
        WHERE t.team_id = team.id AND t.status = 'open' AND t.assignee_id IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM tickets_decline d
            WHERE d.agent_id = %(agent)s AND d.ticket_id = t.id
              AND d.at > %(declined_after)s AND d.at >= t.changed_at
          )
        ORDER BY t.rank_key LIMIT 1
    ) head
"""

_OWN = """
    (SELECT id, rank_key, true AS is_own FROM tickets_ticket
     WHERE assignee_id = %(agent)s AND status = 'open' ORDER BY rank_key LIMIT 1)
"""

BEST = f"{_OWN} UNION ALL {_HEADS} ORDER BY rank_key LIMIT 1"
"""The first in rank of an agent's own work and of what some queues may offer them."""


@dataclass(frozen=True)
class Best:
    """The best ticket for an agent, and whether they hold it already."""

    ticket_id: int
    is_own: bool


def is_anything_due(at: datetime) -> bool:
    """Whether a standing, a pin or a scheduled ticket waits to be applied."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"at": at})
        return bool(cursor.fetchone()[0])


def head_for(agent_id: int, team_ids: list[int], at: datetime) -> int | None:
    """The first ticket that these queues may offer an agent."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_HEADS} ORDER BY rank_key LIMIT 1", best_params(agent_id, team_ids, at))
        row = cursor.fetchone()
    return row[0] if row else None


def best_params(agent_id: int, team_ids: list[int], at: datetime) -> dict[str, Any]:
    """The parameters of `BEST`."""
    return {"agent": agent_id, "teams": team_ids, "declined_after": at - DECLINE_LASTS}
