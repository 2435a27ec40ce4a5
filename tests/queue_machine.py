"""A machine that does to the queue whatever people and the clock do, and tells the oracle the bare facts."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import time_machine
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from accounts.models import User
from contracts.models import ServiceHours
from lib.valkey import valkey
from tests.factories.cast import make_level, make_team, make_user
from tests.machine.ground import TEAMS
from tests.machine.hands import Hands
from tests.machine.papers import terms
from tests.oracle import Agent, Level
from tickets import tasks

# Around both DST nights, an ordinary week, a turn of the year.
STARTS = [
    datetime(2026, 3, 28, 22, 30, tzinfo=UTC),
    datetime(2026, 10, 24, 21, 45, tzinfo=UTC),
    datetime(2026, 6, 9, 9, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC),
]


class QueueMachine(Hands):
    """Rules are what can happen. Subclasses say what has to be true after each of them."""

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
        # The oracle knows no holidays; those have tests of their own (tests/unit/test_hours.py).
        ServiceHours.objects.update(country="", region="", version=uuid4())
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

    def settle(self) -> None:
        """Do what beat would have a worker do now; time works on the oracle's facts likewise."""
        tasks.sweep_queue()
        moment = timezone.now()
        self.world.pass_time(moment)
        self.world.return_tickets(moment)
