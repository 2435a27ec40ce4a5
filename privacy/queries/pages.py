"""What the pages of data protection show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from customers.models import Contact
from privacy.models import LegalHold, PrivacyJob
from privacy.queries.preview import Preview
from privacy.rules.wording import TABLE, words

SHOWN = 30


@dataclass(frozen=True)
class JobLine:
    """A job with whom it is about (None where nobody is left by that number) and how it stands."""

    job: PrivacyJob
    contact: Contact | None
    state: str
    counts: list[tuple[str, int]]
    fault: str


def found_contacts(text: str) -> list[Contact]:
    """Contacts by name or address; none where nothing was asked."""
    wanted = text.strip()
    if not wanted:
        return []
    rows = Contact.objects.filter(Q(name__icontains=wanted) | Q(email__icontains=wanted))
    return list(rows.filter(erased_at__isnull=True).select_related("customer")[:SHOWN])


def job_lines(jobs: QuerySet[PrivacyJob], language: str) -> list[JobLine]:
    """Jobs, the newest first, each with its contact."""
    rows = list(jobs[:SHOWN])
    ids = {job.subject_id for job in rows}
    people = Contact.objects.select_related("customer").in_bulk(ids) if ids else {}
    return [job_line(job, people.get(job.subject_id), language) for job in rows]


def job_line(job: PrivacyJob, contact: Contact | None, language: str) -> JobLine:
    """One job in words."""
    counts = [(count_words(kind, language), count) for kind, count in sorted(job.counts.items()) if count]
    fault = words(f"fault.{job.fault}", language) if job.fault else ""
    return JobLine(job, contact, state_of(job), counts, fault)


def state_of(job: PrivacyJob) -> str:
    """How a job stands, in a few words."""
    if job.ended_at is not None:
        return _("not done") if job.fault else _("done")
    if job.again_at is not None:
        return _("done; looks once more for late writing")
    return _("at work") if job.started_at is not None else _("waits")


def count_words(kind: str, language: str) -> str:
    """What was counted: a code of ours, or a table by its name for people."""
    for table in ("count", "retention"):
        if f"{table}.{kind}" in TABLE:
            return words(f"{table}.{kind}", language)
    return str(apps.get_model(kind)._meta.verbose_name_plural) if "." in kind else kind


def open_holds() -> list[tuple[LegalHold, Contact | None]]:
    """The holds that stand, with whom they are about."""
    rows = list(LegalHold.objects.filter(ended_at__isnull=True))
    people = Contact.objects.select_related("customer").in_bulk([row.contact_id for row in rows])
    return [(row, people.get(row.contact_id)) for row in rows]


def hold_of(contact: Contact) -> LegalHold | None:
    """The hold on this person, if there is one."""
    return LegalHold.objects.filter(contact_id=contact.pk, ended_at__isnull=True).first()


def preview_lines(preview: Preview, language: str) -> dict[str, Sequence[tuple[str, int]]]:
    """The preview's counts in words, without what is not there."""
    named = [(count_words(table, language), count) for table, count in sorted(preview.named.items())]
    return {
        "goes": [(count_words(kind, language), count) for kind, count in preview.goes.items() if count],
        "named": named,
        "stays": [
            (words(f"stays.{kind}", language), count) for kind, count in preview.stays.items() if count
        ],
    }
