"""Telling customers of a change of the directory, once each; what they say to it; how it was decided."""

from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import auditing, notices
from accounts.models import Notice, User
from contracts.access import answers_for, require_keeper_of_directory
from contracts.actions import telling_contacts
from contracts.models import ChangeNotice, DirectoryVersion, ToldContact
from contracts.queries.directory import to_tell
from contracts.queries.renewals import today_at
from contracts.rules.directory import objections_until
from customers.models import Contact
from lib.languages import page_language
from lib.reasons import say_day

Outcome = ChangeNotice.Outcome
log = structlog.get_logger(__name__)


class CannotObject(Exception):
    """No objection can be taken, or decided, any more; the text says why."""


@transaction.atomic
def tell_customers(*, version: DirectoryVersion, at: datetime) -> int:
    """Tell whoever has an agreement in force and was not told of this version yet. Returns how many.

    The caller holds the version's row.
    """
    if version.announced_at is None or version.objections_until_on is None:
        return 0
    until = objections_until(today_at(version.announced_at), version.objections_until_on, today_at(at))
    rows = ChangeNotice.objects.bulk_create(
        ChangeNotice(
            version=version,
            customer_id=dpa.customer_id,
            processing_agreement=dpa,
            announced_at=at,
            objections_until_on=until,
        )
        for dpa in to_tell(version, at)
    )
    telling_contacts.tell(
        kind=Notice.Kind.DIRECTORY_CHANGE,
        told=[(row.customer_id, ToldContact(change_notice=row), _params(row, "announced")) for row in rows],
        at=at,
    )
    return len(rows)


@transaction.atomic
def tell_of_drop(*, version: DirectoryVersion, at: datetime) -> None:
    """Tell whoever was told of a change that it was dropped."""
    rows = ChangeNotice.objects.filter(version=version)
    telling_contacts.tell(
        kind=Notice.Kind.DIRECTORY_CHANGE,
        told=[(row.customer_id, None, _params(row, "dropped")) for row in rows],
        at=at,
    )


@transaction.atomic
def acknowledge(*, notice: ChangeNotice, by: User, at: datetime | None = None) -> ChangeNotice:
    """Note who at the customer took notice, and when: the first counts. Error: NotTheirs."""
    now = at or timezone.now()
    contact = answers_for(by, notice.customer_id)
    row = _locked(notice)
    if row.acknowledged_at is None:
        _acknowledged(row, contact, now)
        row.save()
        auditing.record(by=by, verb="directory.acknowledged", what=row, at=now)
    return row


@transaction.atomic
def object_to(*, notice: ChangeNotice, text: str, by: User, at: datetime | None = None) -> ChangeNotice:
    """Object to a change within the period; that acknowledges it, too, and admins are told.

    Errors: NotTheirs, CannotObject.
    """
    now = at or timezone.now()
    contact = answers_for(by, notice.customer_id)
    row = _locked(notice)
    _require_open(row, text, now)
    row.objected_at, row.objected_by, row.objected_by_name = now, contact, contact.name
    row.objection = text.strip()
    if row.acknowledged_at is None:
        _acknowledged(row, contact, now)
    row.save()
    auditing.record(by=by, verb="directory.objected", what=row, at=now)
    admins = User.objects.filter(role=User.Role.ADMIN, is_active=True).exclude(email="").order_by("pk")
    params = {"change": str(row.pk)}
    notices.tell_under_dpa(told=[(Notice.Kind.OBJECTION, admin, params) for admin in admins], at=now)
    return row


@transaction.atomic
def decide(
    *, notice: ChangeNotice, outcome: str, note: str, by: User, at: datetime | None = None
) -> ChangeNotice:
    """Say what became of an objection; the customer reads it and is told. Error: CannotObject."""
    now = at or timezone.now()
    require_keeper_of_directory(by)
    row = _locked(notice)
    if row.objected_at is None:
        raise CannotObject(_("Nobody has objected."))
    if outcome not in Outcome.values or not outcome:
        raise CannotObject(_("Choose an outcome."))
    if not note.strip():
        raise CannotObject(_("Say how it was decided: the customer reads it."))
    if (row.outcome, row.outcome_note) == (outcome, note.strip()):
        return row
    was = {"outcome": row.outcome, "note": row.outcome_note}
    row.outcome, row.outcome_note = outcome, note.strip()
    row.decided_at, row.decided_by = now, by
    row.save()
    details = {"outcome": outcome, "was": was, "now": {"outcome": outcome, "note": row.outcome_note}}
    auditing.record(by=by, verb="directory.objection_decided", what=row, at=now, details=details)
    telling_contacts.tell(
        kind=Notice.Kind.DIRECTORY_CHANGE,
        told=[(row.customer_id, None, _params(row, "decided"))],
        at=now,
    )
    return row


def sweep(*, at: datetime | None = None) -> int:
    """Tell those whose agreement has begun since a change was announced; note what mail went out meanwhile.

    Also where the change is in effect by then: what they were offered did not have it yet.
    Returns how many customers were told. Idempotent; a version that cannot be told of is reported and left.
    """
    now = at or timezone.now()
    told = 0
    announced = DirectoryVersion.objects.filter(announced_at__isnull=False, withdrawn_at__isnull=True)
    for version in announced.order_by("number"):
        try:
            told += _tell_late_ones(version.pk, now) if to_tell(version, now).exists() else 0
        except (OperationalError, InterfaceError):
            raise  # a lost connection or a deadlock: the next sweep tries again
        except Exception:
            log.exception("change_not_told", version=version.pk)
    telling_contacts.note_sent_mail()
    return told


@transaction.atomic
def _tell_late_ones(pk: int, at: datetime) -> int:
    """One version, under its lock: two sweeps tell nobody twice."""
    version = DirectoryVersion.objects.select_for_update().get(pk=pk)
    return 0 if version.withdrawn_at is not None else tell_customers(version=version, at=at)


def _require_open(row: ChangeNotice, text: str, now: datetime) -> None:
    """Error: CannotObject, in words for the customer."""
    if row.version.withdrawn_at is not None:
        raise CannotObject(_("This change was dropped: there is nothing to object to any more."))
    if row.objected_at is not None:
        raise CannotObject(_("Your objection is with us already."))
    if today_at(now) > row.objections_until_on:
        said = _("Objections were possible until %(day)s. Please get in touch with us if you do not agree.")
        raise CannotObject(said % {"day": say_day(row.objections_until_on, page_language())})
    if not text.strip():
        raise CannotObject(_("Please say why you object."))


def _acknowledged(row: ChangeNotice, contact: Contact, now: datetime) -> None:
    row.acknowledged_at, row.acknowledged_by, row.acknowledged_by_name = now, contact, contact.name


def _locked(notice: ChangeNotice) -> ChangeNotice:
    rows = ChangeNotice.objects.select_for_update(of=("self",)).select_related("version", "customer")
    return rows.get(pk=notice.pk)


def _params(row: ChangeNotice, event: str) -> dict[str, str]:
    return {"change": str(row.pk), "event": event}
