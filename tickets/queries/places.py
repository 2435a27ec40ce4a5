"""Where tickets stand in their queues and who is ahead: from the live index, else from PostgreSQL."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from lib.valkey import Unavailable
from tickets.gateways import live_index
from tickets.gateways.live_index import Span
from tickets.models import Ticket
from tickets.rules import ranking
from tickets.rules.ranking import AheadCounts, RankFacts

PIN_LIST_LIMIT = 100


@dataclass(frozen=True)
class Place:
    """A waiting ticket's place: how many are ahead in its team's queue, and by which part of the order."""

    counts: AheadCounts

    @property
    def position(self) -> int:
        """1 is next."""
        return self.counts.total + 1


@dataclass(frozen=True)
class Places:
    """Places by ticket id. `is_degraded`: Valkey was away and PostgreSQL counted."""

    by_ticket: Mapping[int, Place]
    is_degraded: bool


def places_of(tickets: Iterable[Ticket]) -> Places:
    """The places of those of these tickets that wait, in one round trip however many they are."""
    return places_of_facts({t.pk: (t.team_id, t.as_rank_facts()) for t in tickets if t.is_waiting})


def places_of_facts(facts: Mapping[int, tuple[int, RankFacts]]) -> Places:
    """As `places_of`, from (team id, rank facts) by ticket id."""
    spans = {pk: _spans(team_id, one) for pk, (team_id, one) in facts.items()}
    counts, is_degraded = count_spans({span for of_one in spans.values() for span in of_one.values()})
    by_ticket = {
        pk: Place(AheadCounts(**{name: counts[span] for name, span in of_one.items()}))
        for pk, of_one in spans.items()
    }
    return Places(by_ticket, is_degraded)


def numbers_ahead(ticket: Ticket) -> list[str]:
    """The numbers of the tickets a pin would overtake, best first, up to a hundred."""
    ahead = Ticket.objects.waiting().filter(
        team=ticket.team_id, rank_key__lt=ticket.rank_key, pinned_at__isnull=True
    )
    return list(ahead.in_rank_order().values_list("number", flat=True)[:PIN_LIST_LIMIT])


def count_spans(spans: Iterable[Span]) -> tuple[dict[Span, int], bool]:
    """Count the waiting tickets in each span. Returns the counts and whether PostgreSQL had to count."""
    ordered = list(spans)
    if not ordered:
        return {}, False
    try:
        _, counts = live_index.read(spans=ordered)
    except Unavailable:
        return count_in_database(ordered), True
    return dict(zip(ordered, counts, strict=True)), False


def _spans(team_id: int, facts: RankFacts) -> dict[str, Span]:
    return {name: Span(team_id, low, high) for name, (low, high) in ranking.ranges_for(facts).items()}


def count_in_database(spans: Sequence[Span]) -> dict[Span, int]:
    """Count spans in one query. Spans that begin alike are cut so that no ticket is counted twice."""
    highs: dict[tuple[int, str], set[str]] = defaultdict(set)
    for span in spans:
        highs[span.team_id, span.low].add(span.high)
    pieces = [
        Span(team_id, low, high)
        for (team_id, start), ends in highs.items()
        for low, high in zip([start, *sorted(ends)], sorted(ends), strict=False)
    ]
    counted = dict(zip(pieces, _count_pieces(pieces), strict=True))
    totals: dict[Span, int] = {}
    for (team_id, start), ends in highs.items():
        low, total = start, 0
        for high in sorted(ends):
            total += counted[Span(team_id, low, high)]
            totals[Span(team_id, start, high)] = total
            low = high
    return totals


def _count_pieces(pieces: Sequence[Span]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (
                SELECT count(*) FROM tickets_ticket t
                WHERE t.team_id = piece.team_id AND t.status = 'open' AND t.assignee_id IS NULL
                  AND t.rank_key >= piece.low COLLATE "C" AND t.rank_key < piece.high COLLATE "C"
            )
            FROM unnest(%s::bigint[], %s::text[], %s::text[]) WITH ORDINALITY
                AS piece(team_id, low, high, place)
            ORDER BY piece.place
            """,
            [[p.team_id for p in pieces], [p.low for p in pieces], [p.high for p in pieces]],
        )
        return [row[0] for row in cursor.fetchall()]
