"""Recomputing every rank from the agreements and comparing it with what is stored and with the live index."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from contracts.queries import standings_of
from contracts.rules.standing import Standing
from lib.locking import Lock, holding
from lib.valkey import Unavailable
from tickets.gateways import live_index
from tickets.models import LiveChange, Ticket
from tickets.rules.ranking import RankFacts, effective_pin, rank_key

CHUNK = 20_000

_Row = tuple[Any, ...]


@dataclass
class Report:
    """What verification found. `wrong_stay`: waiting tickets without the history row that says so."""

    tickets: int = 0
    wrong_rank: int = 0
    wrong_position: int = 0
    missing: int = 0
    extra: int = 0
    wrong_stay: int = 0
    index_is_away: bool = False
    seconds: float = 0.0
    wrong_tickets: list[int] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing differs."""
        found = self.wrong_rank + self.wrong_position + self.missing + self.extra + self.wrong_stay
        return not found and not self.index_is_away

    def as_json(self) -> dict[str, int | float | bool]:
        """As `manage.py verify_queue` prints it."""
        return {
            "tickets": self.tickets,
            "wrong_rank": self.wrong_rank,
            "wrong_position": self.wrong_position,
            "missing": self.missing,
            "extra": self.extra,
            "wrong_stay": self.wrong_stay,
            "index_is_away": self.index_is_away,
            "seconds": round(self.seconds, 3),
        }


@dataclass
class _Expected:
    """The order that the agreements demand: rank keys by team, and the keys whose outbox row is pending."""

    keys: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    pending: set[str] = field(default_factory=set)


def verify(at: datetime) -> Report:
    """Compare ranks, stays and the live index with what the agreements demand at a moment.

    Reads one snapshot under the index's lock, so that a queue in motion is not taken for a wrong one:
    the only lag possible is that of the pending outbox rows, and those are known. Must be called outside
    any other transaction.
    """
    began = time.monotonic()
    with holding(Lock.LIVE_INDEX), transaction.atomic():
        report = _compare(at)
    report.seconds = time.monotonic() - began
    return report


def _compare(at: datetime) -> Report:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    report, expected = Report(), _Expected()
    _read_tickets(report, expected, at)
    _check_stays(report)
    try:
        _check_index(report, expected)
    except Unavailable:
        report.index_is_away = True
    return report


def _read_tickets(report: Report, expected: _Expected, at: datetime) -> None:
    changed = set(LiveChange.objects.values_list("ticket_id", flat=True))
    expected.pending = set(LiveChange.objects.exclude(left_key="").values_list("left_key", flat=True))
    rows = Ticket.objects.unsettled().order_by("pk").values_list(
        "pk", "customer_id", "team_id", "status", "assignee_id", "band", "level_id",
        "severity", "arrived_at", "pinned_at", "pin_expires_at", "rank_key",
    )  # fmt: skip
    standings: dict[int, Standing] = {}
    for chunk in _chunks(rows.iterator(chunk_size=CHUNK)):
        missing = {row[1] for row in chunk} - standings.keys()
        standings.update(standings_of(missing, at))
        for row in chunk:
            _compare_rank(report, expected, row, standings[row[1]], at, is_pending=row[0] in changed)


def _compare_rank(
    report: Report, expected: _Expected, row: _Row, standing: Standing, at: datetime, *, is_pending: bool
) -> None:
    pk, _, team_id, status, assignee_id, band, level_id, severity, arrived_at, pin, pin_until, stored = row
    facts = RankFacts(effective_pin(pin, pin_until, at), standing.band, severity, arrived_at, pk)
    key = rank_key(facts)
    level = standing.level.id if standing.level else None
    if (stored, band, level_id) != (key, standing.band, level):
        report.wrong_rank += 1
        report.wrong_tickets.append(pk)
    if status != Ticket.Status.OPEN or assignee_id is not None:
        return
    report.tickets += 1
    expected.keys[team_id].append(key)
    if is_pending:
        expected.pending.add(stored)


def _check_stays(report: Report) -> None:
    """Every waiting ticket has one open stay that says its rank, and nothing else has one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM
                (SELECT id, team_id, rank_key FROM tickets_ticket
                 WHERE status = 'open' AND assignee_id IS NULL) t
            FULL JOIN
                (SELECT ticket_id, team_id, rank_key FROM tickets_queuestay WHERE left_at IS NULL) s
            ON s.ticket_id = t.id
            WHERE (t.team_id, t.rank_key) IS DISTINCT FROM (s.team_id, s.rank_key)
            """
        )
        report.wrong_stay = cursor.fetchone()[0]


def _check_index(report: Report, expected: _Expected) -> None:
    if not live_index.is_built():
        raise Unavailable
    for team_id in live_index.team_ids() | expected.keys.keys():
        wanted = sorted(key for key in expected.keys[team_id] if key not in expected.pending)
        found = [key for key in live_index.entries(team_id) if key not in expected.pending]
        report.missing += len(set(wanted) - set(found))
        report.extra += len(set(found) - set(wanted))
        places = {key: place for place, key in enumerate(found)}
        report.wrong_position += sum(
            places[key] != place for place, key in enumerate(wanted) if key in places
        )


def _chunks(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    chunk: list[_Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
