"""Write a contact's access export to a file."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.models import Contact
from privacy.actions import exporting, jobs
from privacy.models import PrivacyJob


class Command(BaseCommand):
    """`manage.py export_contact ID FILE`."""

    help = "Puts together what is kept about a contact (GDPR Art. 15) and writes it to a new zip file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, and where to."""
        parser.add_argument("contact", type=int, metavar="ID", help="the contact's id")
        parser.add_argument("file", type=Path, metavar="FILE", help="a zip file that does not exist yet")

    def handle(self, *args: Any, contact: int, file: Path, **options: Any) -> None:
        """Build it here and now; the copy of the installation goes."""
        person = Contact.objects.select_related("user", "customer").filter(pk=contact).first()
        if person is None:
            raise CommandError(f"There is no contact {contact}.")
        if file.exists():
            raise CommandError(f"{file} exists already.")
        try:
            job = jobs.ask_export(contact=person, by=None)
        except jobs.Refused as refusal:
            raise CommandError(f"Not exported: {refusal.why}.") from None
        jobs.work_on()
        job = PrivacyJob.objects.get(pk=job.pk)
        if not job.has_file:
            raise CommandError(f"Not exported: {job.fault or 'another process is at work on it'}.")
        file.touch(mode=0o600)
        with Path(job.file.path).open("rb") as made, file.open("wb") as target:
            shutil.copyfileobj(made, target)
        exporting.drop_file(job=job)
        self.stdout.write(f"{file}: {job.counts}, SHA-256 {job.sha256}")
