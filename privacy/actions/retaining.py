"""Deleting what is older than its rule says, kind by kind, in batches; the log of it is the job's counts.

Legal holds and the law are respected: tickets of a person whose data must be kept are left out, and no rule
reaches what bookkeeping needs.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet

from accounts.actions import auditing
from accounts.models import ApiUse, KeptAnswer, Notice, User
from contracts.models import DpaSignature
from customers.models import Contact
from knowledge.models import SearchTerm
from lib.waking import wake
from privacy.access import may_keep_data
from privacy.actions.exporting import drop_file
from privacy.models import LegalHold, PrivacyJob, RetentionRule
from privacy.queries.retention import rules_now
from privacy.rules.erasing import LEASE, instead
from privacy.rules.retention import KINDS
from tickets import access
from tickets.models import Attachment, Delivery, Message, Ticket

BATCH = 500


class TooShort(Exception):
    """Fewer days than a kind needs (`least`)."""

    def __init__(self, least: int) -> None:
        super().__init__(least)
        self.least = least


@transaction.atomic
def set_rule(*, kind: str, days: int, is_active: bool, by: User | None, at: datetime | None = None) -> None:
    """Say how long a kind of data is kept. Errors: Denied, KeyError for no kind, TooShort."""
    access.require(allowed=by is None or may_keep_data(by))
    if days < KINDS[kind].least_days:
        raise TooShort(KINDS[kind].least_days)
    rule, _is_new = RetentionRule.objects.update_or_create(
        kind=kind, defaults={"days": days, "is_active": is_active}
    )
    auditing.record(
        by=by, verb="retention.changed", what=rule, at=at, details={"days": days, "is_active": is_active}
    )


def sweep(*, at: datetime) -> bool:
    """Ask for the daily run where there was none for a day. Returns whether it did."""
    runs = PrivacyJob.objects.filter(kind=PrivacyJob.Kind.RETENTION, is_dry_run=False)
    if runs.filter(asked_at__gt=at - timedelta(days=1)).exists():
        return False
    PrivacyJob.objects.create(kind=PrivacyJob.Kind.RETENTION, asked_at=at)
    wake("privacy.work_on")
    return True


def apply(job: PrivacyJob, at: datetime) -> None:
    """Go through the rules that are on; a dry run counts only."""
    rules = [rule for rule in rules_now() if rule.is_active]
    job.counts, job.total = {}, len(rules)
    for number, rule in enumerate(rules):
        rows = DUE[rule.kind.code](rule.before(at))
        count = rows.count() if job.is_dry_run else DELETE.get(rule.kind.code, _delete)(rows, at)
        job.counts[rule.kind.code] = count
        job.done, job.leased_until = number + 1, at + LEASE
        job.save(update_fields=["counts", "done", "total", "leased_until"])
    job.ended_at, job.leased_until, job.fault = at, None, ""
    job.save()


def held_contacts() -> QuerySet[LegalHold, int]:
    """Contacts whose data must be kept for now."""
    return LegalHold.objects.filter(ended_at__isnull=True).values_list("contact_id", flat=True)


def _mail(before: datetime) -> QuerySet[Any]:
    """Not of tickets that may get another mail: it says which earlier ones it belongs to."""
    done = Q(sent_at__lte=before) | Q(failed_at__lte=before)
    of_closed = Delivery.objects.filter(done, ticket__status=Ticket.Status.CLOSED)
    return of_closed.exclude(contact_id__in=held_contacts())


def _notices(before: datetime) -> QuerySet[Any]:
    kept = User.objects.filter(contact__in=held_contacts())
    done = Q(sent_at__lte=before) | Q(failed_at__lte=before)
    return Notice.objects.filter(done).exclude(user__in=kept)


def _sessions(before: datetime) -> QuerySet[Any]:
    unused: QuerySet[Any] = UserSession.objects.filter(last_seen_at__lte=before)
    return unused


def _signatures(before: datetime) -> QuerySet[Any]:
    kept = User.objects.filter(contact__in=held_contacts())
    ended = {"processing_agreement__state": "ended", "processing_agreement__ends_at__lte": before}
    return DpaSignature.objects.filter(**ended).exclude(name="").exclude(user__in=kept)


def _contacts(before: datetime) -> QuerySet[Any]:
    """Without access, and without a ticket for so long; who never had one is left."""
    idle: QuerySet[Any] = Contact.objects.filter(is_active=False, erased_at__isnull=True)
    idle = idle.exclude(pk__in=held_contacts()).annotate(_last=Max("tickets__changed_at"))
    return idle.filter(_last__lte=before)


def _closed(before: datetime) -> Q:
    return Q(ticket__status="closed", ticket__closed_at__lte=before) & (
        Q(ticket__contact__isnull=True) | ~Q(ticket__contact__in=held_contacts())
    )


def _attachments(before: datetime) -> QuerySet[Any]:
    closed = Message.objects.filter(_closed(before)).exclude(contact_id__in=held_contacts())
    return Attachment.objects.filter(message__in=closed)


def _messages(before: datetime) -> QuerySet[Any]:
    written = Message.objects.filter(_closed(before)).exclude(contact_id__in=held_contacts())
    return written.exclude(body=instead(settings.LANGUAGE_CODE))


DUE: Mapping[str, Callable[[datetime], QuerySet[Any]]] = MappingProxyType(
    {
        "mail_log": _mail,
        "notices": _notices,
        "sessions": _sessions,
        "attempts": lambda before: ApiUse.objects.filter(window__lte=before),
        "api_answers": lambda before: KeptAnswer.objects.filter(created_at__lte=before),
        "searches": lambda before: SearchTerm.objects.filter(day__lte=before.date()),
        "exports": lambda before: PrivacyJob.objects.filter(ended_at__lte=before).exclude(file=""),
        "jobs": lambda before: PrivacyJob.objects.filter(ended_at__lte=before, file=""),
        "admin_log": lambda before: LogEntry.objects.filter(action_time__lte=before),
        "evidence": _signatures,
        "contacts": _contacts,
        "attachments": _attachments,
        "messages": _messages,
    }
)
"""What is due of each kind, by the moment before which it is."""


def _delete(rows: QuerySet[Any], _at: datetime) -> int:
    """Delete rows, a batch at a time, so that nobody waits for long."""
    gone = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows.model._base_manager.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone


def _end_sessions(rows: QuerySet[Any], at: datetime) -> int:
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return _delete(rows, at)


def _forget_attempts(rows: QuerySet[Any], at: datetime) -> int:
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires <= %s", [at])  # noqa: S608 (quoted)
        counted = int(cursor.rowcount)
    return counted + _delete(rows, at)


def _drop_exports(rows: QuerySet[Any], _at: datetime) -> int:
    jobs = list(rows)
    for job in jobs:
        drop_file(job=job)
    return len(jobs)


def _empty_signatures(rows: QuerySet[Any], _at: datetime) -> int:
    signed = list(rows)
    for row in signed:
        if row.file:
            row.file.delete(save=False)
        DpaSignature.objects.filter(pk=row.pk).update(user=None, name="", role="", ip=None, file="")
    return len(signed)


def _erase_contacts(rows: QuerySet[Any], at: datetime) -> int:
    """Each is an erasure of its own, of the person alone."""
    asked = 0
    for pk in list(rows.values_list("pk", flat=True)):
        job = {"kind": PrivacyJob.Kind.ERASURE, "subject_id": pk, "ended_at__isnull": True}
        if not PrivacyJob.objects.filter(**job).exists():
            PrivacyJob.objects.create(
                kind=PrivacyJob.Kind.ERASURE, subject_id=pk, choices={"parts": []}, asked_at=at
            )
            asked += 1
    return asked


def _drop_attachments(rows: QuerySet[Any], _at: datetime) -> int:
    """The file first: a crash in between leaves a row that is found again."""
    files = list(rows)
    for attachment in files:
        attachment.file.delete(save=False)
        Attachment.objects.filter(pk=attachment.pk).delete()
    return len(files)


def _empty_messages(rows: QuerySet[Any], _at: datetime) -> int:
    return rows.update(body=instead(settings.LANGUAGE_CODE))


DELETE: Mapping[str, Callable[[QuerySet[Any], datetime], int]] = MappingProxyType(
    {
        "sessions": _end_sessions,
        "attempts": _forget_attempts,
        "exports": _drop_exports,
        "evidence": _empty_signatures,
        "contacts": _erase_contacts,
        "attachments": _drop_attachments,
        "messages": _empty_messages,
    }
)
"""How a kind goes that is not simply deleted row by row."""
