"""What stands beside every page of the desk: how much waits where. Bounded, however long the queues are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from contracts.rules.standing import NO_CONTRACT_BAND
from lib.outbox import LATELY
from tickets.gateways.live_index import Span
from tickets.queries.places import count_spans
from tickets.rules import ranking

CAP = 100
"""Own tickets are counted up to here; pages say "99+"."""


@dataclass(frozen=True)
class TeamCount:
    """How many tickets wait in a team's queue, and how many of them with a contract."""

    waiting: int
    with_contract: int


@dataclass(frozen=True)
class DeskCounts:
    """The numbers of the navigation. `is_degraded`: Valkey was away and PostgreSQL counted.

    `lost_mail`: tickets of these teams with mail that was lately given up.
    """

    by_team: Mapping[int, TeamCount]
    work: int
    parked: int
    lost_mail: int
    is_degraded: bool

    def of(self, team_ids: Iterable[int]) -> TeamCount:
        """The sum over some teams."""
        chosen = [self.by_team[team_id] for team_id in team_ids]
        return TeamCount(sum(one.waiting for one in chosen), sum(one.with_contract for one in chosen))


def desk_counts(
    user_id: int, team_ids: Sequence[int], also: Iterable[Span] = ()
) -> tuple[DeskCounts, Mapping[Span, int]]:
    """Count for the navigation, and what else a page wants counted, in one round trip to the live index."""
    every = {team_id: Span(team_id, "", "~") for team_id in team_ids}
    without = {team_id: Span(team_id, *ranking.band_range(NO_CONTRACT_BAND)) for team_id in team_ids}
    counted, is_degraded = count_spans({*every.values(), *without.values(), *also})
    work, parked, lost_mail, pinned = _own_and_pinned(user_id, team_ids)
    by_team = {}
    for team_id in team_ids:
        waiting = counted[every[team_id]]
        without_contract = counted[without[team_id]] + pinned.get(str(team_id), 0)
        by_team[team_id] = TeamCount(waiting, max(0, waiting - without_contract))
    return DeskCounts(by_team, work, parked, lost_mail, is_degraded), counted


def _own_and_pinned(user_id: int, team_ids: Sequence[int]) -> tuple[int, int, int, Mapping[str, int]]:
    """How many tickets an agent has in hands, and how many of theirs wait for the customer.

    Third, how many tickets of the teams have mail that was given up lately. Fourth, by team, the few pinned
    tickets without a contract: they stand outside the spans of bands.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT
                (SELECT count(*) FROM (
                    SELECT 1 FROM tickets_ticket
                    WHERE status = 'open' AND assignee_id = %(user)s LIMIT %(cap)s
                ) AS held),
                (SELECT count(*) FROM (
                    SELECT 1 FROM tickets_ticket
                    WHERE status = 'waiting_customer' AND assignee_id = %(user)s LIMIT %(cap)s
                ) AS parked),
                (SELECT count(*) FROM (
                    SELECT DISTINCT d.ticket_id
                    FROM tickets_delivery d JOIN tickets_ticket t ON t.id = d.ticket_id
                    WHERE d.failed_at > now() - make_interval(days => %(lately)s)
                        AND t.team_id = ANY(%(teams)s)
                    LIMIT %(cap)s
                ) AS lost),
                (SELECT coalesce(json_object_agg(team_id, tickets), '{}') FROM (
                    SELECT team_id, count(*) AS tickets FROM tickets_ticket
                    WHERE team_id = ANY(%(teams)s) AND status = 'open' AND assignee_id IS NULL
                        AND rank_key < %(unpinned)s AND band = %(without)s
                    GROUP BY team_id
                ) AS pinned)
            """,
            {
                "user": user_id,
                "cap": CAP,
                "lately": LATELY.days,
                "teams": list(team_ids),
                "unpinned": ranking.pinned_range()[1],
                "without": NO_CONTRACT_BAND,
            },
        )
        work, parked, lost_mail, pinned = cursor.fetchone()
        return work, parked, lost_mail, pinned
