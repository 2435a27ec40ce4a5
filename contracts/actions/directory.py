"""Keeping the directory of sub-processors: a draft, its entries, announcing it, dropping a change again."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import auditing
from accounts.models import User
from contracts.access import require_keeper_of_directory
from contracts.actions import directory_notices
from contracts.models import DirectoryVersion, Subprocessor, SubprocessorEntry
from contracts.queries import directory as reading
from contracts.queries.renewals import today_at
from contracts.rules.directory import coming, diff, earliest_last_day
from lib.languages import page_language
from lib.locking import Lock, lock_exclusive
from lib.reasons import say_day


class DirectoryRefused(Exception):
    """This cannot be done with the directory; the text says why. `field` is what it is about, if anything."""

    def __init__(self, why: str, field: str = "") -> None:
        super().__init__(why)
        self.field = field


@transaction.atomic
def begin_draft(*, by: User, at: datetime | None = None) -> DirectoryVersion:
    """Begin the next version with what the last one says. Where there is a draft already it is that one."""
    now = at or timezone.now()
    require_keeper_of_directory(by)
    lock_exclusive(Lock.CONTRACTS)
    draft = reading.draft()
    if draft is not None:
        return draft
    base, numbers = reading.latest(), DirectoryVersion.objects.order_by("-number").values_list("number")
    number = next((number for (number,) in numbers[:1]), 0) + 1
    draft = DirectoryVersion.objects.create(
        number=number, effective_on=reading.earliest_day(now), created_at=now, created_by=by
    )
    if base is not None:
        SubprocessorEntry.objects.bulk_create(_copy(entry, draft) for entry in base.entries.all())
    auditing.record(by=by, verb="directory.drafted", what=draft, at=now)
    return draft


@transaction.atomic
def save_entry(*, entry: SubprocessorEntry, by: User, at: datetime | None = None) -> SubprocessorEntry:
    """Enter a sub-processor into the draft, or change it. Errors: ValidationError, DirectoryRefused."""
    now = at or timezone.now()
    require_keeper_of_directory(by)
    _locked_draft(entry.version)
    is_new = entry.pk is None
    if is_new:
        entry.subprocessor = Subprocessor.objects.create(created_at=now)
    entry.full_clean()
    entry.save()
    verb = "directory.entry_added" if is_new else "directory.entry_changed"
    auditing.record(by=by, verb=verb, what=entry, at=now, details={"version": entry.version.number})
    return entry


@transaction.atomic
def remove_entry(*, entry: SubprocessorEntry, by: User, at: datetime | None = None) -> None:
    """Take a sub-processor out of the draft. Error: DirectoryRefused."""
    require_keeper_of_directory(by)
    draft = _locked_draft(entry.version)
    auditing.record(
        by=by, verb="directory.entry_removed", what=entry, at=at, details={"version": draft.number}
    )
    subprocessor = entry.subprocessor
    entry.delete()
    _forget_unused(subprocessor.pk)


@transaction.atomic
def discard_draft(*, version: DirectoryVersion, by: User, at: datetime | None = None) -> None:
    """Throw the draft away. Error: DirectoryRefused for what is announced."""
    require_keeper_of_directory(by)
    draft = _locked_draft(version)
    auditing.record(by=by, verb="directory.draft_discarded", what=draft, at=at)
    used = list(draft.entries.values_list("subprocessor_id", flat=True))
    draft.delete()
    _forget_unused(*used)


@transaction.atomic
def announce(
    *,
    version: DirectoryVersion,
    effective_on: date,
    objections_until_on: date,
    by: User,
    note: str = "",
    at: datetime | None = None,
) -> DirectoryVersion:
    """Announce the draft: it stays as it is from now on, and every customer with an agreement is told, once.

    Announcing what is announced already changes nothing. Error: DirectoryRefused.
    """
    now = at or timezone.now()
    require_keeper_of_directory(by)
    lock_exclusive(Lock.CONTRACTS)
    row = _locked(version)
    if row.announced_at is not None:
        return row
    _require_change(row)
    _require_dates(effective_on, objections_until_on, now)
    row.effective_on, row.objections_until_on, row.note = effective_on, objections_until_on, note.strip()
    row.announced_at, row.announced_by = now, by
    row.save()
    told = directory_notices.tell_customers(version=row, at=now)
    details = {"effective_on": effective_on.isoformat(), "customers": told}
    auditing.record(by=by, verb="directory.announced", what=row, at=now, details=details)
    return row


@transaction.atomic
def drop(*, version: DirectoryVersion, reason: str, by: User, at: datetime | None = None) -> DirectoryVersion:
    """Drop an announced change before it takes effect; who knows of it is told. Error: DirectoryRefused."""
    now = at or timezone.now()
    require_keeper_of_directory(by)
    lock_exclusive(Lock.CONTRACTS)
    row = _locked(version)
    if row.withdrawn_at is not None:
        return row
    if row.announced_at is None:
        raise DirectoryRefused(_("It is not announced yet: discard the draft instead."))
    if row.effective_on <= today_at(now):
        raise DirectoryRefused(_("It is in effect. Announce another version that takes it back."))
    last = coming(reading.version_facts(), today_at(now))[-1]
    if last.number != row.number:
        said = _("Version %(number)s builds on it. Drop that one first.") % {"number": last.number}
        raise DirectoryRefused(said)
    if not reason.strip():
        raise DirectoryRefused(_("Say why: whoever was told reads it."), "reason")
    row.withdrawn_at, row.withdrawn_because = now, reason.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_because"])
    auditing.record(by=by, verb="directory.dropped", what=row, at=now)
    directory_notices.tell_of_drop(version=row, at=now)
    return row


def _require_change(row: DirectoryVersion) -> None:
    base = reading.latest()
    entries = [entry.as_fact() for entry in row.entries.all()]
    old = [entry.as_fact() for entry in base.entries.all()] if base else []
    if base is None and not entries:
        raise DirectoryRefused(_("The draft is empty: enter the sub-processors first."))
    if base is not None and not diff(old, entries):
        raise DirectoryRefused(_("The draft changes nothing: there is nothing to announce."))


def _require_dates(effective_on: date, until_on: date, now: datetime) -> None:
    language, earliest = page_language(), reading.earliest_day(now)
    if effective_on < earliest:
        said = _("It can take effect from %(day)s on: customers are told %(days)s days ahead.")
        words = {"day": say_day(earliest, language), "days": settings.DIRECTORY_NOTICE_DAYS}
        raise DirectoryRefused(said % words, "effective_on")
    least = earliest_last_day(today_at(now), effective_on)
    if not least <= until_on <= effective_on:
        said = _("Objections have to be possible until %(least)s at least, and until %(day)s at most.")
        days = {"least": say_day(least, language), "day": say_day(effective_on, language)}
        raise DirectoryRefused(said % days, "objections_until_on")


def _locked(version: DirectoryVersion) -> DirectoryVersion:
    row = DirectoryVersion.objects.select_for_update().filter(pk=version.pk).first()
    if row is None:
        raise DirectoryRefused(_("Somebody has discarded this draft meanwhile."))
    return row


def _locked_draft(version: DirectoryVersion) -> DirectoryVersion:
    row = _locked(version)
    if row.announced_at is not None:
        raise DirectoryRefused(_("This version is announced and stays as it is. Begin the next one."))
    return row


def _copy(entry: SubprocessorEntry, draft: DirectoryVersion) -> SubprocessorEntry:
    entry.pk, entry.version, entry._state.adding = None, draft, True
    return entry


def _forget_unused(*pks: int) -> None:
    Subprocessor.objects.filter(pk__in=pks, entries__isnull=True).delete()
