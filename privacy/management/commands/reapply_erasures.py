"""Erase again whom an older backup has brought back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.actions import reapplying
from privacy.gateways.journal import read


class Command(BaseCommand):
    """`manage.py reapply_erasures [--journal FILE] [--dry-run]`. `restore` calls it by itself."""

    help = "Does the erasures of the journal again that the database does not know, after a restore."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which journal, and whether it is only counted."""
        parser.add_argument("--journal", type=Path, metavar="FILE", help="another one than ERASURE_JOURNAL")
        parser.add_argument("--dry-run", action="store_true", help="count who would be erased")

    def handle(self, *args: Any, journal: Path | None, dry_run: bool, **options: Any) -> None:
        """Say how many; a journal that is named and not there is a mistake."""
        if journal is not None and not journal.is_file():
            raise CommandError(f"There is no file {journal}.")
        if dry_run:
            count = len(reapplying.missing(source=journal))
            self.stderr.write(f"Erasures to be done again: {count}.", style_func=str)
            return
        count = reapplying.reapply(source=journal)
        known = len(read(journal))
        self.stderr.write(f"Erasures: {known} in the journal, {count} done again.", style_func=str)
