"""Which waiting tickets a change of agreements would move, and where to: asked before it is saved.

What is said for now is exactly what saving and applying the change does. What is said for a later day is
the band only: which queue a ticket will stand in by then, nobody knows.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from django.db.models import Count
from django.utils.timezone import localtime

from contracts.models import ServiceLevel
from contracts.queries import WhatIf, company_zone
from contracts.rules.standing import Standing, standing_at
from contracts.rules.what_if import Shift, shifts
from tickets.gateways.live_index import Span
from tickets.models import Ticket
from tickets.models.tickets import WAITING
from tickets.queries.places import count_in_database
from tickets.rules.ranking import moved_to_band

SHOWN = 50
DATES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Move:
    """One waiting ticket before and after. Places are None where only the band is known."""

    number: str
    subject: str
    customer: str
    team: str
    level_before: str | None
    level_after: str | None
    band_before: int
    band_after: int
    place_before: int | None = None
    place_after: int | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """The tickets that move from one moment on, best first; `shown` holds the first of `count`.

    `since` None: at once. `until` None: for good, or not for all of them until the same moment.
    """

    since: datetime | None
    until: datetime | None
    count: int
    shown: Sequence[Move]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.shown)

    @property
    def last_on(self) -> date | None:
        """The last day on which this holds, if it ends for all of them together."""
        if self.until is None:
            return None
        return localtime(self.until - timedelta(microseconds=1), company_zone()).date()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do to the queues.

    `pinned`: of the tickets that would move, those that keep their place while they are pinned.
    `others_back`, `others_up`: waiting tickets of others that get a later or an earlier place by it.
    `not_waiting`: tickets in somebody's hands or put off, which are ranked anew without standing in a queue.
    `more_dates`: later days on which more moves, beyond those listed.
    """

    now: Moves
    later: Sequence[Moves]
    more_dates: int = 0
    pinned: int = 0
    others_back: int = 0
    others_up: int = 0
    not_waiting: int = 0
    digest: str = ""

    @property
    def moves_anything(self) -> bool:
        """Whether there is something to say."""
        return bool(self.now.count or self.pinned or self.later)


class _Waiting(NamedTuple):
    """A waiting ticket of a customer whom the change touches."""

    pk: int
    customer_id: int
    team_id: int
    rank_key: str
    band: int
    pinned_at: datetime | None


class _Moved(NamedTuple):
    """The ticket and where it would stand."""

    was: _Waiting
    band: int
    level: str | None
    key: str

    @property
    def is_another(self) -> bool:
        """Whether the band changes at all."""
        return self.band != self.was.band


def customers_waiting_on(levels: Iterable[ServiceLevel]) -> list[int]:
    """The customers with tickets not yet closed who hold an agreement of these levels, in force or not."""
    ids = [level.pk for level in levels if level.pk]
    held = Ticket.objects.unsettled().filter(customer__agreements__level__in=ids)
    return list(held.order_by().values_list("customer_id", flat=True).distinct())


def preview(what_if: WhatIf, at: datetime, *, shown: int | None = SHOWN) -> Preview:
    """What the change would do, in a number of queries that depends on nothing. `shown` None: all tickets."""
    zone = company_zone()
    after = {pk: standing_at(facts, at, zone) for pk, facts in what_if.after.items()}
    waiting = _waiting_of(after)
    moved = [one for one in (_moved(each, after[each.customer_id]) for each in waiting) if one.is_another]
    coming = {pk: shifts(what_if.before[pk], what_if.after[pk], at, zone) for pk in after}
    later = _by_date(coming, waiting, at)
    free = sorted(
        (one for one in moved if one.was.pinned_at is None), key=lambda one: (one.key, one.was.team_id)
    )
    listed = free[:shown]
    dates = sorted(later)[:DATES_SHOWN]
    cards = _cards([one.was.pk for one in listed] + [pk for each in dates for pk, _ in later[each][:shown]])
    places, back, up = _places(moved, listed)
    now = Moves(
        None,
        _common(_lasts(coming[pk], at) for pk in {one.was.customer_id for one in free}),
        len(free),
        [_move(cards[one.was.pk], one, places[one.was.pk]) for one in listed],
    )
    return Preview(
        now=now,
        later=[_moves_on(each, later[each], cards, shown) for each in dates],
        more_dates=len(later) - len(dates),
        pinned=len(moved) - len(free),
        others_back=back,
        others_up=up,
        not_waiting=_not_waiting(after),
        digest=_digest(moved, later),
    )


def _waiting_of(customer_ids: Iterable[int]) -> list[_Waiting]:
    rows = Ticket.objects.waiting().filter(customer__in=list(customer_ids)).order_by("rank_key")
    columns = ("pk", "customer_id", "team_id", "rank_key", "band", "pinned_at")
    return [_Waiting(*row) for row in rows.values_list(*columns)]


def _moved(one: _Waiting, standing: Standing) -> _Moved:
    level = standing.level.name if standing.level else None
    return _Moved(one, standing.band, level, moved_to_band(one.rank_key, standing.band))


_Later = dict[datetime, list[tuple[int, Shift]]]


def _by_date(coming: Mapping[int, Sequence[Shift]], waiting: Iterable[_Waiting], at: datetime) -> _Later:
    """By the moment from which they would move, the waiting tickets with what happens to them then."""
    dates: _Later = defaultdict(list)
    for one in waiting:
        for shift in coming[one.customer_id]:
            if shift.since > at:
                dates[shift.since].append((one.pk, shift))
    return dates


def _cards(ids: Iterable[int]) -> dict[int, tuple[str, str, str, str, str | None, int]]:
    """What a line says of a ticket: number, subject, customer, team, level and band as they are."""
    rows = Ticket.objects.filter(pk__in=set(ids)).values_list(
        "pk", "number", "subject", "customer__name", "team__name", "level__name", "band"
    )
    return {row[0]: row[1:] for row in rows}


def _move(card: tuple[str, str, str, str, str | None, int], moved: _Moved, places: tuple[int, int]) -> Move:
    number, subject, customer, team, level, band = card
    return Move(number, subject, customer, team, level, moved.level, band, moved.band, *places)


def _moves_on(
    since: datetime,
    rows: Sequence[tuple[int, Shift]],
    cards: Mapping[int, tuple[str, str, str, str, str | None, int]],
    shown: int | None,
) -> Moves:
    listed = [
        Move(
            *cards[pk][:4],
            shift.before.level.name if shift.before.level else None,
            shift.after.level.name if shift.after.level else None,
            *shift.bands,
        )
        for pk, shift in rows[:shown]
    ]
    return Moves(since, _common(shift.until for _, shift in rows), len(rows), listed)


def _lasts(coming: Sequence[Shift], at: datetime) -> datetime | None:
    """How long that holds which begins at once."""
    return coming[0].until if coming and coming[0].since == at else None


def _common(moments: Iterable[datetime | None]) -> datetime | None:
    """The one moment that all share, else None."""
    different = set(moments)
    return different.pop() if len(different) == 1 else None


def _places(moved: Sequence[_Moved], listed: Sequence[_Moved]) -> tuple[dict[int, tuple[int, int]], int, int]:
    """Places before and after of the listed tickets, and how many others stand later and earlier by it."""
    teams: dict[int, _Team] = {}
    for one in moved:
        teams.setdefault(one.was.team_id, _Team(one.was.team_id)).take(one)
    for team in teams.values():
        team.sort()
    pieces = {sign: [piece for team in teams.values() for piece in team.pieces(sign)] for sign in (1, -1)}
    fronts = {Span(one.was.team_id, "", key) for one in listed for key in (one.was.rank_key, one.key)}
    counts = count_in_database([*fronts, *pieces[1], *pieces[-1]])
    places = {}
    for one in listed:
        team = teams[one.was.team_id]
        before = counts[Span(team.pk, "", one.was.rank_key)]
        ahead = counts[Span(team.pk, "", one.key)]
        places[one.was.pk] = (before + 1, ahead + team.shift(one.key) + 1)
    others = {
        sign: sum(counts[piece] - teams[piece.team_id].movers_in(piece) for piece in pieces[sign])
        for sign in (1, -1)
    }
    return places, others[1], others[-1]


class _Team:
    """The keys that leave their place in one queue, and those that come to stand there."""

    def __init__(self, pk: int) -> None:
        self.pk = pk
        self.left: list[str] = []
        self.taken: list[str] = []

    def take(self, one: _Moved) -> None:
        """Note one move."""
        self.left.append(one.was.rank_key)
        self.taken.append(one.key)

    def sort(self) -> None:
        """All are noted."""
        self.left.sort()
        self.taken.sort()

    def shift(self, key: str) -> int:
        """By how many places what stands at this key falls back (negative: moves up)."""
        return bisect_left(self.taken, key) - bisect_left(self.left, key)

    def movers_in(self, piece: Span) -> int:
        """How many of those that leave stand in this stretch."""
        return bisect_left(self.left, piece.high) - bisect_left(self.left, piece.low)

    def pieces(self, sign: int) -> Iterator[Span]:
        """The stretches in which everybody falls back (1) or moves up (-1), joined where they touch."""
        change = Counter(self.taken)
        change.subtract(self.left)
        low, running = "", 0
        for key in sorted(change):
            was, running = running, running + change[key]
            if was * sign <= 0 < running * sign:
                low = key
            elif was * sign > 0 >= running * sign:
                yield Span(self.pk, low, key)


def _not_waiting(after: Mapping[int, Standing]) -> int:
    """Tickets in somebody's hands, put off or solved that get another band."""
    rows = (
        Ticket.objects.unsettled()
        .filter(customer__in=list(after))
        .exclude(WAITING)
        .order_by()
        .values_list("customer_id", "band")
        .annotate(number=Count("pk"))
    )
    return sum(number for customer_id, band, number in rows if band != after[customer_id].band)


def _digest(moved: Iterable[_Moved], later: _Later) -> str:
    """What was said, so far as it is the change's own doing: tickets come and go meanwhile."""
    said = {(one.was.customer_id, one.was.band, one.band) for one in moved}
    then = {(since.isoformat(), *shift.bands) for since, rows in later.items() for _, shift in rows}
    return sha256(repr((sorted(said), sorted(then))).encode()).hexdigest()[:16]
