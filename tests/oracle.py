"""An independent, naive oracle of the queue, written from the policy alone; it imports nothing of ours.

It keeps the bare facts (who holds which papers, what is pinned, who has what in hands) and answers by looking
at all of them, every time: no key, no index, no boundary is computed beforehand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
WITHOUT_CONTRACT = 100
DECLINE_HOLDS = timedelta(minutes=30)
SILENT_SECONDS = 8 * 3600
NEVER = datetime.max.replace(tzinfo=ZoneInfo("UTC"))


@dataclass
class Level:
    """A contract tier."""

    name: str
    rank: int


@dataclass
class Paper:
    """Any contract; only kind `service` can count. Days are inclusive, `suspended` are pairs of them."""

    kind: str
    level: Level | None
    first: date
    last: date | None = None
    terminated: date | None = None
    suspended: list[tuple[date, date | None]] = field(default_factory=list)

    def counts_on(self, day: date) -> bool:
        """Whether this paper gives precedence on a calendar day."""
        if self.kind != "service" or day < self.first:
            return False
        if any(end is not None and day > end for end in (self.last, self.terminated)):
            return False
        return not any(start <= day and (end is None or day <= end) for start, end in self.suspended)


@dataclass
class Customer:
    """Who holds papers."""

    name: str
    papers: list[Paper] = field(default_factory=list)

    def levels_on(self, day: date) -> list[Level]:
        """The best levels in force on a day (several when they share a rank)."""
        held = [paper.level for paper in self.papers if paper.level and paper.counts_on(day)]
        return [level for level in held if level.rank == min(other.rank for other in held)]

    def band_at(self, moment: datetime) -> int:
        """The rank of the best agreement in force."""
        levels = self.levels_on(moment.astimezone(ZONE).date())
        return levels[0].rank if levels else WITHOUT_CONTRACT


@dataclass
class Agent:
    """Somebody who takes tickets. `teams` None: all."""

    name: str
    teams: set[str] | None
    is_on_duty: bool = True
    is_active: bool = True

    @property
    def is_there(self) -> bool:
        """Whether they can be given tickets."""
        return self.is_on_duty and self.is_active

    def serves(self, team: str) -> bool:
        """Whether they work this team's queue."""
        return self.teams is None or team in self.teams


@dataclass
class Case:
    """The facts about one ticket."""

    number: str
    team: str
    customer: Customer
    severity: int
    arrived_at: datetime
    changed_at: datetime
    status: str = "open"
    holder: Agent | None = None
    touched_at: datetime | None = None
    pinned_at: datetime | None = None
    pin_until: datetime | None = None
    wakes_at: datetime | None = None
    last_band: int = WITHOUT_CONTRACT
    declined: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def is_waiting(self) -> bool:
        """Waits for us and is in nobody's hands."""
        return self.status == "open" and self.holder is None

    def come_back(self, moment: datetime) -> None:
        """It waits for us again. What waited for others did not lie idle: its agent gets full hours anew."""
        if self.status != "open" and self.holder is not None:
            self.touched_at = moment
        self.status, self.wakes_at, self.changed_at = "open", None, moment

    def order_at(self, moment: datetime) -> tuple[datetime, int, int, datetime, str]:
        """Pin, band, severity, arrival, number: nothing else."""
        is_pinned = self.pinned_at is not None and self.pin_until is not None and moment < self.pin_until
        pin = self.pinned_at if is_pinned and self.pinned_at else NEVER
        return pin, self.customer.band_at(moment), self.severity, self.arrived_at, self.number

    def is_declined_by(self, agent: Agent, moment: datetime) -> bool:
        """Whether this agent need not see it again yet."""
        return any(
            name == agent.name and moment < at + DECLINE_HOLDS and self.changed_at <= at
            for name, at in self.declined
        )


@dataclass
class World:
    """Everything the oracle knows."""

    levels: list[Level] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    agents: dict[str, Agent] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)

    def queue(self, team: str, moment: datetime) -> list[Case]:
        """A team's queue in order."""
        waiting = [case for case in self.cases.values() if case.is_waiting and case.team == team]
        return sorted(waiting, key=lambda case: case.order_at(moment))

    def next_for(self, agent: Agent, moment: datetime) -> Case | None:
        """What "take next" has to give this agent."""
        own = [case for case in self.cases.values() if case.holder is agent and case.status == "open"]
        offered = [
            case
            for case in self.cases.values()
            if case.is_waiting and agent.serves(case.team) and not case.is_declined_by(agent, moment)
        ]
        return min([*own, *offered], key=lambda case: case.order_at(moment), default=None)

    def pass_time(self, moment: datetime) -> None:
        """What happens by itself: pins end, scheduled tickets and those of the absent return."""
        for case in self.cases.values():
            if case.wakes_at is not None and moment >= case.wakes_at:
                case.come_back(moment)
            if case.pin_until is not None and moment >= case.pin_until:
                case.pinned_at = case.pin_until = None
                case.changed_at = moment
            band = case.customer.band_at(moment)
            if case.status != "closed" and band != case.last_band:
                case.last_band, case.changed_at = band, moment

    def return_tickets(self, moment: datetime) -> None:
        """Tickets that wait for us come back from those who are not there or let them lie."""
        for case in self.cases.values():
            if case.status == "open" and case.holder is not None:
                lay = service_seconds(case.touched_at, moment) if case.touched_at else 0
                if not case.holder.is_there or lay >= SILENT_SECONDS:
                    case.holder = case.touched_at = None


def service_seconds(since: datetime, until: datetime) -> float:
    """Seconds of Monday to Friday, 8 to 17 o'clock, between two moments."""
    return sum(
        max(0.0, (min(until, closes) - max(since, opens)).total_seconds())
        for opens, closes in _working_days(since.astimezone(ZONE).date(), until.astimezone(ZONE).date())
    )


def _working_days(first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    utc = ZoneInfo("UTC")
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day.weekday() < 5:
            yield (
                datetime.combine(day, time(8), ZONE).astimezone(utc),
                datetime.combine(day, time(17), ZONE).astimezone(utc),
            )
