"""Rows for the desk's lists, prepared so far that templates only write them down.

The queue page is the hottest page there is: one statement for its rows, one round trip for its numbers, and
neither knows how long the queues are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from contracts.models import ServiceLevel
from contracts.rules.standing import NO_CONTRACT_BAND
from lib.spans import short_span
from tickets.gateways.live_index import Span
from tickets.models import Ticket
from tickets.models.tickets import TicketQuerySet
from tickets.queries.due import CONDITIONS, NEXT_DUE, Due, DueWords, NextDue, next_due
from tickets.queries.navigation import DeskCounts, desk_counts
from tickets.rules.ranking import severity_name
from tickets.rules.wording import TABLE

PAGE = 50

CHANNEL_ICONS = {
    "portal": "globe-alt",
    "mail": "envelope",
    "phone": "phone",
    "desk": "pencil-square",
    "api": "code-bracket",
    "monitoring": "signal",
}


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queues to show. `level` 0: without a contract. `after`: the last page's last rank key.

    `due`: only tickets with a deadline at risk (`due.SOON`) or missed (`due.LATE`).
    """

    team_ids: tuple[int, ...]
    severity: int | None = None
    level: int | None = None
    text: str = ""
    after: str = ""
    due: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether tickets of these queues are left out."""
        return self.severity is not None or self.level is not None or bool(self.text or self.due)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One waiting ticket, as text: a template would format each number anew.

    `starts_rest`: the first of those without a contract, which a line sets apart.
    """

    number: str
    position: str
    severity: str
    severity_label: str
    subject: str
    channel_icon: str
    channel_label: str
    customer: str
    level_label: str
    band_position: str
    team: str
    arrived_iso: str
    waits: str
    is_pinned: bool
    starts_rest: bool
    due: Due | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue. `after`: where the next page goes on, empty on the last."""

    rows: Sequence[QueueRow]
    after: str
    counts: DeskCounts


class _Found(NamedTuple):
    """One row of the statement."""

    number: str
    subject: str
    severity: int
    channel: str
    band: int
    level_id: int | None
    arrived_at: datetime
    is_pinned: bool
    rank_key: str
    team_id: int
    customer: str
    due: NextDue


def queue_page(
    wanted: QueueFilter,
    *,
    user_id: int,
    teams: Mapping[int, str],
    levels: "Levels",
    language: str,
    now: datetime,
) -> QueuePage:
    """One page of the queue in rank order; `teams` are all the reader's (id and name), for the counts."""
    found = _find(wanted, now)
    rows = found[:PAGE]
    spans = _spans_ahead(wanted, rows)
    counts, counted = desk_counts(user_id, list(teams), spans.values())
    positions = _positions(wanted, rows, {pk: counted[span] for pk, span in spans.items()})
    words = _Words(language, now, levels)
    rest_at = _rest_begins(rows, is_first_page=not wanted.after)
    made = [
        words.queue_row(row, positions[index], teams[row.team_id], starts_rest=index == rest_at)
        for index, row in enumerate(rows)
    ]
    return QueuePage(made, rows[-1].rank_key if len(found) > PAGE else "", counts)


_PLAIN = len(_Found._fields) - 1


def _find(wanted: QueueFilter, now: datetime) -> list[_Found]:
    """The page's tickets and one more: from each team's own index as many as a page holds, then merged."""
    conditions, parameters = _narrowing(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT t.number, t.subject, t.severity, t.channel, t.band, t.level_id, t.arrived_at,
                   t.pinned_at IS NOT NULL, t.rank_key, t.team_id, c.name, d.*
            FROM unnest(%(teams)s::bigint[]) AS team(id)
            CROSS JOIN LATERAL (
                SELECT * FROM tickets_ticket w
                WHERE w.team_id = team.id AND w.status = 'open' AND w.assignee_id IS NULL
                  AND w.rank_key > %(after)s {conditions}
                ORDER BY w.rank_key LIMIT %(limit)s
            ) AS t
            JOIN customers_customer c ON c.id = t.customer_id
            LEFT JOIN LATERAL ({NEXT_DUE.format(ticket="t.id")}) AS d ON true
            ORDER BY t.rank_key LIMIT %(limit)s
            """,  # noqa: S608 (the conditions are ours, what people typed are parameters)
            {
                "teams": list(wanted.team_ids),
                "after": wanted.after,
                "limit": PAGE + 1,
                "now": now,
                **parameters,
            },
        )
        return [_Found._make((*row[:_PLAIN], NextDue(*row[_PLAIN:]))) for row in cursor.fetchall()]


def _narrowing(wanted: QueueFilter) -> tuple[str, dict[str, Any]]:
    conditions = ""
    parameters: dict[str, Any] = {}
    if wanted.severity is not None:
        conditions += " AND w.severity = %(severity)s"
        parameters["severity"] = wanted.severity
    if wanted.level is not None:
        conditions += " AND coalesce(w.level_id, 0) = %(level)s"
        parameters["level"] = wanted.level
    if wanted.text:
        conditions += """ AND (w.subject ILIKE %(text)s OR w.number ILIKE %(text)s OR EXISTS (
            SELECT 1 FROM customers_customer k WHERE k.id = w.customer_id AND k.name ILIKE %(text)s))"""
        parameters["text"] = like_pattern(wanted.text)
    if wanted.due:
        conditions += f""" AND EXISTS (
            SELECT 1 FROM tickets_clock k
            WHERE k.ticket_id = w.id AND k.stopped_at IS NULL AND k.state = 'running'
              AND {CONDITIONS[wanted.due]})"""  # noqa: S608 (one of two of our own)
    return conditions, parameters


def like_pattern(text: str) -> str:
    """What people typed, to be found anywhere and taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _spans_ahead(wanted: QueueFilter, rows: Sequence[_Found]) -> dict[int, Span]:
    """What has to be counted to number the rows, by row.

    Where nothing is left out, a team's rows follow one another in its queue: the first page needs no count
    and a later one only that of each team's first row.
    """
    if wanted.is_narrowed:
        return {index: Span(row.team_id, "", row.rank_key) for index, row in enumerate(rows)}
    if not wanted.after:
        return {}
    firsts: dict[int, int] = {}
    for index, row in enumerate(rows):
        firsts.setdefault(row.team_id, index)
    return {index: Span(team_id, "", rows[index].rank_key) for team_id, index in firsts.items()}


def _positions(wanted: QueueFilter, rows: Sequence[_Found], ahead: Mapping[int, int]) -> list[int]:
    if wanted.is_narrowed:
        return [ahead[index] + 1 for index in range(len(rows))]
    next_in: dict[int, int] = {rows[index].team_id: count + 1 for index, count in ahead.items()}
    positions = []
    for row in rows:
        position = next_in.get(row.team_id, 1)
        positions.append(position)
        next_in[row.team_id] = position + 1
    return positions


def _rest_begins(rows: Sequence[_Found], *, is_first_page: bool) -> int | None:
    """The first row of the rest, pinned ones aside; on later pages only where it follows another."""
    for index, row in enumerate(rows):
        if row.band == NO_CONTRACT_BAND and not row.is_pinned:
            return index if index or is_first_page else None
    return None


@dataclass(frozen=True)
class Levels:
    """The service levels: names, and the place of each among the ranks there are, for its colour."""

    names: Mapping[int, str]
    steps: Mapping[int, int]

    def label(self, level_id: int | None, without: str) -> str:
        """The level's name, or the word for none."""
        return self.names.get(level_id, without) if level_id else without

    def step(self, level_id: int | None) -> int:
        """1 for the best rank, 2 for the next …; 0 without a contract."""
        return self.steps.get(level_id, 0) if level_id else 0


def load_levels() -> Levels:
    """All service levels, in one query."""
    rows = list(ServiceLevel.objects.order_by("rank", "name").values_list("pk", "name", "rank"))
    ranks = sorted({rank for _, _, rank in rows})
    return Levels(
        names={pk: name for pk, name, _ in rows},
        steps={pk: min(ranks.index(rank) + 1, 9) for pk, _, rank in rows},
    )


class _Words:
    """Writes rows in one language; looks each word up once."""

    def __init__(self, language: str, now: datetime, levels: Levels) -> None:
        self._language = language
        self._now = now
        self._levels = levels
        self._due = DueWords(language, now)
        self._severities = {step: say(f"severity.{severity_name(step)}", language) for step in (1, 2, 3, 4)}
        self._channels = {channel: say(f"channel.{channel}", language) for channel in CHANNEL_ICONS}
        self._without = say("rank.agent.no_contract", language)

    def queue_row(self, row: _Found, position: int, team: str, *, starts_rest: bool) -> QueueRow:
        """One row of the queue."""
        return QueueRow(
            number=row.number,
            position=str(position),
            severity=str(row.severity),
            severity_label=self._severities[row.severity],
            subject=row.subject,
            channel_icon=CHANNEL_ICONS[row.channel],
            channel_label=self._channels[row.channel],
            customer=row.customer,
            level_label=self._levels.label(row.level_id, self._without),
            band_position=str(self._levels.step(row.level_id)),
            team=team,
            arrived_iso=row.arrived_at.isoformat(),
            waits=short_span(row.arrived_at, self._now, self._language),
            is_pinned=row.is_pinned,
            starts_rest=starts_rest,
            due=self._due.of(row.due),
        )

    def ticket_row(self, row: Mapping[str, Any], since: str, due: NextDue | None) -> "TicketRow":
        """One row of another list; `since` names the moment it shows."""
        level_id, moment = row["level_id"], row[since]
        return TicketRow(
            pk=row["pk"],
            number=row["number"],
            severity=row["severity"],
            severity_label=self._severities[row["severity"]],
            subject=row["subject"],
            status=row["status"],
            status_label=say(f"status.{row['status']}", self._language),
            channel_icon=CHANNEL_ICONS[row["channel"]],
            channel_label=self._channels[row["channel"]],
            customer=row["customer__name"],
            level_label=self._levels.label(level_id, self._without),
            band_position=self._levels.step(level_id),
            team=row["team__name"],
            assignee=" ".join(filter(None, (row["assignee__first_name"], row["assignee__last_name"])))
            or row["assignee__username"]
            or "",
            moment_iso=moment.isoformat() if moment else "",
            span=short_span(moment, self._now, self._language) if moment else "",
            is_pinned=row["pinned_at"] is not None,
            due=self._due.of(due) if due else None,
        )


def say(code: str, language: str) -> str:
    """One word of the wording table."""
    return TABLE[code][language[:2]]


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket of a list other than the queue."""

    pk: int
    number: str
    severity: int
    severity_label: str
    subject: str
    status: str
    status_label: str
    channel_icon: str
    channel_label: str
    customer: str
    level_label: str
    band_position: int
    team: str
    assignee: str
    moment_iso: str
    span: str
    is_pinned: bool
    due: Due | None


_FIELDS = (
    "pk", "number", "severity", "subject", "status", "channel", "level_id", "arrived_at", "changed_at",
    "assigned_at", "scheduled_until", "pinned_at", "rank_key",
    "customer__name", "team__name", "assignee__first_name", "assignee__last_name", "assignee__username",
)  # fmt: skip


def ticket_rows(
    tickets: TicketQuerySet,
    *,
    since: str,
    levels: Levels,
    language: str,
    now: datetime,
    with_due: bool = False,
) -> tuple[Sequence[TicketRow], Mapping[str, Any]]:
    """A page of an ordered list, and the raw last row where more follow (else nothing).

    One query, and a second one `with_due`, for the deadlines.
    """
    found = list(tickets.values(*_FIELDS)[: PAGE + 1])
    words = _Words(language, now, levels)
    due = next_due([row["pk"] for row in found[:PAGE]]) if with_due else {}
    rows = [words.ticket_row(row, since, due.get(row["pk"])) for row in found[:PAGE]]
    return rows, found[PAGE - 1] if len(found) > PAGE else {}


def starving(team_ids: Iterable[int]) -> TicketQuerySet:
    """Waiting tickets without a contract, the longest waiting first."""
    return (
        Ticket.objects.waiting().of_teams(team_ids).filter(band=NO_CONTRACT_BAND).order_by("arrived_at", "pk")
    )


def search(tickets: TicketQuerySet, text: str) -> TicketQuerySet:
    """Of these tickets those whose number, subject or customer holds the text."""
    return tickets.filter(
        Q(number__icontains=text) | Q(subject__icontains=text) | Q(customer__name__icontains=text)
    )
