"""What all rules stand on: the oracle's world, the clock, and how to find a row."""

from datetime import date, datetime, timedelta

import time_machine
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from accounts.models import User
from customers.models import Customer as CustomerRow
from lib.valkey import valkey
from tests.oracle import ZONE, Agent, Case, Customer, Level, Paper, World
from tickets.models import Ticket

TEAMS = ("Workplace", "Network")
JUMPS = ["minutes", "half an hour", "hours", "days", "midnight", "just before midnight", "pin", "schedule"]

# Which one: taken modulo how many there are. Sampled, for drawn integers prefer few values.
anything = st.sampled_from(range(60))


class Ground(RuleBasedStateMachine):
    """A world that the oracle knows, and a clock that stands between the steps."""

    time: time_machine.Traveller
    lead: User
    admin: User

    def __init__(self) -> None:
        super().__init__()
        wipe()
        self.world = World()
        self.agreements: list[tuple[int, Customer, Paper]] = []
        self.clock: time_machine.travel | None = None

    def teardown(self) -> None:
        if self.clock is not None:
            self.clock.stop()

    @rule(jump=st.sampled_from(JUMPS))
    def let_time_pass(self, jump: str) -> None:
        self._jump(jump)

    @rule()
    def lose_the_index(self) -> None:
        with valkey() as client:
            client.flushall()

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
        return user_of(case.holder) if case.holder is not None and case.holder.is_there else self.lead

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


def days_after(day: date, days: int | None) -> date | None:
    return None if days is None else day + timedelta(days=days)


def customer_row(customer: Customer) -> CustomerRow:
    return CustomerRow.objects.get(name=customer.name)


def user_of(agent: Agent) -> User:
    return User.objects.get(username=agent.name)


def row_of(case: Case) -> Ticket:
    return Ticket.objects.get(number=case.number)
