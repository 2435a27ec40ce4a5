"""What the clock does to data-processing agreements: open, ask for review, remind, end.

Gates do not wait for it (they read the dates); it notes what is so, and tells those concerned. Every customer
is looked at anew under its lock, so that it may run at any time and any number of times.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from contracts.actions import processing_steps as steps
from contracts.actions.processing_steps import Kind
from contracts.actions.standing_changes import lock_customers
from contracts.models import Agreement, ProcessingAgreement
from contracts.queries.processing import bases_ended, newly_covered
from contracts.queries.renewals import today_at
from contracts.queries.standings import company_zone
from contracts.rules import dpa_lifecycle
from contracts.rules.dpa_lifecycle import State
from contracts.rules.standing import day_start

Cause = ProcessingAgreement.Cause
TOLD_WITHIN = timedelta(days=7)
"""Who is told by mail that an agreement asks for a DPA: of what just started, not of the whole stock."""

log = structlog.get_logger(__name__)


def sweep(*, at: datetime | None = None) -> int:
    """Do what is due. Returns how many customers were touched.

    Idempotent; a customer at whom something fails is reported and left.
    """
    at = at or timezone.now()
    touched = 0
    for customer_id in sorted({*_over(at), *_review_changes(at), *_to_remind(at)}):
        touched += _safely(customer_id, at)
    for agreement in newly_covered(at):
        touched += _safely(agreement.customer_id, at, agreement)
    return touched


def _safely(customer_id: int, at: datetime, agreement: Agreement | None = None) -> bool:
    try:
        return _look_again(customer_id, at) if agreement is None else _open(agreement, at)
    except (OperationalError, InterfaceError):
        raise  # a lost connection or a deadlock: the next sweep tries again
    except Exception:
        log.exception("dpa_not_swept", customer=customer_id)
        return False


def _held() -> Iterable[tuple[int, ProcessingAgreement]]:
    rows = ProcessingAgreement.objects.filter(state=State.IN_FORCE)
    return [(row.customer_id, row) for row in rows]


def _over(at: datetime) -> list[int]:
    over = ProcessingAgreement.objects.filter(state=State.IN_FORCE, ends_at__lte=at)
    return list(over.values_list("customer_id", flat=True))


def _review_changes(at: datetime) -> list[int]:
    """Whose review becomes due, or is moot."""
    held = dict(_held())
    ended = bases_ended(held, at)
    return [pk for pk, dpa in held.items() if _is_due(dpa, ended[pk]) or _is_moot(dpa, ended[pk])]


def _to_remind(at: datetime) -> list[int]:
    rows = ProcessingAgreement.objects.filter(state=State.IN_FORCE, holds_until_at__gt=at)
    return [row.customer_id for row in rows if _distance(row, at) is not None]


def _is_due(dpa: ProcessingAgreement, ended_at: datetime | None) -> bool:
    """Whether its basis has gone. What began without one was reviewed as such; a set end decides."""
    if ended_at is None or dpa.review_due_at is not None or dpa.ends_at is not None:
        return False
    return dpa.in_force_at is not None and dpa.in_force_at < ended_at


def _is_moot(dpa: ProcessingAgreement, ended_at: datetime | None) -> bool:
    return dpa.review_due_at is not None and ended_at is None


def _distance(dpa: ProcessingAgreement, at: datetime) -> int | None:
    """How many days ahead its end is reminded of now; None where nothing new is to be said."""
    if dpa.holds_until_at is None:
        return None
    zone = company_zone()
    ends_on = dpa.holds_until_at.astimezone(zone).date()
    due = dpa_lifecycle.reminder_due(ends_on, today_at(at), settings.DPA_REMINDER_DAYS)
    if due is None or (dpa.reminded_days is not None and dpa.reminded_days <= due):
        return None
    return due


@transaction.atomic
def _look_again(customer_id: int, at: datetime) -> bool:
    """One customer, seen anew under the lock."""
    lock_customers([customer_id])
    turned = steps.turn_ended(customer_id=customer_id, at=at)
    rows = ProcessingAgreement.objects.select_related("customer").select_for_update(of=("self",))
    dpa = rows.filter(customer_id=customer_id, state=State.IN_FORCE).first()
    if dpa is None:
        return bool(turned)
    ended_at = bases_ended([customer_id], at)[customer_id]
    if _is_moot(dpa, ended_at):
        _stay(dpa, at)
    elif _is_due(dpa, ended_at) and ended_at is not None:
        _ask(dpa, ended_at, at)
    else:
        distance = _distance(dpa, at)
        if distance is None:
            return bool(turned)
        _remind(dpa, distance, at)
    return True


def _ask(dpa: ProcessingAgreement, ended_at: datetime, at: datetime) -> None:
    """Its basis is gone: it is due for review, and ends by itself unless somebody decides."""
    until = dpa_lifecycle.holds_until(at, settings.DPA_HOLD_DAYS, company_zone())
    dpa.review_due_at, dpa.holds_until_at, dpa.ends_at = ended_at, until, until
    dpa.ended_because, dpa.review_decided_at = Cause.LAPSED, None
    # The letter of today is the first reminder: only nearer distances are told of again.
    dpa.reminded_days = _distance(dpa, at)
    dpa.save()
    last_day = (until.astimezone(company_zone()) - timedelta(days=1)).date()
    steps.note(dpa, "review_due", by=None, at=at, holds_until_on=last_day.isoformat())
    steps.announce_gates(customer_id=dpa.customer_id, at=at)
    steps.tell(dpa, Kind.DPA_REVIEW, at=at, firm=True, company=True)


def _stay(dpa: ProcessingAgreement, at: datetime) -> None:
    """A service agreement runs again: nothing is to be decided. An end that somebody set stays."""
    if dpa.ended_because == Cause.LAPSED:
        dpa.ends_at, dpa.ended_because = None, ""
    dpa.review_due_at = dpa.holds_until_at = dpa.review_decided_at = dpa.reminded_days = None
    dpa.save()
    steps.note(dpa, "review_moot", by=None, at=at)
    steps.announce_gates(customer_id=dpa.customer_id, at=at)


def _remind(dpa: ProcessingAgreement, distance: int, at: datetime) -> None:
    dpa.reminded_days = distance
    dpa.save(update_fields=["reminded_days"])
    steps.note(dpa, "reminded", by=None, at=at, days=distance)
    steps.tell(dpa, Kind.DPA_REVIEW, at=at, firm=True, company=True)


@transaction.atomic
def _open(agreement: Agreement, at: datetime) -> bool:
    """Ask for a data-processing agreement because this service agreement has started."""
    lock_customers([agreement.customer_id])
    still = [one for one in newly_covered(at, agreement.customer_id) if one.pk == agreement.pk]
    if not still:
        return False
    has_just_begun = day_start(agreement.starts_on, company_zone()) > at - TOLD_WITHIN
    source = ProcessingAgreement.Source.AGREEMENT
    steps.open_request(agreement.customer, source, agreement, by=None, at=at, tells=has_just_begun)
    return True
