"""A machine that does to the queue whatever people and the clock do, and tells the oracle the bare facts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import time_machine
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from accounts.actions import users as user_actions
from accounts.models import Team, User
from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement, ServiceLevel
from customers.models import Contact
from customers.models import Customer as CustomerRow
from lib.valkey import valkey
from tests.factories.calling import Caller
from tests.factories.cast import make_contact, make_customer, make_level, make_team, make_ticket, make_user
from tests.oracle import ZONE, Agent, Case, Customer, Level, Paper, World
from tickets import tasks
from tickets.actions import assigning, moving, progressing, rating, replying
from tickets.actions.refusals import NotWaiting, OffDuty
from tickets.models import Ticket
from tickets.rules.lifecycle import NotAllowed, Verb

# Around both DST nights, an ordinary week, a turn of the year.
STARTS = [
    datetime(2026, 3, 28, 22, 30, tzinfo=UTC),
    datetime(2026, 10, 24, 21, 45, tzinfo=UTC),
    datetime(2026, 6, 9, 9, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC),
]
TEAMS = ("Workplace", "Network")
TARGETS = {
    Verb.WAIT_CUSTOMER: "waiting_customer",
    Verb.WAIT_THIRD_PARTY: "waiting_third_party",
    Verb.SCHEDULE: "scheduled",
    Verb.RESUME: "open",
    Verb.SOLVE: "solved",
    Verb.CLOSE: "closed",
    Verb.REOPEN: "open",
}
KINDS = ["service"] * 4 + ["update", "software_assurance", "cloud_subscription", "other"]
JUMPS = ["minutes", "half an hour", "hours", "days", "midnight", "just before midnight", "pin", "schedule"]

# Which one: taken modulo how many there are. Sampled, for drawn integers prefer few values.
anything = st.sampled_from(range(60))
severities = st.lists(st.sampled_from([1, 2, 3, 4]), min_size=1, max_size=4)
# Days from today, mostly such that something begins or ends tonight or tomorrow.
terms = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KINDS),
        "level": anything,
        "first": st.sampled_from([-30, -1, 0, 1, 1, 2]),
        "length": st.sampled_from([None, None, 0, 1, 2, 30, 31]),
        "terminated": st.sampled_from([None] * 5 + [0, 1, 30]),
        "suspended": st.sampled_from([[]] * 4 + [[(0, 0)], [(1, None)], [(-1, 1), (2, 2)]]),
    }
)


class QueueMachine(RuleBasedStateMachine):
    """Rules are what can happen. Subclasses say what has to be true after each of them."""

    def __init__(self) -> None:
        super().__init__()
        wipe()
        self.world = World()
        self.agreements: list[tuple[int, Customer, Paper]] = []
        self.clock: time_machine.travel | None = None

    @initialize(
        start=st.sampled_from(STARTS),
        ranks=st.sampled_from([(1, 1, 1), (1, 2, 3), (2, 2, 5)]),
        contracts=st.lists(terms, min_size=3, max_size=3),
    )
    def begin(self, start: datetime, ranks: tuple[int, ...], contracts: list[dict[str, Any]]) -> None:
        """A small firm, three customers who hold something and one who does not, each with two tickets."""
        self.clock = time_machine.travel(start, tick=False)
        self.time = self.clock.start()
        teams = {name: make_team(name, is_default=name == TEAMS[0]) for name in TEAMS}
        self.lead = make_user("lead", User.Role.LEAD)
        self.admin = make_user("admin", User.Role.ADMIN)
        self.world.agents["lead"] = Agent("lead", None)
        for name, served in {"anna": TEAMS[:1], "bert": TEAMS[1:], "cleo": TEAMS}.items():
            make_user(name, User.Role.AGENT, *(teams[team] for team in served))
            self.world.agents[name] = Agent(name, set(served))
        for name, rank in zip(("Gold", "Silver", "Bronze"), ranks, strict=True):
            make_level(name, rank)
            self.world.levels.append(Level(name, rank))
        with valkey() as client:
            client.flushall()
        for number in range(4):
            self.add_customer()
            self.open_tickets(number, [3, 2], TEAMS[0], 0)
        for number, contract in enumerate(contracts):
            self.add_agreement(number, contract)

    def teardown(self) -> None:
        if self.clock is not None:
            self.clock.stop()

    # What the clock does.

    @rule(jump=st.sampled_from(JUMPS))
    def let_time_pass(self, jump: str) -> None:
        self._jump(jump)

    # What the firm writes about its customers.

    @precondition(lambda self: len(self.world.customers) < 6)
    @rule()
    def add_customer(self) -> None:
        name = f"Customer {len(self.world.customers)}"
        user = make_user(f"portal{len(self.world.customers)}", User.Role.CONTACT)
        make_contact(make_customer(name), f"Contact of {name}", user=user, sees_company_tickets=True)
        self.world.customers.append(Customer(name))

    @rule(who=anything, terms=terms)
    def add_agreement(self, who: int, terms: dict[str, Any]) -> None:
        customer = self._customer(who)
        agreement = Agreement(customer=_customer_row(customer))
        self._write(agreement, customer, **terms)

    @precondition(lambda self: self.agreements)
    @rule(which=anything, who=anything, terms=terms)
    def change_agreement(self, which: int, who: int, terms: dict[str, Any]) -> None:
        """Also backdated, and now and then given to another customer."""
        pk, customer, paper = self.agreements.pop(which % len(self.agreements))
        customer.papers.remove(paper)
        agreement = Agreement.objects.get(pk=pk)
        if who % 5 == 0:
            customer = self._customer(who)
            agreement.customer = _customer_row(customer)
        self._write(agreement, customer, **terms)

    @precondition(lambda self: self.agreements)
    @rule(which=anything)
    def delete_agreement(self, which: int) -> None:
        self._tick()
        pk, customer, paper = self.agreements.pop(which % len(self.agreements))
        customer.papers.remove(paper)
        agreement_actions.delete(agreement=Agreement.objects.get(pk=pk), by=self.admin)

    @rule(which=anything, rank=st.integers(1, 4))
    def change_rank_of_level(self, which: int, rank: int) -> None:
        self._tick()
        level = self._level(which)
        row = ServiceLevel.objects.get(name=level.name)
        row.rank = level.rank = rank
        agreement_actions.save_level(level=row, by=self.admin)

    @rule(which=anything)
    def rename_level(self, which: int) -> None:
        self._tick()
        level = self._level(which)
        row = ServiceLevel.objects.get(name=level.name)
        row.name = level.name = f"{level.name.split()[0]} {timezone.now():%d-%H:%M:%S.%f}"
        agreement_actions.save_level(level=row, by=self.admin)

    # What customers do.

    @rule(
        who=anything,
        severities=severities,
        team=st.sampled_from(TEAMS),
        days_ago=st.sampled_from([0, 0, 1]),
        is_by_api=st.booleans(),
    )
    def open_tickets(
        self, who: int, severities: list[int], team: str, days_ago: int, *, is_by_api: bool = False
    ) -> None:
        """Several at the very same moment; some imported with their own arrival."""
        moment = self._tick()
        customer = self._customer(who)
        arrived_at = moment - timedelta(days=days_ago)
        door = self._file_by_api if is_by_api else self._file
        for severity in severities:
            number = door(customer, severity, team, arrived_at if days_ago else None)
            self.world.cases[number] = Case(
                number, team, customer, severity, arrived_at, moment, last_band=customer.band_at(moment)
            )

    def _file(self, customer: Customer, severity: int, team: str, arrived_at: datetime | None) -> str:
        """File one ticket. Returns its number."""
        ticket = make_ticket(
            _customer_row(customer),
            severity=Ticket.Severity(severity),
            team=Team.objects.get(name=team),
            arrived_at=arrived_at,
        )
        return ticket.number

    def _file_by_api(self, customer: Customer, severity: int, team: str, arrived_at: datetime | None) -> str:
        document = {
            "customer": _customer_row(customer).pk,
            "subject": "Printer",
            "body": "It is on fire.",
            "severity": Ticket.Severity(severity).name.lower(),
            "team": Team.objects.get(name=team).slug,
        }
        importing = {"arrived_at": arrived_at.isoformat()} if arrived_at else {}
        answer = Caller(self.admin).post("tickets/", {**document, **importing})
        assert answer.status_code == 201, answer.content
        return str(answer.json()["number"])

    @precondition(lambda self: self.world.cases)
    @rule(which=anything)
    def customer_replies(self, which: int) -> None:
        moment, case = self._tick(), self._case(which)
        contact = Contact.objects.get(customer__name=case.customer.name)
        try:
            replying.customer_reply(ticket=_row(case), body="Any news?", contact=contact, by=None)
        except NotAllowed:
            return
        case.status, case.wakes_at, case.changed_at = "open", None, moment
        case.last_band = case.customer.band_at(moment)

    # What agents and leads do with tickets.

    @precondition(lambda self: self.world.cases)
    @rule(which=anything, verb=st.sampled_from([*TARGETS]), hours=st.integers(1, 30))
    def progress(self, which: int, verb: Verb, hours: int) -> None:
        moment, case = self._tick(), self._case(which)
        until = moment + timedelta(hours=hours) if verb == Verb.SCHEDULE else None
        try:
            progressing.progress(ticket=_row(case), verb=verb, by=self._worker(case), until=until)
        except NotAllowed:
            return
        case.status, case.wakes_at, case.changed_at = TARGETS[verb], until, moment
        case.last_band = case.customer.band_at(moment) if verb == Verb.REOPEN else case.last_band
        self._touch(case)

    @precondition(lambda self: any(case.status == "closed" for case in self.world.cases.values()))
    @rule(which=anything, jump=st.sampled_from(JUMPS))
    def reopen_later(self, which: int, jump: str) -> None:
        """A closed ticket follows no standing; back again it ranks by the one of that moment."""
        moment = self._jump(jump)
        closed = [case for case in self.world.cases.values() if case.status == "closed"]
        case = closed[which % len(closed)]
        progressing.progress(ticket=_row(case), verb=Verb.REOPEN, by=self.lead)
        case.status, case.changed_at, case.last_band = "open", moment, case.customer.band_at(moment)

    @precondition(lambda self: self.world.cases)
    @rule(which=anything, severity=st.sampled_from([1, 2, 3, 4]))
    def change_severity(self, which: int, severity: int) -> None:
        moment, case = self._tick(), self._case(which)
        rating.set_severity(
            ticket=_row(case), severity=Ticket.Severity(severity), by=self._worker(case), reason="as I see it"
        )
        case.severity, case.changed_at = severity, moment
        self._touch(case)

    @precondition(lambda self: self.world.cases)
    @rule(which=anything, hours=st.sampled_from([1, 3, 20]))
    def pin(self, which: int, hours: int) -> None:
        moment, case = self._tick(), self._case(which)
        until = moment + timedelta(hours=hours)
        rating.pin(ticket=_row(case), by=self.lead, reason="police", expires_at=until)
        case.pinned_at, case.pin_until, case.changed_at = case.pinned_at or moment, until, moment

    @precondition(lambda self: self.world.cases)
    @rule(which=anything)
    def unpin(self, which: int) -> None:
        moment, case = self._tick(), self._case(which)
        rating.unpin(ticket=_row(case), by=self.lead)
        if case.pinned_at is not None:
            case.pinned_at, case.pin_until, case.changed_at = None, None, moment

    @precondition(lambda self: self.world.cases)
    @rule(which=anything, team=st.sampled_from(TEAMS))
    def move_to_team(self, which: int, team: str) -> None:
        moment, case = self._tick(), self._case(which)
        moving.move_to_team(ticket=_row(case), team=Team.objects.get(name=team), by=self.lead)
        if case.team == team:
            return
        case.team, case.changed_at = team, moment
        if case.holder is not None and not case.holder.serves(team):
            case.holder = case.touched_at = None

    @precondition(lambda self: self.world.cases)
    @rule(which=anything, who=anything)
    def change_customer(self, which: int, who: int) -> None:
        moment, case = self._tick(), self._case(which)
        others = [customer for customer in self.world.customers if customer is not case.customer]
        customer = others[who % len(others)]
        moving.change_customer(ticket=_row(case), customer=_customer_row(customer), by=self.lead)
        case.customer, case.changed_at, case.last_band = customer, moment, customer.band_at(moment)

    # Who has what.

    @rule(who=anything, jump=st.sampled_from([None, None, *JUMPS]))
    def take_next(self, who: int, jump: str | None) -> None:
        """Also right after a midnight that no sweep has seen."""
        moment, agent = self._jump(jump) if jump else self._tick(), self._agent(who)
        try:
            offer = assigning.take_next(by=_user(agent))
        except OffDuty:
            assert not agent.is_there
            return
        self.world.pass_time(moment)
        expected = self.world.next_for(agent, moment)
        assert (offer and offer.ticket.number) == (expected and expected.number)
        if offer is not None and expected is not None and not offer.is_own:
            self._hand_over(expected, agent)

    @precondition(lambda self: self.world.cases)
    @rule(who=anything, which=anything)
    def pick(self, who: int, which: int) -> None:
        self._tick()
        agent, case = self._agent(who), self._case(which)
        if not agent.serves(case.team) and case.holder is not agent:
            return
        try:
            assigning.pick(ticket=_row(case), by=_user(agent), reason="they are on the phone")
        except OffDuty:
            assert not agent.is_there
        except NotWaiting:
            assert not case.is_waiting
        else:
            self._hand_over(case, agent)

    @precondition(lambda self: any(case.holder for case in self.world.cases.values()))
    @rule(which=anything)
    def decline(self, which: int) -> None:
        moment = self._tick()
        held = [case for case in self.world.cases.values() if case.holder]
        case = held[which % len(held)]
        assert case.holder is not None
        assigning.decline(ticket=_row(case), by=_user(case.holder), reason="not my field")
        case.declined.append((case.holder.name, moment))
        case.holder = case.touched_at = None

    @precondition(lambda self: any(case.holder for case in self.world.cases.values()))
    @rule(which=anything)
    def release(self, which: int) -> None:
        self._tick()
        held = [case for case in self.world.cases.values() if case.holder]
        case = held[which % len(held)]
        assigning.release(ticket=_row(case), by=self.lead)
        case.holder = case.touched_at = None

    @rule(who=anything, is_on_duty=st.booleans())
    def go_on_or_off_duty(self, who: int, is_on_duty: bool) -> None:
        self._tick()
        agent = self._agent(who)
        user_actions.set_duty(user=_user(agent), is_on_duty=is_on_duty, by=self.lead)
        agent.is_on_duty = is_on_duty

    @rule(who=anything, is_active=st.booleans())
    def deactivate_or_activate(self, who: int, is_active: bool) -> None:
        self._tick()
        agent = self._agent(who)
        if agent.name == "lead":
            return
        user = _user(agent)
        user.is_active = agent.is_active = is_active
        user_actions.save(user=user, by=self.admin)

    @rule()
    def lose_the_index(self) -> None:
        with valkey() as client:
            client.flushall()

    # Pending work, as the worker does it.

    def settle(self) -> None:
        """Do what beat would have a worker do now; time works on the oracle's facts likewise."""
        tasks.sweep_queue()
        moment = timezone.now()
        self.world.pass_time(moment)
        self.world.return_tickets(moment)

    def _write(
        self,
        agreement: Agreement,
        customer: Customer,
        *,
        kind: str,
        level: int,
        first: int,
        length: int | None,
        terminated: int | None,
        suspended: list[tuple[int, int | None]],
    ) -> None:
        self._tick()
        today = timezone.now().astimezone(ZONE).date()
        starts = today + timedelta(days=first)
        paper = Paper(
            kind,
            self._level(level) if kind == "service" else None,
            starts,
            _after(starts, length),
            _after(starts, terminated),
            [
                (today + timedelta(days=at), _after(today + timedelta(days=at), long))
                for at, long in suspended
            ],
        )
        agreement.kind = paper.kind
        agreement.level = ServiceLevel.objects.get(name=paper.level.name) if paper.level else None
        agreement.starts_on, agreement.ends_on, agreement.terminated_on = (
            paper.first,
            paper.last,
            paper.terminated,
        )
        agreement_actions.save(
            agreement=agreement,
            by=self.admin,
            suspensions=[{"starts_on": since, "ends_on": until} for since, until in paper.suspended],
        )
        customer.papers.append(paper)
        self.agreements.append((agreement.pk, customer, paper))

    def _tick(self) -> datetime:
        """Each step has a moment of its own."""
        self.time.shift(timedelta(milliseconds=1))
        return timezone.now()

    def _jump(self, jump: str) -> datetime:
        now = timezone.now()
        midnight = datetime.combine(
            now.astimezone(ZONE).date() + timedelta(days=1), datetime.min.time(), ZONE
        )
        cases = self.world.cases.values()
        moments = {
            "minutes": now + timedelta(minutes=7),
            "half an hour": now + timedelta(minutes=30),
            "hours": now + timedelta(hours=5),
            "days": now + timedelta(days=3),
            "midnight": midnight,
            "just before midnight": midnight - timedelta(microseconds=1),
            "pin": min((case.pin_until for case in cases if case.pin_until), default=now),
            "schedule": min((case.wakes_at for case in cases if case.wakes_at), default=now),
        }
        self.time.move_to(max(now + timedelta(microseconds=1), moments[jump]))
        return timezone.now()

    def _hand_over(self, case: Case, agent: Agent) -> None:
        case.holder, case.touched_at = agent, timezone.now()

    def _touch(self, case: Case) -> None:
        if case.holder is not None and case.holder.is_there:
            case.touched_at = timezone.now()

    def _worker(self, case: Case) -> User:
        """Whoever has it, or else the lead."""
        return _user(case.holder) if case.holder is not None and case.holder.is_there else self.lead

    def _customer(self, index: int) -> Customer:
        return self.world.customers[index % len(self.world.customers)]

    def _level(self, index: int) -> Level:
        return self.world.levels[index % len(self.world.levels)]

    def _agent(self, index: int) -> Agent:
        return [*self.world.agents.values()][index % len(self.world.agents)]

    def _case(self, index: int) -> Case:
        return [*self.world.cases.values()][index % len(self.world.cases)]


def wipe() -> None:
    """Empty the tables of all rooms, quickly."""
    keep = {"contenttypes", "auth", "migrations"}
    models = [
        model for model in apps.get_models(include_auto_created=True) if model._meta.app_label not in keep
    ]
    assert settings.DATABASES["default"]["NAME"].startswith("test_")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in models:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")


def _after(day: date, days: int | None) -> date | None:
    return None if days is None else day + timedelta(days=days)


def _customer_row(customer: Customer) -> CustomerRow:
    return CustomerRow.objects.get(name=customer.name)


def _user(agent: Agent) -> User:
    return User.objects.get(username=agent.name)


def _row(case: Case) -> Ticket:
    return Ticket.objects.get(number=case.number)
