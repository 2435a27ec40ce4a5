"""Letting the story's people enter what they did, through the action that decides who pays."""

from datetime import date, datetime, time, timedelta

from django.utils.timezone import localdate

from contracts.models import Service
from contracts.queries import company_zone
from tickets.actions import time_booking
from tickets.actions.time_booking import Work
from tickets.management.demo_story import shapes
from tickets.management.demo_story.replay import LEAD, Cast
from tickets.management.demo_story.work import WORK
from tickets.models import Ticket

WEEKEND = 5


def enter_work(cast: Cast, at: datetime) -> None:
    """Enter it as of this moment, and let the lead decide what the story says by hand."""
    for told in WORK:
        service = Service.objects.filter(code=told.service).first()
        ticket = Ticket.objects.filter(subject=told.subject).first()
        if service is None or ticket is None:
            continue
        start = _start(told, at)
        work = Work(
            work_kind=told.kind,
            service=service,
            started_at=start,
            ended_at=start + timedelta(minutes=told.minutes),
            text=told.text,
            remark=told.remark,
        )
        entry = time_booking.enter(ticket=ticket, work=work, by=cast.users[told.by], at=at)
        if told.decided == "covered":
            time_booking.override(
                entry=entry, outcome="covered", reason=told.reason, by=cast.users[LEAD], at=at
            )


def _start(told: shapes.Worked, at: datetime) -> datetime:
    zone = company_zone()
    day = _working_days_before(localdate(at, zone), told.days_ago)
    return datetime.combine(day, time.fromisoformat(told.clock), tzinfo=zone)


def _working_days_before(day: date, count: int) -> date:
    while count:
        day -= timedelta(days=1)
        count -= day.weekday() < WEEKEND
    return day
