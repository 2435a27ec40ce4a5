"""The feed of a calendar: its secret address, and what it says."""

import re
from datetime import date, datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from contracts.models import ServiceHours
from contracts.queries.calendars import calendar_from, special_periods
from contracts.rules.hours_feed import Feed, feed_file

_SALT = "contracts.hours-feed"
_SHAPE = re.compile(r"([0-9]{1,18})-([0-9a-f]{32})")
YEARS = 2
"""This year and the next."""


def feed_address(hours: ServiceHours) -> str:
    """Where the feed is read; empty where nobody opened one. Whoever knows it reads it."""
    if hours.feed_key is None:
        return ""
    token = _signer().sign(f"{hours.pk}-{hours.feed_key.hex}")
    return f"{settings.SITE_URL}{reverse('hours_feed', args=[token])}"


def hours_of_feed(token: str) -> ServiceHours | None:
    """Whose feed this is; None for a token that we did not make, or that was withdrawn."""
    try:
        match = _SHAPE.fullmatch(_signer().unsign(token))
    except BadSignature:
        return None
    if match is None:
        return None
    rows = ServiceHours.objects.filter(pk=int(match[1]), feed_key=UUID(match[2]))
    return rows.prefetch_related("special_days").first()


def feed_of(hours: ServiceHours, *, now: datetime, language: str) -> bytes:
    """The calendar file of this year and the next; the same bytes all day, as long as nothing changes."""
    local = now.astimezone(hours.zone)
    return feed_file(
        Feed(
            name=hours.name,
            calendar=calendar_from(hours),
            special=special_periods(hours),
            first=date(local.year, 1, 1),
            last=date(local.year + YEARS - 1, 12, 31),
            site=f"{hours.pk}.{urlsplit(settings.SITE_URL).hostname or 'localhost'}",
            stamp=local.replace(hour=0, minute=0, second=0, microsecond=0),
            language=language,
        )
    )


def _signer() -> Signer:
    return Signer(sep=".", salt=_SALT)
