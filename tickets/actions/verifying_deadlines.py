"""Working out every deadline from its facts, and comparing it with what is stored."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tickets.actions import breaching, clock_rows, recalculating
from tickets.actions.clockwork import Clockwork
from tickets.models import Clock, Ticket
from tickets.queries.clock_cases import cases_of

CHUNK = 2_000


@dataclass
class Report:
    """What was compared, and what differed."""

    tickets: int = 0
    deadlines: int = 0
    wrong: int = 0
    missing: int = 0
    wrong_pause: int = 0
    unnoticed: int = 0
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing differs."""
        return not (self.wrong or self.missing or self.wrong_pause or self.unnoticed)

    def as_json(self) -> dict[str, int | float]:
        """As `manage.py verify_deadlines` prints it."""
        return {**vars(self), "seconds": round(self.seconds, 3)}


def verify_deadlines(*, at: datetime, repair: bool = False) -> Report:
    """Compare every deadline of tickets that may come back with its facts; `repair` writes what differs.

    `unnoticed`: what was missed before this moment and no sweep has seen.
    """
    began, report = time.monotonic(), Report()
    for ids in _chunks():
        _compare(ids, report, at, repair=repair)
    report.seconds = time.monotonic() - began
    return report


@transaction.atomic
def _compare(ids: list[int], report: Report, at: datetime, *, repair: bool) -> None:
    if repair:
        recalculating.share(ids)
    cases = cases_of(ids, for_update=repair)
    work = Clockwork.of(cases, at)
    for case in cases:
        if case.is_followed:
            work.pause(case)
    recalculating.work_out(work, cases, at)
    report.tickets += len(cases)
    report.deadlines += sum(len(case.clocks) for case in cases)
    report.unnoticed += len(work.missed)
    report.wrong += len(work.changed.keys() - {clock.pk for clock in work.missed})
    report.missing += len(work.new_clocks)
    report.wrong_pause += len(work.ended_pauses) + len(work.new_pauses)
    if repair:
        clock_rows.write(work)
        breaching.record_misses(work.missed, at=at)


def _chunks() -> Iterator[list[int]]:
    """Tickets that have a service agreement, or clocks from one they had."""
    after = 0
    tickets = Ticket.objects.unsettled().order_by("pk")
    while ids := list(tickets.filter(pk__gt=after).values_list("pk", flat=True)[:CHUNK]):
        after = ids[-1]
        timed = set(Clock.objects.filter(ticket_id__in=ids).values_list("ticket_id", flat=True))
        timed |= set(Ticket.objects.filter(pk__in=ids, level__isnull=False).values_list("pk", flat=True))
        if timed:
            yield sorted(timed)
