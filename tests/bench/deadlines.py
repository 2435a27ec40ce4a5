"""A hundred thousand running clocks: many fall due at once, and the hours of all of them change."""

import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry, Notice
from contracts.actions import agreements as agreement_actions
from contracts.actions import hours as hours_actions
from contracts.models import Agreement, ServiceHours, Target
from contracts.queries.calendars import calendar_of
from tests.bench.figures import Figures
from tests.bench.seeding import Installation
from tests.factories.cast import LONG_AGO, make_customer, make_level
from tickets.actions import recalculating, watching
from tickets.models import Clock, Recalculation, Ticket, TicketEvent

MOST = 100_000
DUE = 0.05
MINUTES = 480
CHUNK = 10_000


def measure(installation: Installation, figures: Figures, size: int) -> None:
    """Sweep and recalculate `size` clocks, of which a twentieth falls due at one moment."""
    size = min(size, MOST)
    is_first = not ServiceHours.objects.filter(is_default=True).exists()
    hours = ServiceHours(name="Bench", weekly="Mon-Fri 08:00-17:00", is_default=is_first)
    hours_actions.save_hours(hours=hours, by=None)
    recalculating.recalculate()
    now = timezone.now()
    _fill(installation, hours, size, now)
    _measure_sweep(figures, size, now)
    _measure_recalculation(figures, hours, size)


def _fill(installation: Installation, hours: ServiceHours, size: int, now: datetime) -> None:
    """Waiting tickets of one customer whose level has these hours, each with a clock."""
    level = make_level(f"Timed {size}", 50)
    level.hours = hours
    level.save()
    customer = make_customer(f"Timed {size}")
    agreement = Agreement(customer=customer, kind="service", level=level, starts_on=LONG_AGO)
    agreement_actions.save(agreement=agreement, by=None)
    for _ in range(0, size, CHUNK):
        installation.fill_customer(customer, min(CHUNK, size), level)
    Target.objects.bulk_create(
        Target(level=level, severity=severity, kind="resolution", minutes=MINUTES)
        for severity in (1, 2, 3, 4)
    )
    calendar, due = calendar_of(hours.pk), int(size * DUE)
    # What is due was due a moment ago; of the rest up to two thirds are used.
    moment = calendar.before(now, 1)
    rows = Ticket.objects.filter(customer=customer).order_by("pk").values_list("pk", "severity")
    begun = [calendar.before(moment, MINUTES * 60)] * due
    begun += [calendar.before(moment, MINUTES * 40 * (place % 997) / 997) for place in range(size - due)]
    Clock.objects.bulk_create(
        (
            Clock(
                ticket_id=pk,
                kind="resolution",
                starts_at=starts_at,
                level=level,
                severity=severity,
                minutes=MINUTES,
                hours=hours,
                due_at=calendar.add(starts_at, MINUTES * 60),
                next_at=calendar.add(starts_at, MINUTES * (60 if place < due else 45)),
                told_percent=90 if place < due else 0,
            )
            for place, ((pk, severity), starts_at) in enumerate(zip(rows, begun, strict=True))
        ),
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) tickets_clock, tickets_ticket, tickets_clockpause")


def _measure_sweep(figures: Figures, size: int, now: datetime) -> None:
    due = int(size * DUE)
    Notice.objects.all().delete()
    began = time.perf_counter()
    watching.sweep_deadlines(at=now + timedelta(seconds=1))
    seconds = time.perf_counter() - began
    _require(Clock.objects.filter(breached_at__isnull=False).count() == due, "misses")
    _require(AuditEntry.objects.filter(verb="target.missed").count() == due, "audit rows")
    _require(Notice.objects.filter(kind="target_missed").count() == due, "notices")
    _require(TicketEvent.objects.filter(kind="target_missed").count() == due, "history lines")
    _require(watching.sweep_deadlines(at=now + timedelta(seconds=1)) == 0, "a second sweep that does nothing")
    figures.add(f"sweep of {due:,} targets missed at once among {size:,} clocks", seconds, "s", at_most=10)


def _measure_recalculation(figures: Figures, hours: ServiceHours, size: int) -> None:
    """There is a lunch break from now on, so nearly everything is due later."""
    hours.weekly = "Mon-Fri 08:00-12:00,13:00-17:00"
    hours_actions.save_hours(hours=hours, by=None)
    began = time.perf_counter()
    recalculating.recalculate()
    seconds = time.perf_counter() - began
    row = Recalculation.objects.latest("pk")
    # Where no other hours are the company's, those of levels without hours are gone through as well.
    is_whole = row.done == recalculating.tickets_of(row).count() >= size
    _require(row.finished_at is not None and is_whole, "tickets gone through")
    _require(row.moved > size // 2, "deadlines moved")
    figures.add(
        f"a change of service hours works out {size:,} deadlines anew ({row.moved:,} moved)",
        seconds,
        "s",
        at_most=60,
    )


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise RuntimeError(f"The measured work is not what it should be: {what}.")
