"""Writing agreements and service levels; each change announces the standings it touches."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import auditing
from accounts.models import User
from contracts.actions import including, targets, terms
from contracts.actions.standing_changes import announce, lock_customers
from contracts.models import Agreement, Service, ServiceLevel, Suspension
from contracts.rules.targets import Promise
from lib.locking import Lock, lock_exclusive
from lib.waking import wake

_DAY = timedelta(days=1)


IN_USE = gettext_lazy(
    "Time was booked on this agreement, its allowance has begun or a phone number is given to it, "
    "so it is kept. "
    "Give it a last day instead of deleting it."
)


class InUse(ValidationError):
    """The ledger of its allowance or decided time names the agreement (what was billed follows from it), or a
    phone number is its own."""

    def __init__(self) -> None:
        super().__init__(IN_USE)


class Period(TypedDict, total=False):
    """A dated suspension as the doors hand it in; `ends_on` is the last day, inclusive."""

    starts_on: date
    ends_on: date | None
    reason: str


@transaction.atomic
def save(
    *,
    agreement: Agreement,
    by: User | None,
    suspensions: Sequence[Period] | None = None,
    at: datetime | None = None,
) -> Agreement:
    """Create or change an agreement; `suspensions`, when given, replaces the ones there.

    Error: ValidationError where the row contradicts itself (a level on a vendor agreement, an end before
    the start) or the terms before and after it. A termination takes the terms along that would follow.
    The customer's waiting tickets move as soon as a worker has seen the change.
    """
    touched = _lock_what_it_touches(agreement)
    at = at or timezone.now()
    is_new = agreement.pk is None
    agreement.created_at = agreement.created_at or at
    agreement.full_clean(validate_unique=False)
    _require_chain(agreement)
    was_terminated_on = _terminated_on(agreement)
    agreement.save()
    _take_along(agreement, was_terminated_on, by=by, at=at)
    if suspensions is not None:
        _replace_suspensions(agreement, suspensions)
    auditing.record(by=by, verb="agreement.created" if is_new else "agreement.changed", what=agreement, at=at)
    announce(customer_ids=touched, at=at)
    wake("contracts.open_periods")
    wake("contracts.sweep_dpas")
    return agreement


@transaction.atomic
def delete(*, agreement: Agreement, by: User | None, at: datetime | None = None) -> None:
    """Remove an agreement that was entered by mistake (one that is over is ended instead). Error: InUse."""
    touched = _lock_what_it_touches(agreement)
    at = at or timezone.now()
    auditing.record(by=by, verb="agreement.deleted", what=agreement, at=at)
    try:
        agreement.delete()
    except ProtectedError as used:
        raise InUse from used
    announce(customer_ids=touched, at=at)
    wake("contracts.sweep_dpas")


@transaction.atomic
def save_level(
    *,
    level: ServiceLevel,
    by: User | None,
    promises: Sequence[Promise] | None = None,
    services: Collection[Service] | None = None,
    at: datetime | None = None,
) -> ServiceLevel:
    """Create or change a service level; a changed rank moves every customer who holds it.

    `promises` and `services`, when given, replace the targets and included services there; a new level
    includes the usual services. Error: ValidationError.
    """
    terms.hold_terms()
    is_new = level.pk is None
    touched = [] if is_new else _holders(level)
    lock_customers(touched)
    at = at or timezone.now()
    before = terms.terms_of(level)
    level.full_clean()
    level.save()
    has_new_targets = promises is not None and targets.replace_targets(level=level, promises=promises)
    details: dict[str, Any] = {"targets": targets.as_details(level)} if has_new_targets else {}
    details |= including.include(level=level, services=services, is_new=is_new)
    if not is_new and (has_new_targets or terms.terms_of(level) != before):
        terms.announce_terms_changed(level=level, by=by, at=at)
    verb = "level.created" if is_new else "level.changed"
    auditing.record(by=by, verb=verb, what=level, at=at, details=details)
    if touched:
        announce(customer_ids=touched, at=at)
    return level


def _holders(level: ServiceLevel) -> list[int]:
    """The customers who hold an agreement of this level, whether in force or not."""
    held = Agreement.objects.filter(level=level).order_by("customer_id")
    return list(held.values_list("customer_id", flat=True).distinct())


def _lock_what_it_touches(agreement: Agreement) -> list[int]:
    """Lock and return the customer now named and the one named before: an agreement may be moved.

    Contracts are written one at a time. Else a level could change its rank, or an agreement its customer,
    beside a change that does not see that yet, and a customer would be left out of what is announced.
    """
    lock_exclusive(Lock.CONTRACTS)
    ids = {agreement.customer_id}
    if agreement.pk:
        ids.update(Agreement.objects.filter(pk=agreement.pk).values_list("customer_id", flat=True))
    lock_customers(ids)
    return sorted(ids)


def _require_chain(agreement: Agreement) -> None:
    """An agreement and the one that renews it touch: no gap, no overlap, and no notice for what goes on."""
    before, after = agreement.renewed_from, agreement.follower if agreement.pk else None
    if before is not None and before.ends_on is not None and agreement.starts_on != before.ends_on + _DAY:
        said = _("It renews %(other)s and starts the day after its last day.")
        raise ValidationError({"starts_on": said % {"other": before}})
    if after is None:
        return
    if agreement.ends_on is None or agreement.ends_on + _DAY != after.starts_on:
        said = _("%(other)s renews it and starts the day after its last day.")
        raise ValidationError({"ends_on": said % {"other": after}})
    if agreement.notice_given_on is not None:
        said = _("It is renewed already: give notice for %(other)s.")
        raise ValidationError({"notice_given_on": said % {"other": after}})


def _terminated_on(agreement: Agreement) -> date | None:
    """As it is stored."""
    stored = Agreement.objects.filter(pk=agreement.pk).values_list("terminated_on", flat=True)
    return stored.first() if agreement.pk else None


def _take_along(agreement: Agreement, before: date | None, *, by: User | None, at: datetime) -> None:
    """End the term that follows with this one, or let it live again; not one that was ended for itself."""
    after = agreement.follower
    if after is None or before == agreement.terminated_on or after.terminated_on not in (None, before):
        return
    after.terminated_on = agreement.terminated_on
    save(agreement=after, by=by, at=at)


def _replace_suspensions(agreement: Agreement, periods: Iterable[Period]) -> None:
    agreement.suspensions.all().delete()
    rows = [Suspension(agreement=agreement, **period) for period in periods]
    for row in rows:
        row.full_clean()
    Suspension.objects.bulk_create(rows)
