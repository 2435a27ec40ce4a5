"""Writing service hours: what follows from them is reckoned anew."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypedDict
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import auditing
from accounts.models import User
from contracts.actions.terms import announce_terms_changed, hold_terms
from contracts.models import ServiceHours, SpecialDays
from contracts.queries.calendars import memory


class SpecialPeriod(TypedDict, total=False):
    """Days that differ, as the doors hand them in; `intervals` as of one day, empty: closed."""

    starts_on: date
    ends_on: date
    name: str
    intervals: str


@transaction.atomic
def save_hours(
    *,
    hours: ServiceHours,
    by: User | None,
    special_days: Sequence[SpecialPeriod] | None = None,
    at: datetime | None = None,
) -> ServiceHours:
    """Create or change a calendar; `special_days`, when given, replaces the ones there.

    One calendar is the company's: who becomes it takes the mark from the one before. Deadlines follow in the
    background. Error: ValidationError where something cannot be read, or where no calendar would be the
    company's any more.
    """
    hold_terms()
    at = at or timezone.now()
    is_new = hours.pk is None
    _pass_the_mark(hours)
    hours.version = uuid4()
    hours.full_clean()
    hours.save()
    if special_days is not None:
        _replace_special_days(hours, special_days)
    auditing.record(by=by, verb="hours.created" if is_new else "hours.changed", what=hours, at=at)
    announce_terms_changed(hours=hours, by=by, at=at)
    _forget()
    return hours


@transaction.atomic
def delete_hours(*, hours: ServiceHours, by: User | None, at: datetime | None = None) -> None:
    """Remove a calendar that no service level uses.

    Errors: ValidationError for the company's; ProtectedError where a level names it.
    """
    hold_terms()
    if ServiceHours.objects.get(pk=hours.pk).is_default:
        raise ValidationError(
            _("The hours of the company cannot be deleted. Make others the company's first.")
        )
    auditing.record(by=by, verb="hours.deleted", what=hours, at=at)
    hours.delete()
    _forget()


@transaction.atomic
def open_feed(*, hours: ServiceHours, by: User | None, at: datetime | None = None) -> ServiceHours:
    """Give the calendar an address to subscribe to; one that was given before ends with it."""
    return _set_feed_key(hours, is_open=True, by=by, at=at)


@transaction.atomic
def close_feed(*, hours: ServiceHours, by: User | None, at: datetime | None = None) -> ServiceHours:
    """Withdraw the address: whoever has subscribed finds nothing any more."""
    return _set_feed_key(hours, is_open=False, by=by, at=at)


def _set_feed_key(
    hours: ServiceHours, *, is_open: bool, by: User | None, at: datetime | None
) -> ServiceHours:
    hours.feed_key = uuid4() if is_open else None
    hours.save(update_fields=["feed_key"])
    auditing.record(by=by, verb="hours.feed_opened" if is_open else "hours.feed_closed", what=hours, at=at)
    return hours


def _pass_the_mark(hours: ServiceHours) -> None:
    """There is exactly one calendar of the company."""
    others = ServiceHours.objects.filter(is_default=True).exclude(pk=hours.pk)
    if hours.is_default:
        others.update(is_default=False)
    elif not others.exists():
        said = _("One calendar is the company's. Make another one it, and this one is not any more.")
        raise ValidationError({"is_default": said})


def _replace_special_days(hours: ServiceHours, periods: Iterable[SpecialPeriod]) -> None:
    hours.special_days.all().delete()
    rows = [SpecialDays(hours=hours, **period) for period in periods]
    for row in rows:
        row.full_clean()
    SpecialDays.objects.bulk_create(rows)


def _forget() -> None:
    """Read anew from now on: within this transaction, and again when it has committed."""
    memory.forget()
    transaction.on_commit(memory.forget)
