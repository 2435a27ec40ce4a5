"""What the clocks of tickets are worked out from: the tickets, their clocks and pauses, who spoke when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Q

from tickets.models import Clock, ClockPause, Ticket
from tickets.models.clocks import UNFINISHED
from tickets.rules.clocks import NO_AGREEMENT, SOLVED, Pause, cause_of

# One of them per ticket; of answers only the one that is owed matters.
_OF_A_TICKET = Q(kind__in=["response", "resolution"]) | UNFINISHED

_TALK = """
    SELECT t.id, first.at, owed.at
    FROM unnest(%s::bigint[]) AS t(id)
    LEFT JOIN LATERAL (
        SELECT min(m.at) AS at, max(m.at) AS last FROM tickets_message m
        WHERE m.ticket_id = t.id AND NOT m.is_internal AND m.contact_id IS NULL AND m.channel = 'desk'
          AND m.id <> (SELECT min(o.id) FROM tickets_message o WHERE o.ticket_id = t.id)
    ) first ON true
    LEFT JOIN LATERAL (
        SELECT min(m.at) AS at FROM tickets_message m
        WHERE m.ticket_id = t.id AND m.contact_id IS NOT NULL AND m.at > first.last
    ) owed ON true
"""

_STEPS = """
    SELECT ticket_id, at, kind FROM tickets_ticketevent
    WHERE ticket_id = ANY(%s) AND (kind LIKE 'status.%%' OR kind IN ('level_gained', 'level_lost'))
    ORDER BY at, id
"""

_LEVEL_STEPS = ("level_gained", "level_lost")
_STATUS_AFTER = {
    "status.wait_customer": "waiting_customer",
    "status.wait_third_party": "waiting_third_party",
    "status.schedule": "scheduled",
    "status.solve": "solved",
    "status.close": "closed",
    "status.auto_close": "closed",
}


@dataclass(frozen=True, slots=True)
class Talk:
    """When an agent first answered, and since when a customer waits for the next answer."""

    answered_at: datetime | None = None
    owed_since: datetime | None = None


@dataclass(slots=True)
class Case:
    """A ticket as its clocks see it."""

    ticket_id: int
    status: str
    severity: int
    level_id: int | None
    arrived_at: datetime
    clocks: dict[str, Clock] = field(default_factory=dict)
    pauses: list[ClockPause] = field(default_factory=list)

    @property
    def is_finished(self) -> bool:
        """Whether nobody waits for a solution."""
        return cause_of(self.status) == SOLVED

    @property
    def is_followed(self) -> bool:
        """Whether its pauses are kept: from its first clock on, also while none of its clocks runs."""
        return bool(self.clocks or self.pauses)

    @property
    def facts(self) -> tuple[Pause, ...]:
        """The pauses as the rules know them."""
        return tuple(Pause(one.starts_at, one.ends_at, one.cause) for one in self.pauses)

    def running(self, *kinds: str) -> list[Clock]:
        """The clocks of these kinds that still wait for something."""
        return [clock for kind in kinds if (clock := self.clocks.get(kind)) and clock.stopped_at is None]


def case_of(ticket: Ticket) -> Case:
    """The case of a ticket that was just created: without clocks."""
    return Case(ticket.pk, ticket.status, ticket.severity, ticket.level_id, ticket.arrived_at)


def cases_of(ticket_ids: Sequence[int], *, for_update: bool = False) -> list[Case]:
    """The cases of tickets, in three queries; `for_update` locks the clocks, in the order of their ids."""
    rows = Ticket.objects.filter(pk__in=ticket_ids).order_by("pk")
    cases = [Case(*row) for row in rows.values_list("pk", "status", "severity", "level_id", "arrived_at")]
    fill(cases, for_update=for_update)
    return cases


def fill(cases: Iterable[Case], *, for_update: bool = False) -> None:
    """Read the clocks and pauses of cases, in two queries."""
    by_id = {case.ticket_id: case for case in cases}
    found = Clock.objects.filter(_OF_A_TICKET, ticket_id__in=by_id).defer("justification").order_by("pk")
    if for_update:
        found = found.select_for_update(of=("self",))
    for clock in found:
        by_id[clock.ticket_id].clocks[clock.kind] = clock
    if any(case.clocks or case.level_id for case in by_id.values()):
        for pause in ClockPause.objects.filter(ticket_id__in=by_id).order_by("starts_at", "pk"):
            by_id[pause.ticket_id].pauses.append(pause)


def clock_pauses(ticket_ids: Iterable[int]) -> dict[int, tuple[Pause, ...]]:
    """The pauses of tickets as the rules know them, in one query."""
    found: dict[int, list[Pause]] = defaultdict(list)
    rows = ClockPause.objects.filter(ticket_id__in=list(ticket_ids)).order_by("starts_at", "pk")
    for ticket_id, starts_at, ends_at, cause in rows.values_list(
        "ticket_id", "starts_at", "ends_at", "cause"
    ):
        found[ticket_id].append(Pause(starts_at, ends_at, cause))
    return {ticket_id: tuple(pauses) for ticket_id, pauses in found.items()}


def talk_of(ticket_ids: Iterable[int]) -> dict[int, Talk]:
    """Who spoke when, by ticket. Notes are not spoken, and the first message is the case itself."""
    with connection.cursor() as cursor:
        cursor.execute(_TALK, [list(ticket_ids)])
        return {pk: Talk(answered, owed) for pk, answered, owed in cursor.fetchall()}


def pauses_told(cases: Iterable[Case]) -> Mapping[int, list[Pause]]:
    """The pauses that the histories of tickets tell of, for those whose pauses nobody kept at the time."""
    arrivals = {case.ticket_id: case.arrived_at for case in cases}
    steps: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [list(arrivals)])
        for ticket_id, at, kind in cursor.fetchall():
            steps[ticket_id].append((at, kind))
    return {ticket_id: _pauses(arrivals[ticket_id], told) for ticket_id, told in steps.items()}


def _pauses(arrived_at: datetime, steps: Sequence[tuple[datetime, str]]) -> list[Pause]:
    found: list[Pause] = []
    since: dict[str, datetime] = {}
    # Whoever first gained an agreement had none before.
    if next((kind for _, kind in steps if kind in _LEVEL_STEPS), "") == "level_gained":
        since[NO_AGREEMENT] = arrived_at
    for at, kind in steps:
        if kind in _LEVEL_STEPS:
            now, of = ({NO_AGREEMENT} if kind == "level_lost" else set()), {NO_AGREEMENT}
        else:
            now, of = {cause_of(_STATUS_AFTER.get(kind, "open"))} - {""}, since.keys() - {NO_AGREEMENT}
        found += [Pause(since.pop(cause), at, cause) for cause in sorted((of - now) & since.keys())]
        for cause in now - since.keys():
            since[cause] = at
    return [*found, *(Pause(started, None, cause) for cause, started in since.items())]
