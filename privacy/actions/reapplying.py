"""Doing erasures again after a backup was restored that is older than they are."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from customers.models import Contact
from privacy.actions import jobs
from privacy.gateways import journal
from privacy.models import LegalHold, PrivacyJob
from privacy.rules.erasing import SETTLES


def missing(*, source: Path | None = None) -> Sequence[journal.Line]:
    """The journal's erasures of people who are there again; the newest line of each."""
    lines = {line.contact: line for line in journal.read(source)}
    there = Contact.objects.filter(pk__in=lines, erased_at__isnull=True).values_list("pk", flat=True)
    return [lines[pk] for pk in sorted(there)]


def reapply(*, source: Path | None = None, at: datetime | None = None) -> int:
    """Erase them again, both looks at once. Returns how many.

    Numbers of the journal are given to nobody new, so that it never means somebody else: call this before
    the restored installation is used.
    """
    moment = at or timezone.now()
    _skip_numbers([line.contact for line in journal.read(source)])
    again = missing(source=source)
    for line in again:
        # A hold in the backup was over, or there would have been no erasure.
        LegalHold.objects.filter(contact_id=line.contact, ended_at__isnull=True).update(ended_at=moment)
        contact = Contact.objects.select_related("user", "customer").get(pk=line.contact)
        PrivacyJob.objects.filter(
            kind=PrivacyJob.Kind.ERASURE, subject_id=line.contact, ended_at__isnull=True
        ).delete()
        jobs.ask_erasure(contact=contact, parts=line.choices, by=None, at=moment)
    if again:
        jobs.work_on(at=moment)
        jobs.work_on(at=moment + SETTLES)
    return len(again)


def _skip_numbers(numbers: Sequence[int]) -> None:
    """Let the next contact get a number above all of these."""
    if not numbers:
        return
    last = Contact.objects.aggregate(last=Max("pk"))["last"] or 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(s, greatest(%s, nextval(s))) FROM pg_get_serial_sequence(%s, 'id') AS s",
            [max(*numbers, last), Contact._meta.db_table],
        )
