"""Sealing the audit trail: what was appended gets a number and a hash that covers the line before it.

Writers do not wait for each other, so lines are sealed afterwards, in the order of their ids as far as they
are committed: one whose transaction ends late gets a later number, and none is left out
(docs/adr/0020-audit-chain.md).
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.gateways import audit_anchors
from accounts.models import AuditCut, AuditEntry, AuditValues, Impersonation
from accounts.queries import trail
from accounts.rules.chain import hash_of
from lib.locking import Lock, try_holding

BATCH = 1_000

log = structlog.get_logger(__name__)


def seal(*, at: datetime | None = None) -> int:
    """Seal every line that is committed, and anchor the chain's end. Returns how many were sealed.

    Nothing where another process is sealing. Error: OSError where the anchor cannot be written.
    """
    sealed = 0
    with try_holding(Lock.AUDIT) as is_ours:
        if is_ours:
            while count := _seal_some():
                sealed += count
            _anchor(at or timezone.now())
    return sealed


def cut(*, before: datetime, at: datetime | None = None) -> int:
    """Delete the lines at the chain's beginning that are older, up to the first that is not: how many.

    What is left verifies from where it was cut.
    """
    at = at or timezone.now()
    with try_holding(Lock.AUDIT) as is_ours, transaction.atomic():
        last = _last_before(before) if is_ours else None
        if last is None or last.number is None:
            return 0
        row = AuditCut.objects.create(at=at, number=last.number, hash=last.hash)
        AuditValues.objects.filter(entry__number__lte=row.number).delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_auditentry WHERE number <= %s", [row.number])
            count = int(cursor.rowcount)
        auditing.record(by=None, verb="audit_cut.made", what=row, at=at, details={"lines": count})
        audit_anchors.drop(kind=audit_anchors.CUT, number=row.number, hash=row.hash, at=at)
    return count


def erase_names(*, before: datetime) -> int:
    """Erase the names of all lines that are older; the lines stay. Returns how many."""
    return AuditValues.objects.filter(entry__at__lt=before).delete()[0]


def forget(*, at: datetime | None = None) -> None:
    """Do what the settings say about old lines (and looks): first their names go, later they do."""
    at = at or timezone.now()
    if settings.AUDIT_VALUE_DAYS:
        before = at - timedelta(days=settings.AUDIT_VALUE_DAYS)
        erase_names(before=before)
        Impersonation.objects.filter(ended_at__lt=before).delete()
    if settings.AUDIT_DAYS:
        cut(before=at - timedelta(days=settings.AUDIT_DAYS), at=at)


def begin_after_restore(*, at: datetime) -> None:
    """The database is that of a backup: from here on its chain is the one that is anchored."""
    audit_anchors.set_aside(at)
    end = trail.head()
    audit_anchors.drop(kind=audit_anchors.RESTORED, number=end.number, hash=end.hash, at=at)


@transaction.atomic
def _seal_some() -> int:
    lines = list(AuditEntry.objects.filter(number=None).order_by("id")[:BATCH])
    end = trail.head()
    found: list[tuple[int, int, str]] = []
    previous = end.hash
    for number, line in enumerate(lines, end.number + 1):
        previous = hash_of(previous, trail.link_of(line, number))
        found.append((line.pk, number, previous))
    if found:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_auditentry entry SET number = found.number, hash = found.hash"
                " FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS found (id, number, hash)"
                " WHERE entry.id = found.id",
                [list(column) for column in zip(*found, strict=True)],
            )
    return len(found)


def _anchor(at: datetime) -> None:
    """Write down how far the chain goes, unless it does not go on from what was written down before."""
    end, last = trail.head(), audit_anchors.last_anchor()
    if last and end.number <= last.number:
        if (end.number, end.hash) != (last.number, last.hash):
            log.error("audit_chain_is_not_as_anchored", number=end.number, anchored=last.number)
        return
    if end.number:
        audit_anchors.drop(kind=audit_anchors.HEAD, number=end.number, hash=end.hash, at=at)
        log.info("audit_chain_anchored", number=end.number, hash=end.hash)


def _last_before(before: datetime) -> AuditEntry | None:
    """The last line of all that stand before the first one that is not older."""
    sealed = AuditEntry.objects.filter(number__isnull=False)
    kept = sealed.filter(at__gte=before).order_by("number").first()
    old = sealed.filter(number__lt=kept.number) if kept else sealed
    return old.order_by("-number").first()
