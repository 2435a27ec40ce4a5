"""Work on tickets, entered through the action."""

from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from contracts.models import Agreement, Allowance, ProcessingAgreement, ServiceLevel
from customers.models import Customer
from tests.factories.gates import make_dpa
from tests.factories.prices import make_service
from tickets.actions import time_booking
from tickets.actions.time_booking import Work
from tickets.models import CoverageDecision, CoverageSlice, Ticket, TimeEntry

LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""When work of Friday, 20 November 2026, is entered, unless a test says otherwise."""


def local(clock: str, day: int = 20) -> datetime:
    """A time of day in Berlin in November 2026, which is UTC+1."""
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}:00+01:00")


def include(level: ServiceLevel, *codes: str, **fields: Any) -> ServiceLevel:
    """Let a level include these services."""
    level.services.set([make_service(code) for code in codes])
    ServiceLevel.objects.filter(pk=level.pk).update(**fields)
    return ServiceLevel.objects.get(pk=level.pk)


def allow(agreement: Agreement, amount: int, **fields: Any) -> None:
    """Give an agreement an allowance of its own."""
    Allowance.objects.update_or_create(agreement=agreement, defaults={"amount": amount, **fields})


def work(start: str = "16:40", end: str = "17:20", service: str = "remote", **fields: Any) -> Work:
    """What somebody did on Friday."""
    day = fields.pop("day", 20)
    return Work(
        **{
            "work_kind": "remote",
            "service": make_service(service),
            "started_at": local(start, day),
            "ended_at": local(end, day),
            **fields,
        }
    )


def let_work(*customers: Customer) -> None:
    """Let us work on their systems: a data-processing agreement that has been in force for long."""
    for customer in customers:
        if not ProcessingAgreement.objects.filter(customer=customer).exists():
            make_dpa(customer, at=LONG_AGO)


def enter(ticket: Ticket, by: User, done: Work | None = None, **fields: Any) -> TimeEntry:
    """Enter work; a customer of whom a test says nothing else has a data-processing agreement."""
    at = fields.pop("at", LATER)
    let_work(ticket.customer)
    return time_booking.enter(ticket=ticket, work=done or work(**fields), by=by, at=at)


def current(entry: TimeEntry) -> CoverageDecision:
    """What holds now."""
    return CoverageDecision.objects.get(entry=entry, is_current=True)


def answers(entry: TimeEntry) -> list[tuple[str, int, int, int, str]]:
    """Code, real and charged minutes, units and amount of each slice that holds."""
    rows = CoverageSlice.objects.filter(decision=current(entry))
    return [
        (row.reason_code, row.real_minutes, row.charged_minutes, row.units, str(row.amount)) for row in rows
    ]
