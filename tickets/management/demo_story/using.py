"""Letting the story's customers use what their agreements include: first the months before, then this one."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.utils.timezone import localdate

from contracts.actions import alerting, booking, including
from contracts.models import Agreement, Allowance, Service
from contracts.queries import company_zone, standing_of
from contracts.queries.allowances import AllowanceState, allowance_left
from contracts.queries.calendars import calendar_of
from contracts.rules.hours import Calendar
from tickets.actions.time_booking import Work, enter
from tickets.management.demo_story import shapes
from tickets.management.demo_story.replay import Cast
from tickets.management.demo_story.usage import INCLUDED, USED_BEFORE, USED_NOW
from tickets.models import Ticket

CLOCK_TIMES = (time(9, 30), time(13, 30))
LONGEST = 110
TICKETS = 3
TEXTS = {"de": "Fernwartung und Rücksprache", "en": "Remote support and a call"}


def include(cast: Cast, at: datetime) -> None:
    """Say what the levels include."""
    for key, told in INCLUDED.items():
        row = Allowance(
            level=cast.levels[key],
            amount=told.amount,
            unit=told.unit,
            overrun=told.overrun,
            carries_over=told.carries_over,
        )
        including.save_allowance(allowance=row, by=None, at=at)


def use(cast: Cast, at: datetime) -> None:
    """Use it, and note who would have been told by now."""
    for before in USED_BEFORE:
        _use_before(cast, before, at)
    for now in USED_NOW:
        _use_now(cast, now, at)
    booking.open_periods(at=at)
    alerting.alert(at=at, tells=False)


def _held(cast: Cast, customer: str, at: datetime) -> Agreement:
    standing = standing_of(cast.customers[customer].pk, at)
    if standing.agreement_id is None:
        raise LookupError(f"{customer} has no service agreement.")
    return Agreement.objects.select_related("level").get(pk=standing.agreement_id)


def _use_before(cast: Cast, told: shapes.UsedBefore, at: datetime) -> None:
    agreement = _held(cast, told.customer, at)
    day = localdate(at, company_zone()).replace(day=1)
    days: list[date] = []
    for _ in told.units:
        day = (day - timedelta(days=1)).replace(day=1)
        days.append(day.replace(day=15))
    for day, units in zip(reversed(days), told.units, strict=True):
        if day <= agreement.starts_on:
            continue
        with suppress(booking.NothingIncluded):  # it was suspended
            booking.book(
                agreement=agreement,
                units=units,
                key=f"story:{told.customer}:{day}",
                source="",
                by=None,
                at=datetime.combine(day, time(12), tzinfo=company_zone()),
                day=day,
            )


def _use_now(cast: Cast, told: shapes.UsedNow, at: datetime) -> None:
    """Work on the customer's latest tickets, as far as the month has room for it."""
    agreement = _held(cast, told.customer, at)
    state = allowance_left(agreement, at)
    tickets = list(
        Ticket.objects.filter(customer=cast.customers[told.customer]).order_by("-arrived_at")[:TICKETS]
    )
    if state is None or not tickets or agreement.level is None:
        return
    wanted = state.total * told.percent // 100 - state.used
    service = Service.objects.filter(code=told.service).first()
    if service is None:
        return
    slots = _slots(calendar_of(agreement.level.hours_id), state, at)
    for place, (start, minutes) in enumerate(zip(slots, _pieces(wanted, state.unit), strict=False)):
        ticket = tickets[place % len(tickets)]
        work = Work(
            work_kind="remote",
            service=service,
            started_at=start,
            ended_at=start + timedelta(minutes=minutes),
            text=TEXTS[ticket.contact.language if ticket.contact else "de"],
        )
        enter(ticket=ticket, work=work, by=cast.users[told.by], at=at)


def _pieces(wanted: int, unit: str) -> Iterator[int]:
    """The lengths of the entries: cases take half an hour each."""
    if unit == Allowance.Unit.CASES:
        yield from (30 for _ in range(wanted))
        return
    while wanted > 0:
        piece = min(LONGEST, wanted)
        yield piece
        wanted -= piece


def _slots(calendar: Calendar, state: AllowanceState, at: datetime) -> list[datetime]:
    """Two beginnings a day while we are open, the latest first, within the period that runs."""
    zone = company_zone()
    today = localdate(at, zone)

    def every() -> Iterator[datetime]:
        day = today
        while day >= max(state.period_starts_on, today - timedelta(days=31)):
            for clock in reversed(CLOCK_TIMES):
                start = datetime.combine(day, clock, tzinfo=zone)
                end = start + timedelta(minutes=LONGEST)
                if end <= at and calendar.is_open(start) and calendar.is_open(end):
                    yield start
            day -= timedelta(days=1)

    return list(islice(every(), 40))
