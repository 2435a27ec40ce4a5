"""Which tickets a change moves, as it is told beforehand, is what happens when it is made."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement, ServiceLevel
from contracts.queries import Draft, company_zone, if_deleted, if_levels_saved, if_saved
from contracts.rules.standing import SuspensionFact
from tests.factories.cast import Cast, make_agreement, make_cast, make_customer, make_level, make_ticket
from tickets.actions import assigning, progressing, rating
from tickets.actions.reranking import apply_standing_changes
from tickets.models import Ticket
from tickets.models.tickets import WAITING
from tickets.queries.moving import SHOWN, Preview, customers_waiting_on, preview
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
numbers = st.integers(0, 11)
terms = st.fixed_dictionaries(
    {
        "level": st.sampled_from([None, 0, 1, 2, 0, 1]),
        "first": st.sampled_from([-30, -1, 0, 1, 2, 40]),
        "length": st.sampled_from([None, None, 0, 1, 30, 70]),
        "suspended": st.sampled_from([[]] * 3 + [[(0, 0)], [(1, None)], [(-1, 1), (3, 9)]]),
    }
)
worlds = st.fixed_dictionaries(
    {
        "ranks": st.lists(st.integers(1, 4), min_size=3, max_size=3),
        "papers": st.lists(st.tuples(st.integers(0, 3), terms), max_size=5),
        "cases": st.lists(
            st.tuples(
                st.integers(0, 3),
                st.sampled_from([1, 2, 3]),
                st.integers(0, 1),
                st.sampled_from(["waiting"] * 5 + ["pinned", "in hands", "parked", "solved"]),
            ),
            min_size=2,
            max_size=9,
        ),
    }
)
changes = st.one_of(
    st.tuples(st.just("add"), numbers, terms),
    st.tuples(st.just("change"), numbers, terms),
    st.tuples(st.just("hand on"), numbers, terms),
    st.tuples(st.just("delete"), numbers, terms),
    st.tuples(st.just("rank"), numbers, terms),
)

Stand = tuple[str, str | None, int, int]


class World:
    """Customers with papers and cases, as drawn, and a change that can be asked about and made."""

    def __init__(self, cast: Cast, drawn: dict[str, Any], change: tuple[str, int, dict[str, Any]]) -> None:
        self.cast, self.now = cast, timezone.now()
        self.levels = [make_level(f"L{place}", rank) for place, rank in enumerate(drawn["ranks"])]
        self.customers = [make_customer(f"C{place}") for place in range(4)]
        self.papers = [self._save(Agreement(customer=self.customers[who]), t) for who, t in drawn["papers"]]
        for who, severity, team, state in drawn["cases"]:
            self._open(who, severity, team, state)
        kind, number, self.terms = change
        self.kind, self.number = (kind if self.papers else "add"), number

    def today(self) -> date:
        """Here."""
        return timezone.localdate(self.now, company_zone())

    def _open(self, who: int, severity: int, team: int, state: str) -> None:
        cast = self.cast
        queue = (cast.team, cast.other_team)[team]
        ticket = make_ticket(self.customers[who], severity=Ticket.Severity(severity), team=queue)
        if state == "pinned":
            rating.pin(ticket=ticket, by=cast.lead, reason="now", expires_at=self.now + 90 * DAY)
        elif state == "in hands":
            assigning.assign(
                ticket=ticket, to=(cast.agent, cast.other_agent)[team], by=cast.lead, reason="now"
            )
        elif state == "parked":
            progressing.progress(ticket=ticket, verb=Verb.WAIT_CUSTOMER, by=cast.lead)
        elif state == "solved":
            progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.lead)

    def _fill(self, agreement: Agreement, drawn: dict[str, Any]) -> list[dict[str, Any]]:
        level = drawn["level"]
        agreement.kind = Agreement.Kind.UPDATE if level is None else Agreement.Kind.SERVICE
        agreement.level = None if level is None else self.levels[level]
        agreement.starts_on = self.today() + drawn["first"] * DAY
        length = drawn["length"]
        agreement.ends_on = None if length is None else agreement.starts_on + length * DAY
        return [
            {"starts_on": self.today() + a * DAY, "ends_on": None if b is None else self.today() + b * DAY}
            for a, b in drawn["suspended"]
        ]

    def _save(self, agreement: Agreement, drawn: dict[str, Any]) -> Agreement:
        periods = self._fill(agreement, drawn)
        return agreement_actions.save(agreement=agreement, suspensions=periods, by=None)  # type: ignore[arg-type]

    def draft(self) -> Agreement:
        """The agreement that is added or changed."""
        if self.kind == "add":
            return Agreement(customer=self.customers[self.number % 4])
        agreement = Agreement.objects.get(pk=self.papers[self.number % len(self.papers)].pk)
        if self.kind == "hand on":
            agreement.customer = self.customers[self.number % 4]
        return agreement

    def level(self) -> ServiceLevel:
        """The level whose rank changes."""
        level = self.levels[self.number % 3]
        level.rank = 1 + self.number % 5
        return level

    def ask(self) -> Preview:
        """What would happen."""
        if self.kind == "rank":
            level = self.level()
            what_if = if_levels_saved([level], customers_waiting_on([level]))
        elif self.kind == "delete":
            what_if = if_deleted([self.draft()])
        else:
            draft = self.draft()
            periods = self._fill(draft, self.terms)
            what_if = if_saved([Draft(draft, [SuspensionFact(**period) for period in periods])])
        return preview(what_if, self.now, shown=None)

    def make(self) -> None:
        """Let it happen."""
        if self.kind == "rank":
            agreement_actions.save_level(level=self.level(), by=None)
        elif self.kind == "delete":
            agreement_actions.delete(agreement=self.draft(), by=None)
        else:
            self._save(self.draft(), self.terms)

    def stands(self, at: datetime) -> dict[str, Stand]:
        """Level, band and place of every waiting ticket after a sweep at a moment."""
        apply_standing_changes(at=at)
        stands: dict[str, Stand] = {}
        for team in (self.cast.team, self.cast.other_team):
            queue = Ticket.objects.waiting().filter(team=team).in_rank_order().select_related("level")
            for place, ticket in enumerate(queue, start=1):
                level = ticket.level.name if ticket.level else None
                stands[ticket.number] = ("pinned" if ticket.pinned_at else "", level, ticket.band, place)
        return stands


def moved(before: dict[str, Stand], after: dict[str, Stand]) -> dict[str, tuple[Stand, Stand]]:
    """The tickets whose band is another."""
    return {number: (was, after[number]) for number, was in before.items() if was[2] != after[number][2]}


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking takes minutes, which a red build need not
    suppress_health_check=list(HealthCheck),
)
@given(drawn=worlds, change=changes)
def test_what_is_told_is_what_happens(drawn: dict[str, Any], change: Any) -> None:
    with transaction.atomic():
        check(World(make_cast(), drawn, change))
        transaction.set_rollback(True)


def check(world: World) -> None:
    before = world.stands(world.now)
    idle = dict(Ticket.objects.exclude(WAITING).values_list("number", "band"))
    told = world.ask()
    dates = [moves.since for moves in told.later if moves.since]
    without = [in_another_world(lambda at=at: world.stands(at)) for at in dates]  # type: ignore[misc]

    probes = [world.now + days * DAY for days in (1, 2, 4, 45)]
    undisturbed = [in_another_world(lambda at=at: world.stands(at)) for at in probes]  # type: ignore[misc]

    world.make()
    after = world.stands(timezone.now())

    happened = moved(before, after)
    free = {number: stands for number, stands in happened.items() if not stands[0][0]}
    assert {one.number: ((one.level_before, one.band_before, one.place_before),
                         (one.level_after, one.band_after, one.place_after)) for one in told.now.shown
            } == {number: (was[1:], now[1:]) for number, (was, now) in free.items()}  # fmt: skip
    assert told.now.count == len(free)
    assert told.pinned == len(happened) - len(free)
    others = [(before[number][3], after[number][3]) for number in before.keys() - happened.keys()]
    assert told.others_back == sum(was < now for was, now in others)
    assert told.others_up == sum(was > now for was, now in others)
    assert told.not_waiting == sum(
        band != idle[number] for number, band in Ticket.objects.exclude(WAITING).values_list("number", "band")
    )
    for moves, other in zip(told.later, without, strict=True):
        assert moves.since
        then = in_another_world(lambda at=moves.since: world.stands(at))  # type: ignore[misc]
        for one in moves.shown:
            assert (one.level_before, one.band_before) == other[one.number][1:3]
            assert (one.level_after, one.band_after) == then[one.number][1:3]

    for probe, other in zip(probes, undisturbed, strict=True):
        then = in_another_world(lambda at=probe: world.stands(at))  # type: ignore[misc]
        coming = [moves for moves in told.later if moves.since and moves.since <= probe]
        known = {one.number for moves in (told.now, *coming) for one in moves.shown}
        pinned = {number for number, stand in other.items() if stand[0]}
        assert moved(other, then).keys() - pinned <= known


def in_another_world(happen: Callable[[], Any]) -> Any:
    """What comes of it, and then it has not happened."""
    with transaction.atomic():
        seen = happen()
        transaction.set_rollback(True)
    return seen


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_a_change_without_effect_says_nothing(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    renamed = Agreement.objects.get(customer=cast.gold_customer)
    renamed.reference = "Renamed"

    assert not preview(if_saved([Draft(renamed, [])]), timezone.now()).moves_anything


def test_from_when_and_until_when_is_said_of_a_coming_agreement(cast: Cast) -> None:
    ticket = make_ticket(cast.plain_customer)
    make_ticket(cast.bronze_customer)
    today = timezone.localdate(timezone=company_zone())
    coming = Agreement(
        customer=cast.plain_customer, level=cast.gold, starts_on=today + 9 * DAY, ends_on=today + 19 * DAY
    )

    told = preview(if_saved([Draft(coming, [])]), timezone.now())

    assert told.now.count == 0
    (moves,) = told.later
    assert moves.since is not None
    assert timezone.localdate(moves.since, company_zone()) == coming.starts_on
    assert moves.last_on == coming.ends_on
    (one,) = moves.shown
    assert (one.number, one.level_before, one.level_after) == (ticket.number, None, "Gold")


def test_ten_thousand_tickets_take_no_more_queries(cast: Cast) -> None:
    """How long they take is shown by `make bench`."""

    def ask() -> tuple[int, Preview]:
        level = ServiceLevel.objects.get(pk=cast.gold.pk)
        level.rank = 9
        with CaptureQueriesContext(connection) as queries:
            told = preview(if_levels_saved([level], customers_waiting_on([level])), timezone.now())
        return len(queries), told

    make_ticket(cast.gold_customer)
    make_ticket(cast.bronze_customer)
    few, _ = ask()
    grow(cast, customers=200, tickets_each=50)
    many, told = ask()

    assert told.now.count == 10_001
    assert len(told.now.shown) == SHOWN
    assert told.now.more == 10_001 - SHOWN
    assert told.others_up == 1
    assert many == few


def grow(cast: Cast, customers: int, tickets_each: int) -> None:
    """Many customers on the gold level with many waiting tickets, copied from one."""
    pattern = make_ticket(cast.gold_customer)
    for number in range(customers):
        customer = make_customer(f"Grown {number}")
        make_agreement(customer, cast.gold, ends_on=date(2030, 1, 1) + number * DAY)
        rows = []
        for place in range(tickets_each):
            serial = 1_000_000 + number * tickets_each + place
            row = Ticket()
            row.__dict__ |= {k: v for k, v in pattern.__dict__.items() if not k.startswith("_")}
            row.pk, row.number, row.customer_id = serial, f"X-{serial}", customer.pk
            row.rank_key = f"{pattern.rank_key[:-7]}{serial:07}"
            rows.append(row)
        Ticket.objects.bulk_create(rows)
    Ticket.objects.filter(pk=pattern.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
