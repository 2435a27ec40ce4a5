"""The deadlines of tickets and how they came about, for pages and the API."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.timezone import localtime

from contracts.queries import company_zone
from contracts.queries.calendars import PAGES, calendar_of
from contracts.rules.hours import ALWAYS
from lib.reasons import Reason
from tickets.models import Clock, Recalculation
from tickets.queries.clock_cases import clock_pauses
from tickets.rules import clocks as rules
from tickets.rules.clock_wording import steps_in_words
from tickets.rules.clocks import Change, ClockFacts, Pause, Story
from tickets.rules.ranking import severity_name

MISSED = "missed"
STATES = ("running", "paused", "met", MISSED)


@dataclass(frozen=True)
class Deadline:
    """One clock of a ticket with its facts. `state`: running, paused, met or missed."""

    clock: Clock
    facts: ClockFacts
    story: Story

    @property
    def state(self) -> str:
        """As outsiders read it: what was missed stays so, however it went on."""
        if self.clock.breached_at is not None:
            return MISSED
        return str(self.clock.state)

    def percent_used(self, at: datetime) -> int:
        """The used share of the target, until it was done."""
        return rules.percent_used(self.facts, self.clock.stopped_at or at)

    def minutes_left(self, at: datetime) -> int:
        """What is left of the target, in whole minutes of its calendar."""
        return int(rules.seconds_left(self.facts, self.clock.stopped_at or at) // 60)

    def reasons(self, at: datetime) -> tuple[Reason, ...]:
        """The steps to the deadline."""
        return rules.explain(self.facts, self.story, at)

    def steps(self, language: str, at: datetime) -> list[str]:
        """The steps to the deadline in words, in the company's zone."""
        zone = company_zone()
        return steps_in_words(self.reasons(at), language, today=localtime(at, zone).date(), zone=zone)


def clocks_of(ticket_ids: Iterable[int]) -> dict[int, list[Deadline]]:
    """The deadlines of tickets, by ticket, in the order in which they began: at most four queries.

    What no agreement promises any more is left out, unless it had been missed.
    """
    ids = list(ticket_ids)
    found: dict[int, list[Deadline]] = defaultdict(list)
    clocks = list(
        Clock.objects.shown()
        .filter(ticket_id__in=ids)
        .select_related("level", "hours", "justified_by")
        .order_by("starts_at", "pk")
    )
    pauses = clock_pauses({clock.ticket_id for clock in clocks}) if clocks else {}
    for clock in clocks:
        found[clock.ticket_id].append(_deadline(clock, pauses.get(clock.ticket_id, ())))
    return found


def deadlines_as_json(deadlines: Sequence[Deadline], language: str) -> list[dict[str, Any]]:
    """Deadlines as the API gives them."""
    now = timezone.now()
    return [
        {
            "kind": one.clock.kind,
            "due_at": localtime(one.clock.due_at).isoformat() if one.clock.due_at else None,
            "state": one.state,
            "explanation": one.steps(language, now),
        }
        for one in deadlines
    ]


def recalculations_running() -> list[Recalculation]:
    """What is being worked out anew right now, with how far it came."""
    return list(Recalculation.objects.filter(finished_at__isnull=True).order_by("pk"))


def _deadline(clock: Clock, pauses: Sequence[Pause]) -> Deadline:
    story = Story(
        level=clock.level.name if clock.level else "",
        severity=severity_name(clock.severity),
        hours=clock.hours.name if clock.hours else "",
        is_real_time=clock.is_real_time,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        breached_at=clock.breached_at,
        is_withdrawn=clock.state == Clock.State.WITHDRAWN,
        changes=tuple(
            Change(datetime.fromisoformat(one["at"]), one["what"], one["old"], one["new"])
            for one in clock.changes
        ),
    )
    return Deadline(clock, facts_of(clock, pauses), story)


def facts_of(clock: Clock, pauses: Sequence[Pause]) -> ClockFacts:
    """What counted until it was done; what came later has nothing to do with it."""
    done = clock.stopped_at
    heeded = tuple(
        Pause(one.starts_at, min(one.ends_at or done, done) if done else one.ends_at, one.cause)
        for one in pauses
        if (done is None or one.starts_at < done) and (one.ends_at is None or one.ends_at > clock.starts_at)
    )
    return ClockFacts(
        kind=clock.kind,
        starts_at=clock.starts_at,
        minutes=clock.minutes,
        calendar=ALWAYS if clock.is_real_time else calendar_of(clock.hours_id, max_age=PAGES),
        grace_minutes=clock.grace_minutes,
        pauses=heeded,
        pauses_for_third_party=clock.pauses_for_third_party,
    )
