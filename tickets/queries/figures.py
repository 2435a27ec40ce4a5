"""How much waits and how long: figures for whoever watches the installation, cheap at any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Min

from contracts.models import StandingChange
from lib.outbox import Outgoing
from lib.valkey import Unavailable
from tickets.gateways import live_index
from tickets.gateways.live_index import Span
from tickets.models import Delivery, LiveChange
from tickets.rules import ranking

# One step in the queue's index for each group, however many tickets stand in it.
_HEADS = """
    WITH RECURSIVE heads AS (
        (
            SELECT team_id, rank_key, arrived_at FROM tickets_ticket
            WHERE status = 'open' AND assignee_id IS NULL ORDER BY team_id, rank_key LIMIT 1
        )
        UNION ALL
        SELECT following.* FROM heads CROSS JOIN LATERAL (
            SELECT team_id, rank_key, arrived_at FROM tickets_ticket
            WHERE status = 'open' AND assignee_id IS NULL
                AND (team_id, rank_key) >= (heads.team_id, CASE
                    WHEN heads.rank_key < %(unpinned)s THEN %(unpinned)s
                    ELSE left(heads.rank_key, %(group)s) || '~' END)
            ORDER BY team_id, rank_key LIMIT 1
        ) AS following
    )
    SELECT team.id, team.slug, heads.rank_key, heads.arrived_at
    FROM heads JOIN accounts_team team ON team.id = heads.team_id
"""
_COUNTS = """
    SELECT team_id, CASE WHEN rank_key < %(unpinned)s THEN '' ELSE left(rank_key, %(group)s) END, count(*)
    FROM tickets_ticket WHERE status = 'open' AND assignee_id IS NULL GROUP BY 1, 2
"""
_PREFIXES: dict[str, str | int] = {"unpinned": ranking.UNPINNED_FROM, "group": ranking.GROUP_LENGTH}


@dataclass(frozen=True)
class Group:
    """Waiting tickets of one team, band and severity; pinned ones are a group of their own without either."""

    team: str
    band: str
    severity: str
    waiting: int
    oldest_arrived_at: datetime


@dataclass(frozen=True)
class Outbox:
    """Rows that mean work to be done."""

    waiting: int
    oldest_at: datetime | None
    failed: int


def waiting_groups() -> list[Group]:
    """Every group that has a ticket, with the arrival of its first. One query; two while Valkey is away."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, _PREFIXES)
        heads = cursor.fetchall()
    counts = _counts([(team, _prefix(key)) for team, _slug, key, _at in heads])
    return [
        Group(slug, *_words(_prefix(key)), counts.get((team, _prefix(key)), 0), arrived_at)
        for team, slug, key, arrived_at in heads
    ]


def live_changes() -> Outbox:
    """What the live index has yet to hear of."""
    found = LiveChange.objects.aggregate(n=Count("pk"), oldest=Min("created_at"))
    return Outbox(found["n"], found["oldest"], 0)


def standing_changes(at: datetime) -> Outbox:
    """Changes of standings whose moment has come."""
    found = StandingChange.objects.due(at).aggregate(n=Count("pk"), oldest=Min("at"))
    set_aside = StandingChange.objects.filter(applied_at__isnull=True, set_aside_at__isnull=False)
    return Outbox(found["n"], found["oldest"], set_aside.count())


def deliveries() -> Outbox:
    """Mail owed by tickets."""
    return outgoing(Delivery)


def outgoing(model: type[Outgoing]) -> Outbox:
    """Mail of one outbox: two queries."""
    rows = model._default_manager.all()
    waiting = rows.filter(next_attempt_at__isnull=False).aggregate(n=Count("pk"), oldest=Min("created_at"))
    return Outbox(waiting["n"], waiting["oldest"], rows.filter(failed_at__isnull=False).count())


def _prefix(rank_key: str) -> str:
    return "" if rank_key < ranking.UNPINNED_FROM else rank_key[: ranking.GROUP_LENGTH]


def _words(prefix: str) -> tuple[str, str]:
    if not prefix:
        return "pinned", "any"
    band = prefix[ranking.BAND_FROM - 1 : ranking.SEVERITY_FROM - 1]
    return str(int(band)), ranking.severity_name(int(prefix[ranking.SEVERITY_FROM - 1]))


def _counts(groups: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
    spans = [_span(team, prefix) for team, prefix in groups]
    try:
        _ranks, counts = live_index.read(spans=spans)
    except Unavailable:
        return _counts_of_database()
    return dict(zip(groups, counts, strict=True))


def _span(team: int, prefix: str) -> Span:
    return Span(team, prefix, f"{prefix}~") if prefix else Span(team, "", ranking.UNPINNED_FROM)


def _counts_of_database() -> dict[tuple[int, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, _PREFIXES)
        return {(team, prefix): count for team, prefix, count in cursor.fetchall()}
