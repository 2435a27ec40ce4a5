"""The targets of one ticket for its page: what was promised, how much of it is used, why it is due then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime

from contracts.queries import company_zone
from contracts.rules.targets import long_minutes
from lib.reasons import say_moment
from tickets.models import Clock, Ticket
from tickets.queries.deadlines import Deadline, clocks_of
from tickets.queries.due import ICONS, LATE, SOON, due_word
from tickets.rules.clocks import KINDS, NEXT_ANSWER, seconds_used, target_seconds

Audience = Literal["agent", "customer"]
State = Clock.State

FULL = 100


@dataclass(frozen=True, slots=True)
class TargetWords:
    """One target. `state`: ok, soon, late, paused, met, gone; `percent` is at most 100, for the bar.

    `due_at` is empty while it stands still. `promise` and `used` are lengths in words; `due` and `done` say
    when, and are empty where that is not so. `steps` say how it came about.
    """

    pk: int
    kind: str
    kind_label: str
    state: str
    state_label: str
    icon: str
    promise: str
    is_real_time: bool
    due_at: datetime | None
    due: str
    done: str
    used: str
    percent: int
    is_running: bool
    is_missed: bool
    steps: Sequence[str]
    justification: str = ""
    justified_by: str = ""
    justified_at: datetime | None = None

    @property
    def needs_justification(self) -> bool:
        """Whether it was missed and nobody has said why."""
        return self.is_missed and not self.justification


@dataclass(frozen=True, slots=True)
class _Reading:
    """For whom and when targets are read."""

    language: str
    now: datetime
    today: date
    zone: ZoneInfo

    def say(self, moment: datetime | None) -> str:
        """A moment in words; nothing for none."""
        return say_moment(localtime(moment, self.zone), self.language, self.today) if moment else ""


def targets_of(
    ticket: Ticket, *, language: str, now: datetime, audience: Audience = "agent"
) -> list[TargetWords]:
    """A ticket's targets in words: response, next answer, solution; of answers only the one that is owed and
    those that were missed. Customers are told nothing where no agreement is in force.
    """
    if audience == "customer" and ticket.level_id is None:
        return []
    found = [one for one in clocks_of([ticket.pk])[ticket.pk] if _is_shown(one.clock, audience)]
    found.sort(key=lambda one: (KINDS.index(one.clock.kind), one.clock.starts_at))
    zone = company_zone()
    reading = _Reading(language, now, localtime(now, zone).date(), zone)
    return [_worded(one, reading, audience) for one in found]


def _is_shown(clock: Clock, audience: Audience) -> bool:
    if audience == "customer" and clock.state == State.WITHDRAWN:
        return False
    is_over = clock.stopped_at is not None and clock.breached_at is None
    return not (clock.kind == NEXT_ANSWER and is_over)


def _state(clock: Clock, now: datetime) -> str:
    is_past = clock.state == State.RUNNING and clock.due_at is not None and clock.due_at <= now
    if clock.breached_at is not None or is_past:
        return LATE
    if clock.state == State.RUNNING:
        return SOON if clock.told_percent else "ok"
    return {State.PAUSED: "paused", State.MET: "met"}.get(State(clock.state), "gone")


def _worded(one: Deadline, reading: _Reading, audience: Audience) -> TargetWords:
    clock, language = one.clock, reading.language
    state, is_agent = _state(clock, reading.now), audience == "agent"
    due_at = clock.breached_at or (clock.due_at if clock.state == State.RUNNING else None)
    used = int(seconds_used(one.facts, clock.stopped_at or reading.now) // 60)
    return TargetWords(
        pk=clock.pk,
        kind=clock.kind,
        kind_label=due_word(clock.kind, language),
        state=state,
        state_label=due_word(state, language),
        icon=ICONS[state],
        promise=long_minutes(target_seconds(one.facts) // 60, language, in_days=clock.is_real_time),
        is_real_time=clock.is_real_time,
        due_at=due_at,
        due=reading.say(due_at),
        done=reading.say(clock.stopped_at),
        used=long_minutes(used, language),
        percent=min(FULL, one.percent_used(reading.now)),
        is_running=clock.stopped_at is None and clock.state in (State.RUNNING, State.PAUSED),
        is_missed=state == LATE,
        steps=one.steps(language, reading.now),
        justification=clock.justification if is_agent else "",
        justified_by=clock.justified_by.display_name if is_agent and clock.justified_by else "",
        justified_at=clock.justified_at if is_agent else None,
    )
