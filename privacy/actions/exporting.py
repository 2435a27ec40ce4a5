"""Building an access export: a zip with the data as JSON, as a page and as a PDF, and the files they sent."""

import hashlib
import json
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts.actions import auditing, notices
from accounts.models import User
from accounts.queries.company import firm
from contracts.queries import company_zone
from customers.models import Contact
from lib.pdf import pdf_of
from privacy.models import PrivacyJob
from privacy.queries.access_export import Part, as_json, name_in_zip, parts_of, sent_files
from privacy.queries.people import Person, person_of
from privacy.rules.wording import words
from tickets.models import Attachment


class Gone(Exception):
    """There is no such file any more: fetched, too old, or the person was erased."""


def build(job: PrivacyJob, at: datetime) -> None:
    """Put it together and tell whoever asked for their own. May run again: the file is made anew."""
    contact = Contact.objects.select_related("customer", "user").filter(pk=job.subject_id).first()
    if contact is None or contact.erased_at is not None:
        job.fault, job.ended_at, job.leased_until = "erased", at, None
        job.save()
        return
    person = person_of(contact)
    with translation.override(contact.language), tempfile.TemporaryFile() as made:
        job.counts = _write(made, person, at)
        made.seek(0)
        job.sha256 = hashlib.file_digest(made, "sha256").hexdigest()
        made.seek(0)
        name = f"exports/{job.pk}.zip"
        job.file.storage.delete(name)  # what an interrupted attempt left
        job.file = job.file.storage.save(name, File(made))
    _settle(job, contact, at)


@transaction.atomic
def _settle(job: PrivacyJob, contact: Contact, at: datetime) -> None:
    job.ended_at, job.leased_until, job.fault = at, None, ""
    job.done = job.total = job.counts["parts"]
    job.file_until = at + timedelta(days=settings.EXPORT_DAYS)
    job.save()
    auditing.record(by=job.asked_by, verb="export.built", what=contact, at=at)
    if job.is_own and contact.user is not None:
        notices.tell_of_export(user=contact.user, at=at)


@transaction.atomic
def take(*, job: PrivacyJob, by: User, at: datetime | None = None) -> IO[bytes]:
    """Hand the file out, once: it goes from the disk when this is committed. Error: Gone.

    The caller has asked whether this person may have it (`privacy.access.fetchable_exports`).
    """
    moment = at or timezone.now()
    row = PrivacyJob.objects.select_for_update().get(pk=job.pk)
    if not row.has_file or (row.file_until is not None and row.file_until <= moment):
        raise Gone
    try:
        content = Path(row.file.path).open("rb")  # noqa: SIM115 (streamed by whoever asked)
    except OSError as error:
        raise Gone from error
    PrivacyJob.objects.filter(pk=row.pk).update(served_at=moment)
    # Not before: where it fails, the file is still there. What dies afterwards leaves it to retention.
    transaction.on_commit(partial(drop_file, job=row))
    contact = Contact.objects.filter(pk=row.subject_id).first()
    if contact is not None:
        auditing.record(by=by, verb="export.fetched", what=contact, at=moment)
    return content


def drop_file(*, job: PrivacyJob) -> None:
    """Delete the file of an export; what is open can still be read to its end."""
    job.file.delete(save=False)
    PrivacyJob.objects.filter(pk=job.pk).update(file="")


def _write(made: IO[bytes], person: Person, at: datetime) -> dict[str, int]:
    parts, files, missing = list(parts_of(person)), sent_files(person), 0
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(_data(parts, at), ensure_ascii=False, indent=2))
        told = _told(parts, person.contact, at)
        archive.writestr("index.html", render_to_string("privacy/export.html", told))
        archive.writestr("export.css", render_to_string("privacy/export.css"))
        archive.writestr("data.pdf", pdf_of("privacy/export.typ", told, day=at.date(), is_kept=False))
        for attachment in files:
            missing += not _add_file(archive, attachment)
    return {"parts": len(parts), "files": len(files) - missing, "missing": missing}


def _add_file(archive: ZipFile, attachment: Attachment) -> bool:
    try:
        archive.write(attachment.file.path, name_in_zip(attachment))
    except FileNotFoundError:
        return False
    return True


def _data(parts: Iterable[Part], at: datetime) -> dict[str, Any]:
    """For machines (GDPR Art. 20): codes and ISO moments."""
    told = {
        part.code: [{name: as_json(value) for name, value in row.items()} for row in part.rows]
        for part in parts
    }
    return {"format": "vorrang.access-export.1", "made_at": at.isoformat(), **told}


def _told(parts: Iterable[Part], contact: Contact, at: datetime) -> dict[str, Any]:
    """For people: every code in words of their language."""
    language = contact.language
    company = firm().name
    return {
        "language": language,
        "company": company,
        "title": gettext("Your data"),
        "subtitle": gettext("What %(company)s keeps about %(name)s, as of %(at)s")
        % {"company": company, "name": contact.name, "at": _said(at)},
        "about": _about(company),
        "page_word": gettext("Page"),
        "nothing": gettext("Nothing is kept here."),
        "parts": [
            {
                "title": words(f"part.{part.code}", language),
                "rows": [_facts(row, language) for row in part.rows],
            }
            for part in parts
        ],
    }


def _about(company: str) -> list[str]:
    """What Art. 15 (1) asks for besides the data themselves."""
    return [
        gettext(
            "%(company)s processes these data to answer your requests for support and to keep the agreements"
            " with your company. They come from you, from your company and from working on your tickets."
        )
        % {"company": company},
        gettext(
            "They are read by the people at %(company)s who work on your tickets and, where your company has"
            " allowed it, by colleagues of yours. No decision about you is made by a machine alone."
        )
        % {"company": company},
        gettext(
            "You can have them corrected or erased, object to their processing, and complain to a data"
            " protection authority. Files that you sent lie beside this page in the folder “files”; the same"
            " data for machines are in data.json. Internal notes of other people are not part of it."
        ),
    ]


def _facts(row: dict[str, Any], language: str) -> list[dict[str, str]]:
    return [
        {"label": words(f"fact.{name}", language), "value": said}
        for name, value in row.items()
        if (said := _said(value))
    ]


def _said(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value, company_zone()), "DATETIME_FORMAT")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
