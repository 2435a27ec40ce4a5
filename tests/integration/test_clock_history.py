"""Whatever happens to a ticket, in whatever order: its clocks are what its history demands.

The actions keep clocks step by step; the oracle below knows only the list of what happened, and works out
the clocks from its beginning. A sweep or a recalculation in between must make no difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from contracts.rules.hours import Calendar, parse_hours
from customers.models import Contact
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tests.factories.promises import make_hours, make_targets
from tickets.actions import moving, progressing, rating, recalculating, replying, watching
from tickets.models import Clock, Ticket
from tickets.rules.clocks import ClockFacts, Pause, due_at
from tickets.rules.lifecycle import NotAllowed, Verb

pytestmark = pytest.mark.django_db

EIGHT = datetime(2026, 11, 20, 8, tzinfo=ZoneInfo("Europe/Berlin"))  # a Friday
WEEK = Calendar(parse_hours("Mon-Fri 08:00-17:00"), ZoneInfo("Europe/Berlin"))
# What each level promises, by severity; "plain" has no level.
PROMISES = {
    "gold": {
        1: {"response": 30, "next_answer": 60, "resolution": 240},
        3: {"response": 120, "resolution": 600},
    },
    "bronze": {1: {"resolution": 300}, 3: {"response": 200, "next_answer": 90, "resolution": 900}},
    "plain": {},
}
DONE = ("solved", "closed")

steps = st.lists(
    st.tuples(
        st.sampled_from([5, 25, 70, 200, 600, 2 * 1440]),
        st.sampled_from(
            [
                *(
                    verb.value
                    for verb in Verb
                    if verb not in (Verb.SCHEDULE, Verb.SCHEDULED_DUE, Verb.AUTO_CLOSE)
                ),
                *("reply", "note", "ask", "ask", "critical", "normal", "gold", "bronze", "plain"),
                *("sweep", "recalculate"),
            ]
        ),
    ),
    min_size=2,
    max_size=9,
)


@dataclass
class Told:
    """One target as the oracle knows it."""

    kind: str
    starts_at: datetime
    minutes: int
    is_promised: bool = True
    stopped_at: datetime | None = None
    breached_at: datetime | None = None


@dataclass
class Oracle:
    """What happened to one ticket, and what follows."""

    at: datetime
    level: str
    severity: int = 3
    status: str = "open"
    is_answered: bool = False
    owed_since: datetime | None = None
    pauses: list[Pause] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    arrived_at: datetime = EIGHT

    def __post_init__(self) -> None:
        self.arrived_at = self.at
        self._begin()
        self._stand()

    def happens(self, at: datetime, **what: Any) -> None:
        """Something changed: status, severity, level; `said` by "agent" or "customer"."""
        self.at = at
        self._miss()
        said, was = what.pop("said", ""), (self.level, self.severity, self.status)
        for name, value in what.items():
            setattr(self, name, value)
        self._hear(said)
        if self.status in DONE:
            self._stop("response", "next_answer", "resolution")
        elif self.level != "plain":
            for one in self._of("resolution"):
                one.stopped_at = None
        self._stand()
        self._promise()
        if (self.level, self.severity) != was[:2] or (was[2] in DONE and self.status not in DONE):
            self._begin(is_late=self.level != "plain" and was[0] == "plain")
        if said == "customer" and self._had_an_answer() and self.status not in DONE:
            self._ask(at)

    def _hear(self, said: str) -> None:
        if said == "agent":
            self._stop("response", "next_answer")
            self.is_answered, self.owed_since = True, None
        if said == "customer" and self.is_answered and self.owed_since is None:
            self.owed_since = self.at

    def due(self, one: Told) -> datetime | None:
        """By the pauses until now, or until it was done."""
        end = one.stopped_at
        pauses = tuple(
            Pause(p.starts_at, min(p.ends_at or end, end) if end else p.ends_at, p.cause)
            for p in self.pauses
            if end is None or p.starts_at < end
        )
        return due_at(ClockFacts(one.kind, one.starts_at, one.minutes, WEEK, 0, pauses))

    def _had_an_answer(self) -> bool:
        """A reply, or that it was solved."""
        return self.is_answered or any(one.stopped_at for one in self._of("response"))

    def _of(self, *kinds: str) -> list[Told]:
        return [one for one in self.told if one.kind in kinds]

    def _open(self, *kinds: str) -> list[Told]:
        return [one for one in self._of(*kinds) if one.stopped_at is None]

    def _miss(self) -> None:
        for one in self._open("response", "next_answer", "resolution"):
            due = self.due(one) if one.is_promised else None
            if one.breached_at is None and due is not None and due < self.at:
                one.breached_at = due

    def _stop(self, *kinds: str) -> None:
        for one in self._open(*kinds):
            one.stopped_at = self.at

    def _stand(self) -> None:
        """The pauses that its state and its level make."""
        wanted = set()
        if self.status in DONE:
            wanted.add("solved")
        elif self.status != "open":
            wanted.add(self.status)
        if self.level == "plain":
            wanted.add("no_agreement")
        self.pauses = [
            p if p.ends_at or p.cause in wanted else Pause(p.starts_at, self.at, p.cause) for p in self.pauses
        ]
        running = {p.cause for p in self.pauses if p.ends_at is None}
        self.pauses += [Pause(self.at, None, cause) for cause in wanted - running]

    def _promise(self) -> None:
        promised = PROMISES[self.level].get(self.severity, {})
        for one in self._open("response", "next_answer", "resolution"):
            one.is_promised = one.kind in promised
            if one.is_promised and one.breached_at is None:
                one.minutes = promised[one.kind]

    def _begin(self, *, is_late: bool = False) -> None:
        promised = PROMISES[self.level].get(self.severity, {})
        if self.status in DONE:
            return
        lacks = any(kind in promised and not self._of(kind) for kind in ("response", "resolution"))
        if "response" in promised and not self.is_answered and not self._of("response"):
            self.told.append(Told("response", self.arrived_at, promised["response"]))
        if self.owed_since and (is_late or lacks):
            self._ask(self.owed_since)
        if "resolution" in promised and not self._of("resolution"):
            self.told.append(Told("resolution", self.arrived_at, promised["resolution"]))

    def _ask(self, since: datetime) -> None:
        promised = PROMISES[self.level].get(self.severity, {})
        if "next_answer" in promised and not self._open("response", "next_answer"):
            self.told.append(Told("next_answer", since, promised["next_answer"]))

    def clocks(self) -> list[tuple[Any, ...]]:
        """What the table should hold of what is shown."""
        self._miss()
        found = []
        for one in self.told:
            if one.breached_at is None and not one.is_promised:
                continue
            due = one.breached_at or self.due(one)
            found.append((one.kind, one.starts_at, due, one.stopped_at, one.breached_at))
        return sorted(found, key=str)


class World:
    """The firm, one ticket, and how things are done to it."""

    def __init__(self, cast: Cast, level: str) -> None:
        self.cast = cast
        self.customers = {
            "gold": cast.gold_customer,
            "bronze": cast.bronze_customer,
            "plain": cast.plain_customer,
        }
        self.ticket = make_ticket(self.customers[level])
        self.oracle = Oracle(timezone.now(), level)

    def do(self, what: str) -> None:
        """One step, if the lifecycle allows it, told to the oracle."""
        ticket, now = Ticket.objects.get(pk=self.ticket.pk), timezone.now()
        if what == "sweep":
            watching.sweep_deadlines()
        elif what == "recalculate":
            recalculating.ask(what="all", by=None, at=now)
            recalculating.recalculate()
        elif what == "reply":
            replying.reply(ticket=ticket, body="Yes.", by=self.cast.lead)
            self.oracle.happens(now, said="agent")
        elif what == "note":
            replying.note(ticket=ticket, body="Hm.", by=self.cast.lead)
        elif what in ("critical", "normal"):
            severity = Ticket.Severity[what.upper()]
            rating.set_severity(ticket=ticket, severity=severity, by=self.cast.lead, reason="so")
            self.oracle.happens(now, severity=int(severity))
        elif what in self.customers:
            moving.change_customer(ticket=ticket, customer=self.customers[what], by=self.cast.lead)
            self.oracle.happens(now, level=what)
        else:
            self._move(ticket, what, now)

    def _move(self, ticket: Ticket, what: str, now: datetime) -> None:
        try:
            if what in ("ask", "customer_replied"):
                self._ask(ticket)
            else:
                progressing.progress(ticket=ticket, verb=Verb(what), by=self.cast.lead)
        except NotAllowed:
            return
        said = {"said": "customer"} if what in ("ask", "customer_replied") else {}
        self.oracle.happens(now, status=Ticket.objects.get(pk=ticket.pk).status, **said)

    def _ask(self, ticket: Ticket) -> None:
        contact = Contact.objects.filter(customer=ticket.customer_id).earliest("pk")
        replying.customer_reply(ticket=ticket, body="And?", contact=contact, by=None)

    def clocks(self) -> list[tuple[Any, ...]]:
        """What the table holds of what is shown, after a last sweep."""
        watching.sweep_deadlines()
        rows = Clock.objects.shown().filter(ticket=self.ticket)
        return sorted(rows.values_list("kind", "starts_at", "due_at", "stopped_at", "breached_at"), key=str)


@example(
    level="bronze",
    told=[
        *((600, "plain"), (600, "solve"), (600, "customer_replied"), (2880, "reopen")),
        *((2880, "resume"), (2880, "normal"), (200, "ask")),
    ],
)
@example(
    level="plain",
    told=[(25, "close"), (30, "bronze"), (70, "bronze"), (605, "ask"), (200, "recalculate")],
)
@settings(
    max_examples=25,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(level=st.sampled_from(["gold", "gold", "bronze", "plain"]), told=steps)
def test_clocks_are_what_the_history_demands(cast: Cast, level: str, told: Sequence[tuple[int, str]]) -> None:
    with transaction.atomic(), time_machine.travel(EIGHT, tick=False) as traveller:
        world = World(cast, level)
        for minutes, what in told:
            traveller.shift(timedelta(minutes=minutes))
            world.do(what)
        traveller.shift(timedelta(minutes=1))
        world.oracle.at = timezone.now()
        assert world.clocks() == world.oracle.clocks()
        transaction.set_rollback(True)


@pytest.fixture
def cast() -> Cast:
    make_hours()
    with time_machine.travel(EIGHT, tick=False):
        cast = make_cast()
        make_contact(cast.plain_customer)
    for level, promised in ((cast.gold, PROMISES["gold"]), (cast.bronze, PROMISES["bronze"])):
        for severity, minutes in promised.items():
            make_targets(level, is_real_time=False, severities=(severity,), **minutes)
    return cast
