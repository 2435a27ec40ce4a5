"""Asking for work on people's rights, and doing it: rows with a lease, step by step, in the background.

A worker that dies leaves its row; after the lease another one goes on. Every step may run again.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import Company, User
from customers.models import Contact
from lib.waking import wake
from privacy.access import may_have_own, may_keep_data
from privacy.actions import erasing, exporting, retaining
from privacy.models import LegalHold, PrivacyJob
from privacy.queries.people import marks_of
from privacy.rules.erasing import LEASE, SETTLES, Part
from tickets import access

Kind = PrivacyJob.Kind
WAKE = "privacy.work_on"
log = structlog.get_logger(__name__)


class Refused(Exception):
    """It is not begun. `why`: ``held`` (a legal hold), ``erased`` already, or ``staff`` (works here)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def ask_export(*, contact: Contact, by: User | None, at: datetime | None = None) -> PrivacyJob:
    """Have a contact's data put together for an admin to hand over. Errors: Denied, Refused."""
    access.require(allowed=by is None or may_keep_data(by))
    return _ask(Kind.EXPORT, contact, {}, by=by, at=at)


def ask_own_export(*, contact: Contact, by: User, at: datetime | None = None) -> PrivacyJob:
    """Have one's own data put together, to be fetched in the portal. Errors: Denied, Refused."""
    access.require(allowed=may_have_own(by, contact))
    return _ask(Kind.EXPORT, contact, {}, by=by, at=at, is_own=True)


def ask_erasure(
    *, contact: Contact, parts: Iterable[str], by: User | None, at: datetime | None = None
) -> PrivacyJob:
    """Erase a person; `parts` (`rules.erasing.Part`) say what goes with them. Errors: Denied, Refused."""
    access.require(allowed=by is None or may_keep_data(by))
    if LegalHold.objects.filter(contact_id=contact.pk, ended_at__isnull=True).exists():
        raise Refused("held")
    if contact.user is not None and contact.user.is_agent:
        raise Refused("staff")
    chosen = sorted({Part(part).value for part in parts})
    return _ask(Kind.ERASURE, contact, {"parts": chosen}, by=by, at=at)


def ask_retention(*, is_dry_run: bool, by: User | None, at: datetime | None = None) -> PrivacyJob:
    """Delete what is older than the rules say, or count it. Error: Denied."""
    access.require(allowed=by is None or may_keep_data(by))
    moment = at or timezone.now()
    fresh = PrivacyJob(kind=Kind.RETENTION, is_dry_run=is_dry_run, asked_at=moment, asked_by=by)
    job, is_new = _stored(fresh)
    if is_new and not is_dry_run and by is not None:
        firm = Company.objects.first() or Company(pk=1)
        auditing.record(by=by, verb="retention.asked", what=firm, at=moment)
    return job


def _ask(
    kind: PrivacyJob.Kind,
    contact: Contact,
    choices: dict[str, list[str]],
    *,
    by: User | None,
    at: datetime | None,
    is_own: bool = False,
) -> PrivacyJob:
    """One open job of a kind for each contact: whoever asks again gets the first. Error: Refused."""
    if contact.erased_at is not None:
        raise Refused("erased")
    moment = at or timezone.now()
    fresh = PrivacyJob(
        kind=kind, subject_id=contact.pk, choices=choices, asked_at=moment, asked_by=by, is_own=is_own
    )
    job, is_new = _stored(fresh)
    if is_new or _widened(job, choices):
        auditing.record(by=by, verb=f"{kind}.asked", what=contact, at=moment, details=choices)
    return job


def _widened(job: PrivacyJob, choices: dict[str, list[str]]) -> bool:
    """Let what was asked for before go further, too, unless it has begun. Returns whether it does."""
    parts = sorted({*job.choices.get("parts", []), *choices.get("parts", [])})
    if parts == sorted(job.choices.get("parts", [])):
        return False
    job.choices = {**job.choices, "parts": parts}
    return bool(PrivacyJob.objects.filter(pk=job.pk, started_at__isnull=True).update(choices=job.choices))


def _stored(fresh: PrivacyJob) -> tuple[PrivacyJob, bool]:
    same = PrivacyJob.objects.filter(
        kind=fresh.kind,
        subject_id=fresh.subject_id,
        is_dry_run=fresh.is_dry_run,
        is_own=fresh.is_own,
        ended_at__isnull=True,
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        return same.get(), False
    wake(WAKE)
    return fresh, True


def work_on(*, at: datetime | None = None) -> int:
    """Do what waits. Returns how many jobs were taken on; any number of workers may work at once."""
    done = 0
    passed: list[int] = []
    while (job := _claim(at or timezone.now(), passed)) is not None:
        passed.append(job.pk)
        done += 1
        _work(job, at)
    return done


@transaction.atomic
def _claim(at: datetime, passed: list[int]) -> PrivacyJob | None:
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    due = Q(again_at__isnull=True) | Q(again_at__lte=at)
    waiting = PrivacyJob.objects.filter(free, due, ended_at__isnull=True).exclude(pk__in=passed)
    job = waiting.order_by("pk").select_for_update(of=("self",), skip_locked=True).first()
    if job is not None:
        job.leased_until = at + LEASE
        job.started_at = job.started_at or at
        job.save(update_fields=["leased_until", "started_at"])
    return job


def _work(job: PrivacyJob, at: datetime | None) -> None:
    try:
        _WORK[job.kind](job, at or timezone.now())
    except Exception as error:  # noqa: BLE001 (whatever it is, the row stays and is tried again)
        # Texts of errors may quote rows: the log says only what kind of error it was.
        log.error("privacy_job_failed", job=job.pk, kind=job.kind, error=type(error).__name__)
        job.fault = "unexpected"
        job.save(update_fields=["fault"])


def _erase(job: PrivacyJob, at: datetime) -> None:
    """One look through everything; the second one ends it. A legal hold that was set meanwhile waits."""
    if LegalHold.objects.filter(contact_id=job.subject_id, ended_at__isnull=True).exists():
        job.fault = "held"
        job.save(update_fields=["fault"])
        return
    if job.sealed is None:
        contact = Contact.objects.select_related("user").get(pk=job.subject_id)
        job.sealed = {**marks_of(contact).as_json(), "user": contact.user_id}
        job.save(update_fields=["sealed"])
    is_second = job.again_at is not None
    case = erasing.case_of(job, at)
    steps = erasing.second_look(case) if is_second else erasing.first_look(case)
    for number, step in enumerate(steps):
        _note(job, step(), number + 1, len(steps), at)
    job.fault, job.leased_until = "", None
    if is_second:
        job.sealed, job.ended_at = None, at
    else:
        job.again_at = at + SETTLES
    job.save()


def _note(job: PrivacyJob, counts: dict[str, int], done: int, total: int, at: datetime) -> None:
    """Say how far it is, and hold on to it."""
    for kind, count in counts.items():
        if count:
            job.counts[kind] = job.counts.get(kind, 0) + count
    job.done, job.total = done, total
    job.leased_until = max(at, timezone.now()) + LEASE
    job.save(update_fields=["counts", "done", "total", "leased_until"])


_WORK: Mapping[str, Callable[[PrivacyJob, datetime], None]] = MappingProxyType(
    {Kind.EXPORT: exporting.build, Kind.ERASURE: _erase, Kind.RETENTION: retaining.apply}
)
