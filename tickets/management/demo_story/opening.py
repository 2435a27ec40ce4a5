"""When Berger IT serves: Bavarian holidays, half days around Christmas, and a day out of the house."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from contracts.actions import hours as actions
from contracts.actions.hours import SpecialPeriod
from contracts.models import ServiceHours
from contracts.queries import company_zone

_DECEMBER = 12
_FRIDAY = 4


def tell_hours(at: datetime, founded_at: datetime) -> None:
    """The days that will differ, and a feed to subscribe to. The past stays as it was."""
    hours = ServiceHours.objects.filter(is_default=True).first()
    if hours is None:
        hours = ServiceHours(name="Standard", is_default=True, weekly="Mon-Fri 08:00-17:00")
    days = list(_coming(localdate(at, company_zone())))
    actions.save_hours(hours=hours, by=None, special_days=days, at=founded_at)
    actions.open_feed(hours=hours, by=None, at=founded_at)


def _coming(today: date) -> Iterator[SpecialPeriod]:
    """What lies at least a fortnight ahead: whatever the story tells of today stays out of it."""
    soon = today + timedelta(days=14)
    outing = soon + timedelta(days=(_FRIDAY - soon.weekday()) % 7)
    yield {"name": "Betriebsausflug", "starts_on": outing, "ends_on": outing, "intervals": ""}
    year = today.year if soon < date(today.year, _DECEMBER, 24) else today.year + 1
    for day, name in ((24, "Heiligabend"), (31, "Silvester")):
        eve = date(year, _DECEMBER, day)
        yield {"name": name, "starts_on": eve, "ends_on": eve, "intervals": "08:00-12:00"}
