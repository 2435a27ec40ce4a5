"""The claim itself: one statement, because while it runs everybody else's claim waits.

It writes what `placing.settle` would write for a ticket that passes into somebody's hands; the tests' state
machine holds both to the same oracle.
"""

import json
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from lib.metrics import CLAIMS
from lib.waking import wake
from tickets.actions.placing import WAKE_INDEX
from tickets.actions.recording import END_OF_CLAIM
from tickets.queries.claims import BEST, Best, best_params

_CLAIM = f"""
    WITH best AS ({BEST}),
    claimed AS (
        UPDATE tickets_ticket t
        SET assignee_id = %(agent)s, assigned_at = %(at)s, touched_at = %(at)s, version = t.version + 1
        FROM best
        WHERE t.id = best.id AND NOT best.is_own AND t.status = 'open' AND t.assignee_id IS NULL
        RETURNING t.id, t.team_id, t.rank_key, t.band, t.severity, t.pinned_at
    ),
    stay AS (
        UPDATE tickets_queuestay s SET left_at = %(at)s FROM claimed
        WHERE s.ticket_id = claimed.id AND s.left_at IS NULL
    ),
    wait AS ({END_OF_CLAIM}),
    assignment AS (
        INSERT INTO tickets_assignment
            (ticket_id, agent_id, by_id, how, reason, requested_at, at, ended_how, ended_reason)
        SELECT id, %(agent)s, %(agent)s, 'next', '', %(requested_at)s, %(at)s, '', '' FROM claimed
    ),
    line AS (
        INSERT INTO tickets_ticketevent (ticket_id, at, actor_id, actor_name, kind, params)
        SELECT id, %(at)s, %(agent)s, %(name)s, 'claimed', %(params)s::jsonb FROM claimed
    ),
    outbox AS (
        INSERT INTO tickets_livechange (ticket_id, left_team_id, left_key, is_internal, created_at)
        SELECT id, team_id, rank_key, false, %(at)s FROM claimed
    )
    SELECT best.id, best.is_own FROM best LEFT JOIN claimed ON claimed.id = best.id
    WHERE best.is_own OR claimed.id IS NOT NULL
"""  # noqa: S608 (made of constants)


def claim_best(*, by: User, team_ids: list[int], requested_at: datetime, at: datetime) -> Best | None:
    """Claim the best ticket inside a transaction that holds the queue's lock exclusively.

    `assigning.take_next` is the door; this is for it and for a loader that owns the whole database.
    """
    params = {
        **best_params(by.pk, team_ids, at),
        "at": at,
        "requested_at": min(requested_at, at),
        "name": by.display_name,
        "params": json.dumps({"agent": by.display_name, "why": ""}),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, params)
        row = cursor.fetchone()
    if row is None:
        return None
    wake(WAKE_INDEX)
    if not row[1]:
        transaction.on_commit(CLAIMS.labels("next").inc)
    return Best(ticket_id=row[0], is_own=row[1])
