"""Back up the database and the files."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from lib import backups
from tickets.management.this_house import this_house


class Command(BaseCommand):
    """`manage.py backup DIR`, also while the installation is running."""

    help = (
        "Backs up the database and the files, as of one moment, into a new folder. Keys are not part of it."
        " Exit 1 when a file was missing or damaged: the backup is whole otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("folder", metavar="DIR", help="a folder that does not exist yet, or is empty")

    def handle(self, *args: Any, folder: str, **options: Any) -> None:
        """Take it, say in one line of JSON what it holds."""
        began, place = time.monotonic(), Path(folder).absolute()
        try:
            taken = backups.take(place, of=this_house(), at=timezone.now(), tell=self._tell)
        except backups.Refused as refusal:
            raise CommandError(str(refusal)) from None
        except (OSError, DatabaseError) as error:
            raise CommandError(f"The backup was not taken: {error}") from error
        figures = {
            "outcome": "incomplete" if taken.missing or taken.damaged else "backed_up",
            "folder": str(place),
            "created_at": taken.created_at,
            "tables": len(taken.tables),
            "rows": sum(taken.tables.values()),
            "files": len(taken.files),
            "bytes": taken.dump.size + sum(file.size for file in taken.files.values()),
            "missing": taken.missing,
            "damaged": taken.damaged,
            "seconds": round(time.monotonic() - began, 1),
        }
        self.stdout.write(json.dumps(figures))
        if taken.missing or taken.damaged:
            raise CommandError(
                f"{len(taken.missing)} files were missing, {len(taken.damaged)} not as their row says (named"
                " above and in the manifest). Everything else is in the backup, and it can be restored."
            )

    def _tell(self, line: str) -> None:
        self.stderr.write(line, style_func=str)
