"""Erase a contact, or say what would go."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.models import Contact
from privacy.actions import jobs
from privacy.models import PrivacyJob
from privacy.queries.preview import preview_of
from privacy.rules.erasing import Part


class Command(BaseCommand):
    """`manage.py erase_contact ID [--bodies] [--files] [--proof] (--dry-run | --yes)`."""

    help = (
        "Erases a person (GDPR Art. 17): their tickets stay, they go. A second look ten minutes later, by the"
        " worker, finds what was being written meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom, what goes with them, and whether it is meant."""
        parser.add_argument("contact", type=int, metavar="ID", help="the contact's id")
        parser.add_argument("--bodies", action="store_true", help="also what they wrote")
        parser.add_argument("--files", action="store_true", help="also the files they sent")
        parser.add_argument("--proof", action="store_true", help="also that it was they who signed a DPA")
        meant = parser.add_mutually_exclusive_group(required=True)
        meant.add_argument("--dry-run", action="store_true", help="say what would go and what would stay")
        meant.add_argument("--yes", action="store_true", help="erase")

    def handle(self, *args: Any, contact: int, dry_run: bool, **options: Any) -> None:
        """Counts as JSON, by kind; nothing personal is written."""
        person = Contact.objects.select_related("user", "customer").filter(pk=contact).first()
        if person is None:
            raise CommandError(f"There is no contact {contact}.")
        parts = [part for part in Part if options[part.value]]
        if dry_run:
            self.stdout.write(json.dumps(asdict(preview_of(person, frozenset(parts)))))
            return
        try:
            job = jobs.ask_erasure(contact=person, parts=parts, by=None)
        except jobs.Refused as refusal:
            raise CommandError(f"Not erased: {refusal.why}.") from None
        jobs.work_on()
        job = PrivacyJob.objects.get(pk=job.pk)
        if job.again_at is None:
            raise CommandError(f"Not erased yet: {job.fault or 'another process is at work on it'}.")
        self.stdout.write(json.dumps({"counts": job.counts, "looks_again_at": job.again_at.isoformat()}))
