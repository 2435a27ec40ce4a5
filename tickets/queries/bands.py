"""Where a customer's ticket would stand in another band: what a service agreement would change."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Team
from tickets.gateways.live_index import Span
from tickets.models import Ticket
from tickets.queries.places import count_in_database
from tickets.rules.ranking import SERIAL_LIMIT, RankFacts, moved_to_band, rank_key


def places_if_ranked(ticket: Ticket, bands: Iterable[int]) -> dict[int, int]:
    """By band, the place a waiting ticket would have if its customer's tickets all stood in that band.

    The customer's other tickets move with it, so that it is exactly what an agreement from now on does.
    Two queries, counted by PostgreSQL: the live index may lag behind for a moment, and this compares.
    """
    mine = Ticket.objects.waiting().filter(
        customer=ticket.customer_id, team=ticket.team_id, pinned_at__isnull=True
    )
    own = list(mine.values_list("rank_key", flat=True))
    keys = {band: moved_to_band(ticket.rank_key, band) for band in bands}
    counts = count_in_database([Span(ticket.team_id, "", key) for key in keys.values()])
    places = {}
    for band, key in keys.items():
        left = sum(one < key for one in own)
        came = sum(moved_to_band(one, band) < key for one in own)
        places[band] = 1 + counts[Span(ticket.team_id, "", key)] - left + came
    return places


def places_of_a_new_one(team: Team, bands: Iterable[int], now: datetime) -> dict[int, int]:
    """By band, the place of a ticket of normal severity that came in now. One query."""
    keys = {
        band: rank_key(RankFacts(None, band, Ticket.Severity.NORMAL, now, SERIAL_LIMIT - 1)) for band in bands
    }
    counts = count_in_database([Span(team.pk, "", key) for key in keys.values()])
    return {band: 1 + counts[Span(team.pk, "", key)] for band, key in keys.items()}
