"""The targets of one ticket for its page: what was promised, how much of it is used, why it is due then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime

from contracts.queries import company_zone
from contracts.queries.calendars import PAGES, calendars
from contracts.rules.hours import ALWAYS
from contracts.rules.targets import long_minutes
from lib.reasons import say_moment
from tickets.models import Clock, ClockPause, Ticket
from tickets.queries.due import ICONS, LATE, SOON, due_word
from tickets.rules.clock_wording import steps_in_words
from tickets.rules.clocks import (
    KINDS,
    NEXT_ANSWER,
    Change,
    ClockFacts,
    Pause,
    Story,
    explain,
    percent_used,
    seconds_used,
    target_seconds,
)
from tickets.rules.ranking import severity_name

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
    those that were missed. Nobody is told of what no agreement promises. Three queries at most.
    """
    if audience == "customer" and ticket.level_id is None:
        return []
    clocks = [clock for clock in _clocks(ticket) if _is_shown(clock, audience)]
    if not clocks:
        return []
    pauses = tuple(
        Pause(*row)
        for row in ClockPause.objects.filter(ticket=ticket).values_list("starts_at", "ends_at", "cause")
    )
    by_hours = calendars({clock.hours_id for clock in clocks}, max_age=PAGES)
    zone = company_zone()
    reading = _Reading(language, now, localtime(now, zone).date(), zone)
    words = []
    for clock in sorted(clocks, key=lambda one: (KINDS.index(one.kind), one.starts_at)):
        calendar = ALWAYS if clock.is_real_time else by_hours[clock.hours_id]
        words.append(_worded(clock, facts_of(clock, calendar, pauses), reading, audience))
    return words


def facts_of(clock: Clock, calendar: object, pauses: tuple[Pause, ...]) -> ClockFacts:
    """What decides when a clock is due, as the rules know it."""
    return ClockFacts(
        kind=clock.kind,
        starts_at=clock.starts_at,
        minutes=clock.minutes,
        calendar=calendar,  # type: ignore[arg-type]  # a calendar of service hours
        grace_minutes=clock.grace_minutes,
        pauses=pauses,
        pauses_for_third_party=clock.pauses_for_third_party,
    )


def story_of(clock: Clock) -> Story:
    """What else is told of a clock; with its level and hours loaded."""
    return Story(
        level=clock.level.name if clock.level else "",
        severity=severity_name(clock.severity),
        hours=clock.hours.name if clock.hours else "",
        is_real_time=clock.is_real_time,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        breached_at=clock.breached_at,
        is_withdrawn=clock.state == State.WITHDRAWN,
        changes=tuple(_changes(clock)),
    )


def _changes(clock: Clock) -> list[Change]:
    return [
        Change(datetime.fromisoformat(one["at"]), one["what"], one.get("old", ""), one.get("new", ""))
        for one in clock.changes
    ]


def _clocks(ticket: Ticket) -> Sequence[Clock]:
    return list(Clock.objects.filter(ticket=ticket).shown().select_related("level", "hours", "justified_by"))


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


def _worded(clock: Clock, facts: ClockFacts, reading: _Reading, audience: Audience) -> TargetWords:
    state, language = _state(clock, reading.now), reading.language
    is_running = clock.stopped_at is None and clock.state in (State.RUNNING, State.PAUSED)
    due_at = clock.breached_at or (clock.due_at if clock.state == State.RUNNING else None)
    until, is_agent = clock.stopped_at or reading.now, audience == "agent"
    used = int(seconds_used(facts, until) // 60)
    steps = explain(facts, story_of(clock), reading.now)
    return TargetWords(
        pk=clock.pk,
        kind=clock.kind,
        kind_label=due_word(clock.kind, language),
        state=state,
        state_label=due_word(state, language),
        icon=ICONS[state],
        promise=long_minutes(target_seconds(facts) // 60, language, in_days=clock.is_real_time),
        is_real_time=clock.is_real_time,
        due_at=due_at,
        due=reading.say(due_at),
        done=reading.say(clock.stopped_at),
        used=long_minutes(used, language) or long_minutes(1, language),
        percent=min(FULL, percent_used(facts, until)),
        is_running=is_running,
        is_missed=state == LATE,
        steps=steps_in_words(steps, language, today=reading.today, zone=reading.zone),
        justification=clock.justification if is_agent else "",
        justified_by=clock.justified_by.display_name if is_agent and clock.justified_by else "",
        justified_at=clock.justified_at if is_agent else None,
    )
