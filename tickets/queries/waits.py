"""Waiting tickets with everything that is said of a place: position, why, and who is ahead by band."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime

from contracts.models import ServiceLevel
from contracts.queries import company_zone
from contracts.rules.standing import NO_CONTRACT_BAND
from tickets.gateways.live_index import Span
from tickets.models import Ticket
from tickets.queries.places import Place, count_spans
from tickets.rules import ranking
from tickets.rules.ranking import AheadCounts
from tickets.rules.wording import Audience, rank_sentence


@dataclass(frozen=True)
class Wait(Place):
    """A waiting ticket's place, and how many tickets of each band are ahead (pinned ones apart)."""

    ahead: Mapping[str, int]


@dataclass(frozen=True)
class Waits:
    """By ticket id. `is_degraded`: Valkey was away and PostgreSQL counted."""

    by_ticket: Mapping[int, Wait]
    is_degraded: bool


def waits_of(tickets: Iterable[Ticket]) -> Waits:
    """The waits of those of these tickets that wait: one query and one round trip, however many they are."""
    waiting = [ticket for ticket in tickets if ticket.is_waiting]
    if not waiting:
        return Waits({}, is_degraded=False)
    bands = sorted({*ServiceLevel.objects.values_list("rank", flat=True), NO_CONTRACT_BAND})
    own = {ticket.pk: _own_spans(ticket) for ticket in waiting}
    whole = {ticket.team_id: _band_spans(ticket.team_id, bands) for ticket in waiting}
    spans = {span for of_one in own.values() for span in of_one.values()}
    spans |= {span for of_team in whole.values() for span in of_team.values()}
    counts, is_degraded = count_spans(spans)
    by_ticket = {}
    for ticket in waiting:
        reasons = AheadCounts(**{name: counts[span] for name, span in own[ticket.pk].items()})
        by_band = {band: counts[span] for band, span in whole[ticket.team_id].items()}
        by_ticket[ticket.pk] = Wait(reasons, _ahead(ticket, reasons, by_band))
    return Waits(by_ticket, is_degraded)


def wait_sentence(
    ticket: Ticket, wait: Place, *, language: str, audience: Audience, now: datetime | None
) -> str:
    """Why the ticket (with its level) stands where it stands; without `now`, with the date of its arrival."""
    zone = company_zone()
    return rank_sentence(
        language,
        audience,
        position=wait.position,
        level_name=ticket.level.name if ticket.level else None,
        severity=ticket.severity,
        since=localtime(ticket.arrived_at, zone),
        today=localtime(now, zone).date() if now else None,
        counts=wait.counts,
        pinned=ticket.pinned_at is not None,
    )


def _own_spans(ticket: Ticket) -> dict[str, Span]:
    ranges = ranking.ranges_for(ticket.as_rank_facts())
    return {name: Span(ticket.team_id, low, high) for name, (low, high) in ranges.items()}


def _band_spans(team_id: int, bands: Iterable[int]) -> dict[int, Span]:
    """Whole bands: the same for every ticket of a team, so that a page of them asks once."""
    return {band: Span(team_id, *ranking.band_range(band)) for band in bands}


def _ahead(ticket: Ticket, reasons: AheadCounts, by_band: Mapping[int, int]) -> dict[str, int]:
    """Better bands are ahead as a whole; of its own band, whoever is more severe or came earlier."""
    if ticket.pinned_at is not None:
        return {"pinned": reasons.total}
    better = {str(band): count for band, count in by_band.items() if band < ticket.band}
    return {"pinned": reasons.pinned, **better, str(ticket.band): reasons.more_severe + reasons.earlier}
