"""Working out clocks: what becomes of the clocks and pauses of locked tickets, and writing it.

Nothing here decides when something is due, that is `tickets.rules.clocks`. This keeps the facts: which
clocks a ticket has, since when, what is promised for them, and which stretches do not count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.queries.calendars import calendars
from contracts.queries.promises import LevelTerms, Promised, terms_of
from contracts.rules.hours import ALWAYS, Calendar
from contracts.rules.targets import short_minutes
from tickets.models import Clock, ClockPause
from tickets.queries.clock_cases import Case, Talk
from tickets.rules import clocks as rules
from tickets.rules.clocks import NEXT_ANSWER, NO_AGREEMENT, RESOLUTION, RESPONSE, ClockFacts, Pause, cause_of
from tickets.rules.ranking import severity_name

ANSWERS = (RESPONSE, NEXT_ANSWER)
State = Clock.State


@dataclass
class Clockwork:
    """Works on some cases at one moment, and remembers what has to be written.

    `levels`: the terms that may be needed, by id. The tickets are locked.
    """

    at: datetime
    levels: dict[int, LevelTerms]
    new_clocks: list[Clock] = field(default_factory=list)
    changed: dict[int, Clock] = field(default_factory=dict)
    new_pauses: list[ClockPause] = field(default_factory=list)
    ended_pauses: list[ClockPause] = field(default_factory=list)
    missed: list[Clock] = field(default_factory=list)
    moved: list[Clock] = field(default_factory=list)
    _calendars: dict[int | None, Calendar] = field(default_factory=dict)

    @classmethod
    def of(cls, cases: Iterable[Case], at: datetime) -> "Clockwork":
        """For cases at a moment: with the terms of their levels, those they had and those they have."""
        ids = {case.level_id for case in cases if case.level_id}
        ids |= {clock.level_id for case in cases for clock in case.clocks.values() if clock.level_id}
        return cls(at, terms_of(ids))

    @classmethod
    def of_clocks(cls, clocks: Iterable[Clock], at: datetime) -> "Clockwork":
        """For clocks as they run."""
        return cls(at, terms_of({clock.level_id for clock in clocks if clock.level_id}))

    def terms(self, case: Case) -> LevelTerms | None:
        """What holds for a ticket now; None without a service agreement."""
        return self.levels.get(case.level_id) if case.level_id else None

    def catch_up(self, case: Case, *, before: datetime | None = None) -> None:
        """Note what was missed before this moment, or an earlier one, and no sweep has seen yet."""
        for clock in case.clocks.values():
            if clock.state == State.RUNNING and clock.due_at and clock.due_at < (before or self.at):
                self.miss(clock, clock.due_at)

    def pause(self, case: Case) -> None:
        """Begin and end the stretches that do not count, as the ticket now stands."""
        wanted = {cause_of(case.status)} - {""}
        if case.level_id is None:
            wanted.add(NO_AGREEMENT)
        standing = [pause for pause in case.pauses if pause.ends_at is None]
        for one in standing:
            if one.cause not in wanted:
                one.ends_at = max(self.at, one.starts_at)
                self.ended_pauses.append(one)
        for cause in sorted(wanted - {one.cause for one in standing}):
            self.add_pause(case, Pause(self.at, None, cause))

    def add_pause(self, case: Case, pause: Pause) -> None:
        """Note a stretch that does not count."""
        row = ClockPause(
            ticket_id=case.ticket_id, cause=pause.cause, starts_at=pause.starts_at, ends_at=pause.ends_at
        )
        case.pauses.append(row)
        self.new_pauses.append(row)

    def stop(self, case: Case, *kinds: str) -> None:
        """What was promised came."""
        for clock in case.running(*kinds):
            clock.stopped_at = max(self.at, clock.starts_at)
            self._touch(clock)
            if clock.state == State.WITHDRAWN:
                continue
            clock.state, clock.next_at = State.MET, None
            if clock.breached_at is None:
                clock.due_at = rules.due_at(self.facts(clock, case.facts, until=clock.stopped_at))

    def resume(self, case: Case) -> None:
        """A solution that did not hold is waited for again."""
        clock = case.clocks.get(RESOLUTION)
        if clock is not None and clock.stopped_at is not None and not case.is_finished:
            clock.stopped_at, clock.state = None, State.RUNNING
            self._touch(clock)

    def promise(self, case: Case) -> None:
        """Promise what the ticket's level now promises. What was missed stays as it was missed."""
        terms = self.terms(case)
        for clock in case.running(*rules.KINDS):
            promised = terms.promised(case.severity, clock.kind) if terms else None
            if terms is None or promised is None:
                self._withdraw(clock)
            elif clock.breached_at is None:
                self._promise(clock, case, terms, promised)

    def begin(self, case: Case, kind: str, starts_at: datetime) -> Clock | None:
        """Begin a clock, where the level promises it."""
        terms = self.terms(case)
        promised = terms.promised(case.severity, kind) if terms else None
        if terms is None or promised is None or case.running(kind):
            return None
        clock = Clock(ticket_id=case.ticket_id, kind=kind, starts_at=starts_at)
        _write_terms(clock, case, terms, promised)
        case.clocks[kind] = clock
        self.new_clocks.append(clock)
        return clock

    def lacks(self, case: Case) -> bool:
        """Whether something is promised for an open ticket that it has no clock for."""
        terms = self.terms(case)
        if terms is None or case.is_finished:
            return False
        kinds = [kind for kind in (RESPONSE, RESOLUTION) if terms.promised(case.severity, kind)]
        return any(kind not in case.clocks for kind in kinds)

    def ask(self, case: Case, *, was_answered: bool) -> None:
        """A customer waits for the next answer, unless they wait for one already."""
        if was_answered and not case.running(*ANSWERS) and not case.is_finished:
            self.begin(case, NEXT_ANSWER, self.at)

    def hear(self, case: Case, talk: Talk) -> None:
        """Stop what was answered while no agreement was in force, and nobody followed it."""
        for clock in case.running(*ANSWERS):
            is_owed = talk.owed_since is not None and talk.owed_since <= clock.starts_at
            was_answered = not is_owed if clock.kind == NEXT_ANSWER else talk.answered_at is not None
            if clock.state == State.WITHDRAWN and was_answered:
                clock.stopped_at = max(talk.answered_at or self.at, clock.starts_at)
                self._touch(clock)

    def begin_late(self, case: Case, talk: Talk) -> None:
        """Begin what an open ticket should have by now: its level is new to it, or what that promises."""
        if case.is_finished:
            return
        if talk.answered_at is None and RESPONSE not in case.clocks:
            self.begin(case, RESPONSE, case.arrived_at)
        if talk.owed_since is not None and not case.running(*ANSWERS):
            self.begin(case, NEXT_ANSWER, talk.owed_since)
        if RESOLUTION not in case.clocks:
            self.begin(case, RESOLUTION, case.arrived_at)

    def reckon(self, case: Case, *, cause: str = "") -> None:
        """Work out when everything that is waited for is due.

        `cause`: what to say has changed where a deadline moves and nothing was promised otherwise.
        """
        for clock in case.running(*rules.KINDS):
            if clock.state == State.WITHDRAWN:
                continue
            before = (clock.state, clock.due_at, clock.next_at, clock.told_percent)
            self._reckon(clock, case)
            if before[1] != clock.due_at and clock.pk is not None:
                self.moved.append(clock)
                if cause and before[1] and clock.due_at and not self._is_told(clock):
                    self._tell_change(clock, {"what": cause, "old": "", "new": ""})
            if before != (clock.state, clock.due_at, clock.next_at, clock.told_percent):
                self._touch(clock)

    def facts(self, clock: Clock, pauses: Sequence[Pause], *, until: datetime | None = None) -> ClockFacts:
        """A clock as the rules know it; `until` ends the pauses that are open."""
        if until is not None:
            pauses = [one if one.ends_at else Pause(one.starts_at, until, one.cause) for one in pauses]
        return ClockFacts(
            kind=clock.kind,
            starts_at=clock.starts_at,
            minutes=clock.minutes,
            calendar=ALWAYS if clock.is_real_time else self._calendar(clock.hours_id),
            grace_minutes=clock.grace_minutes,
            pauses=tuple(pauses),
            pauses_for_third_party=clock.pauses_for_third_party,
        )

    def percents(self, clock: Clock) -> frozenset[int]:
        """The shares of a target at which something happens."""
        terms = self.levels.get(clock.level_id) if clock.level_id else None
        return terms.percents(clock.severity, clock.kind) if terms else frozenset({rules.DUE_PERCENT})

    def next_of(self, clock: Clock, facts: ClockFacts) -> datetime | None:
        """When the sweep has to look at a running clock again."""
        return rules.next_at(facts, self.percents(clock), clock.told_percent)

    def _calendar(self, hours_id: int | None) -> Calendar:
        """Asked for once, after the tickets were locked: a later change of hours finds what is written."""
        if hours_id not in self._calendars:
            self._calendars |= calendars({hours_id, *(level.hours_id for level in self.levels.values())})
        return self._calendars[hours_id]

    def _reckon(self, clock: Clock, case: Case) -> None:
        facts = self.facts(clock, case.facts)
        due_at = rules.due_at(facts)
        clock.state = State.PAUSED if due_at is None else State.RUNNING
        if clock.breached_at is None:
            clock.due_at = due_at
            if clock.told_percent:
                clock.told_percent = min(clock.told_percent, rules.percent_used(facts, self.at))
        clock.next_at = None if due_at is None else self.next_of(clock, facts)

    def _promise(self, clock: Clock, case: Case, terms: LevelTerms, promised: Promised) -> None:
        is_back = clock.state == State.WITHDRAWN
        change = _change(clock, case, terms, promised, self.levels)
        if change is not None and not is_back:
            self._tell_change(clock, change)
        if change is not None or is_back:
            self._touch(clock)
        if is_back:
            clock.state = State.PAUSED
        _write_terms(clock, case, terms, promised)

    def _tell_change(self, clock: Clock, change: dict[str, str]) -> None:
        clock.changes = [*clock.changes, {"at": self.at.isoformat(), **change}]

    def _is_told(self, clock: Clock) -> bool:
        return bool(clock.changes) and clock.changes[-1]["at"] == self.at.isoformat()

    def _withdraw(self, clock: Clock) -> None:
        if clock.state == State.WITHDRAWN:
            return
        clock.state, clock.next_at = State.WITHDRAWN, None
        if clock.breached_at is None:
            clock.due_at = None
        self._touch(clock)

    def miss(self, clock: Clock, due_at: datetime) -> None:
        """A target was missed, for good."""
        if clock.breached_at is None:
            clock.due_at = clock.breached_at = due_at
            clock.told_percent = max(clock.told_percent, rules.DUE_PERCENT)
            self.missed.append(clock)
            self._touch(clock)

    def _touch(self, clock: Clock) -> None:
        if clock.pk is not None:
            self.changed[clock.pk] = clock


def _write_terms(clock: Clock, case: Case, terms: LevelTerms, promised: Promised) -> None:
    clock.level_id, clock.severity = terms.id, case.severity
    clock.minutes, clock.is_real_time = promised.minutes, promised.is_real_time
    clock.hours_id = None if promised.is_real_time else terms.hours_id
    clock.grace_minutes = terms.grace_minutes if clock.kind == RESPONSE else 0
    clock.pauses_for_third_party = terms.pauses_for_third_party


def _change(
    clock: Clock, case: Case, terms: LevelTerms, promised: Promised, levels: dict[int, LevelTerms]
) -> dict[str, str] | None:
    """What is promised otherwise now, for the explanation; None where nothing is."""
    if clock.level_id != terms.id:
        former = levels.get(clock.level_id) if clock.level_id else None
        return {"what": "level", "old": former.name if former else "", "new": terms.name}
    if clock.severity != case.severity:
        return {
            "what": "severity",
            "old": severity_name(clock.severity),
            "new": severity_name(case.severity),
        }
    if (clock.minutes, clock.is_real_time) != (promised.minutes, promised.is_real_time):
        return {
            "what": "target",
            "old": short_minutes(clock.minutes),
            "new": short_minutes(promised.minutes),
        }
    is_otherwise = (
        clock.hours_id != (None if promised.is_real_time else terms.hours_id)
        or (clock.kind == RESPONSE and clock.grace_minutes != terms.grace_minutes)
        or clock.pauses_for_third_party != terms.pauses_for_third_party
    )
    return {"what": "hours", "old": "", "new": ""} if is_otherwise else None
