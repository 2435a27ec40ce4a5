"""Fifty agents take the next ticket at once while everything moves; history has to justify each claim."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Team, User
from contracts.actions import agreements
from contracts.models import Agreement, ServiceLevel, StandingChange
from tests.background import eventually
from tests.factories.cast import make_agreement, make_customer, make_level, make_team, make_ticket, make_user
from tickets import tasks
from tickets.access import Denied
from tickets.actions import assigning, moving, progressing, rating
from tickets.actions.assigning import Offer
from tickets.actions.refusals import PinNeedsFuture
from tickets.models import Assignment, Decline, QueueStay, Ticket
from tickets.queries.verification import verify
from tickets.rules.lifecycle import Verb

AGENTS = 50
CLAIMS_EACH = 4
TICKETS = 320
UNPINNED = datetime.max.replace(tzinfo=timezone.get_default_timezone())

Order = tuple[datetime, int, int, datetime, str]


# The checker: it knows the recorded history and nothing of locks, keys or queries.


@dataclass(frozen=True)
class Stay:
    """A ticket stood in a queue over [since, until)."""

    ticket: str
    team: int
    order: Order
    since: datetime
    until: datetime

    def covers(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


@dataclass(frozen=True)
class Claim:
    """Somebody asked at `requested_at` and was given the ticket at `at`."""

    ticket: str
    agent: int
    teams: frozenset[int]
    requested_at: datetime
    at: datetime


@dataclass(frozen=True)
class Record:
    """What history says. `held`: when somebody had a ticket. `declined`: when, by (agent, ticket)."""

    stays: list[Stay]
    claims: list[Claim]
    held: dict[str, list[tuple[datetime, datetime]]]
    declined: dict[tuple[int, str], list[datetime]]


def double_claims(record: Record) -> list[str]:
    """Tickets that two had at once."""
    return [
        ticket
        for ticket, stretches in record.held.items()
        if any(one[1] > other[0] for one, other in pairwise(sorted(stretches)))
    ]


def unjustified_claims(record: Record) -> list[Claim]:
    """Claims without an instant at which nothing better that this agent could be given was waiting."""
    return [claim for claim in record.claims if not _is_justified(claim, record)]


def _is_justified(claim: Claim, record: Record) -> bool:
    window = [stay for stay in record.stays if stay.since <= claim.at and stay.until >= claim.requested_at]
    taken = [stay for stay in window if stay.ticket == claim.ticket and stay.since <= claim.at <= stay.until]
    moments = {claim.requested_at, claim.at}
    moments |= {edge for stay in window for edge in (stay.since, stay.until)}
    return any(
        not any(_is_better(stay, mine, claim, moment, record) for stay in window)
        for mine in taken
        for moment in moments
        if max(claim.requested_at, mine.since) <= moment <= claim.at
    )


def _is_better(stay: Stay, mine: Stay, claim: Claim, moment: datetime, record: Record) -> bool:
    if stay.ticket == claim.ticket or stay.team not in claim.teams or not stay.covers(moment):
        return False
    declined = record.declined.get((claim.agent, stay.ticket), [])
    is_declined = any(at <= moment < at + timedelta(minutes=30) for at in declined)
    return stay.order < mine.order and not is_declined


def recorded() -> Record:
    """Read the history."""
    teams = {user.pk: frozenset(user.teams.values_list("pk", flat=True)) for user in User.objects.all()}
    forever = timezone.now() + timedelta(days=1)
    stays = [
        Stay(
            stay.ticket.number,
            stay.team_id,
            (
                stay.pinned_at or UNPINNED,
                stay.band,
                stay.severity,
                stay.ticket.arrived_at,
                stay.ticket.number,
            ),
            stay.entered_at,
            stay.left_at or forever,
        )
        for stay in QueueStay.objects.select_related("ticket")
    ]
    claims, held = [], defaultdict(list)
    for one in Assignment.objects.select_related("ticket"):
        number = one.ticket.number
        held[number].append((one.at, one.until or forever))
        if one.how == Assignment.How.NEXT:
            claims.append(Claim(number, one.agent_id, teams[one.agent_id], one.requested_at, one.at))
    declined = defaultdict(list)
    for decline in Decline.objects.select_related("ticket"):
        declined[decline.agent_id, decline.ticket.number].append(decline.at)
    return Record(stays, claims, dict(held), dict(declined))


# The crowd.


class Crowd:
    """Threads with their own connections; what they raise is kept for the test."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []
        self.is_over = threading.Event()

    def run(self, working: list[Callable[[], None]], disturbing: list[Callable[[], None]]) -> None:
        """Run the working to their end, and the disturbing ones over and over as long as those work."""
        workers = [self._thread(work) for work in working]
        others = [self._thread(partial(self._repeat, work)) for work in disturbing]
        for thread in [*workers, *others]:
            thread.start()
        for thread in workers:
            thread.join(timeout=120)
        self.is_over.set()
        for thread in others:
            thread.join(timeout=30)
        assert not any(thread.is_alive() for thread in [*workers, *others])
        if self.errors:
            raise self.errors[0]

    def _thread(self, work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 (raised again in the test's own thread)
                self.errors.append(error)
                self.is_over.set()
            finally:
                connections.close_all()

        return threading.Thread(target=run, daemon=True)

    def _repeat(self, work: Callable[[], None]) -> None:
        while not self.is_over.is_set():
            work()
            time.sleep(0.005)


class Firm:
    """Two teams, fifty agents, customers on every level, and a long queue."""

    def __init__(self) -> None:
        self.teams = [make_team("Workplace", is_default=True), make_team("Network")]
        self.lead = make_user("lead", User.Role.LEAD)
        served = [self.teams[:1], self.teams[1:], self.teams]
        self.agents = [make_user(f"a{n}", User.Role.AGENT, *served[n % 3]) for n in range(AGENTS)]
        self.levels = [make_level("Gold", 1), make_level("Silver", 2), make_level("Bronze", 3)]
        self.customers = [make_customer() for _ in range(12)]
        for number, customer in enumerate(self.customers[:9]):
            make_agreement(customer, self.levels[number % 3])
        for number in range(TICKETS):
            self.open(number)

    def open(self, number: int) -> Ticket:
        return make_ticket(
            self.customers[number % 12],
            severity=Ticket.Severity(number % 4 + 1),
            team=self.teams[number % 7 % 2],
        )

    def working(self, agent: User, barrier: threading.Barrier) -> Callable[[], None]:
        """Take the next ticket, several times; the first time all at once."""
        dice = random.Random(agent.pk)

        def work() -> None:
            barrier.wait(timeout=60)
            for _ in range(CLAIMS_EACH):
                offer = assigning.take_next(by=agent)
                assert offer is not None
                self._put_aside(offer, agent, dice)

        return work

    def _put_aside(self, offer: Offer, agent: User, dice: random.Random) -> None:
        with suppress(Denied):  # moved to another team meanwhile, out of this agent's hands
            if dice.random() < 0.25:
                assigning.decline(ticket=offer.ticket, by=agent, reason="not my field")
            else:
                progressing.progress(ticket=offer.ticket, verb=Verb.WAIT_CUSTOMER, by=agent)

    def disturbances(self) -> list[Callable[[], None]]:
        """Everything that moves a queue."""
        dice = random.Random(7)
        return [
            *(partial(disturb, dice) for disturb in (self._open, self._rate, self._write_agreement)),
            *(partial(disturb, dice) for disturb in (self._pin, self._move, self._change_customer)),
            tasks.sweep_queue,
        ]

    def _open(self, dice: random.Random) -> None:
        self.open(dice.randrange(1000))

    def _any_ticket(self, dice: random.Random) -> Ticket:
        """Mostly one near the head, where it matters."""
        waiting = list(Ticket.objects.waiting().in_rank_order()[:40])
        return dice.choice(waiting)

    def _rate(self, dice: random.Random) -> None:
        severity = Ticket.Severity(dice.randint(1, 4))
        rating.set_severity(ticket=self._any_ticket(dice), severity=severity, by=self.lead, reason="seen")

    def _write_agreement(self, dice: random.Random) -> None:
        if dice.random() < 0.1:
            level = ServiceLevel.objects.get(name="Silver")
            level.rank = dice.randint(1, 3)
            agreements.save_level(level=level, by=self.lead)
            return
        agreement = dice.choice(list(Agreement.objects.all()))
        agreement.level = dice.choice(self.levels)
        agreement.ends_on = dice.choice([None, agreement.starts_on])
        agreements.save(agreement=agreement, by=self.lead)
        time.sleep(0.05)

    def _pin(self, dice: random.Random) -> None:
        until = timezone.now() + timedelta(seconds=dice.uniform(0.2, 2))
        with suppress(PinNeedsFuture):  # it waited for its turn longer than that
            rating.pin(ticket=self._any_ticket(dice), by=self.lead, reason="police", expires_at=until)
        time.sleep(0.1)

    def _move(self, dice: random.Random) -> None:
        team = Team.objects.get(pk=dice.choice(self.teams).pk)
        moving.move_to_team(ticket=self._any_ticket(dice), team=team, by=self.lead)

    def _change_customer(self, dice: random.Random) -> None:
        customer = dice.choice(self.customers)
        moving.change_customer(ticket=self._any_ticket(dice), customer=customer, by=self.lead)


@pytest.mark.django_db(transaction=True)
def test_fifty_agents_at_once_get_what_is_theirs() -> None:
    firm, crowd = Firm(), Crowd()
    coming = announce_boundaries(firm)
    barrier = threading.Barrier(AGENTS)

    crowd.run([firm.working(agent, barrier) for agent in firm.agents], firm.disturbances())

    record = recorded()
    assert len(record.claims) == AGENTS * CLAIMS_EACH
    assert double_claims(record) == []
    assert unjustified_claims(record) == []
    assert_boundaries_came_first(coming, record)
    assert_the_checker_sees_what_is_wrong(record)
    eventually(has_every_pin_run_out, what="the end of the last pin")
    report = verify(timezone.now())
    assert report.is_clean, report.as_json()


def has_every_pin_run_out() -> bool:
    """Sweep; a pin that ended between a sweep and a verification would be no fault of the queue's."""
    tasks.sweep_queue()
    return not Ticket.objects.filter(pin_expires_at__isnull=False).exists()


def announce_boundaries(firm: Firm) -> list[tuple[int, datetime]]:
    """Moments of the coming seconds at which a standing has to be looked at, as a midnight would be."""
    now = timezone.now()
    rows = [
        StandingChange(customer=firm.customers[9 + number % 3], at=now + timedelta(milliseconds=90 * number))
        for number in range(1, 60)
    ]
    StandingChange.objects.bulk_create(rows)
    return [(row.pk, row.at) for row in rows]


def assert_boundaries_came_first(coming: list[tuple[int, datetime]], record: Record) -> None:
    """No claim happened at or after a boundary that was not applied by then."""
    applied = dict(StandingChange.objects.values_list("pk", "applied_at"))
    met = 0
    for pk, at in coming:
        for claim in record.claims:
            if claim.at >= at:
                met += 1
                applied_at = applied[pk]
                assert applied_at is not None
                assert applied_at <= claim.at
    assert met


def assert_the_checker_sees_what_is_wrong(record: Record) -> None:
    """The same history with a fault put in is not justified any more."""
    claim = record.claims[len(record.claims) // 2]
    # What fell due may have moved the ticket at the very instant of the claim: the last stay counts.
    ended = [stay for stay in record.stays if stay.ticket == claim.ticket and stay.until == claim.at]
    mine = max(ended, key=lambda stay: stay.since)
    better = (*mine.order[:3], mine.order[3] - timedelta(microseconds=1), "0")
    overlooked = Stay(
        "overlooked", mine.team, better, claim.requested_at - timedelta(1), claim.at + timedelta(1)
    )
    assert unjustified_claims(replace(record, stays=[*record.stays, overlooked])) != []

    foreign = replace(overlooked, team=-1)
    worse = replace(overlooked, order=(*better[:3], mine.order[3] + timedelta(microseconds=1), "~"))
    came_and_went = replace(overlooked, until=claim.requested_at)
    declined = {**record.declined, (claim.agent, "overlooked"): [claim.requested_at]}
    for harmless in (foreign, worse, came_and_went):
        assert claim not in unjustified_claims(replace(record, stays=[*record.stays, harmless]))
    with_decline = replace(record, stays=[*record.stays, overlooked], declined=declined)
    assert claim not in unjustified_claims(with_decline)

    stretches = record.held[claim.ticket]
    twice = {**record.held, claim.ticket: [*stretches, stretches[0]]}
    assert double_claims(replace(record, held=twice)) == [claim.ticket]
