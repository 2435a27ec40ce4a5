"""Apply the rules of retention now, or count what they would delete."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from privacy.actions import jobs
from privacy.models import PrivacyJob


class Command(BaseCommand):
    """`manage.py apply_retention [--dry-run]`."""

    help = "Deletes what is older than the rules of retention say. The worker does so once a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether it is only counted."""
        parser.add_argument("--dry-run", action="store_true", help="count what would go")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Counts as JSON, by kind of data."""
        job = jobs.ask_retention(is_dry_run=dry_run, by=None)
        jobs.work_on()
        job = PrivacyJob.objects.get(pk=job.pk)
        self.stdout.write(json.dumps({"ended": job.ended_at is not None, "counts": job.counts}))
