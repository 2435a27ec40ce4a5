"""Restore a backup into an empty installation."""

import json
import sys
import time
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.actions import auditing, sealing
from accounts.models import Company
from lib import backups, embedded
from lib.backups import Manifest
from lib.valkey import Unavailable
from tickets.actions.repairing import repair
from tickets.management.this_house import this_house
from tickets.queries.verification import Report, verify


class Command(BaseCommand):
    """`manage.py restore DIR`, while web, worker and beat are stopped."""

    help = (
        "Restores a backup into an empty installation that is not running, brings its tables up to date and"
        " verifies the queue. Mail that waited when the backup was taken is set aside, not sent."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from, and what about mail that waited."""
        parser.add_argument("folder", metavar="DIR", help="what `manage.py backup` made")
        parser.add_argument(
            "--send-waiting-mail",
            action="store_true",
            help="send the mail that waited when the backup was taken (if it was not sent since)",
        )

    def handle(self, *args: Any, folder: str, send_waiting_mail: bool, **options: Any) -> None:
        """Put it in place, say in one line of JSON what came; exit 1 when the queue differs."""
        began, at, place = time.monotonic(), timezone.now(), Path(folder).absolute()
        try:
            with embedded.alone(settings.DATA_DIR):
                manifest = backups.check(place, into=this_house(), tell=self._tell)
                set_aside = backups.restore(
                    place,
                    manifest,
                    into=this_house(),
                    at=at,
                    finish=lambda: _finish(manifest, at),
                    keeps_mail_waiting=send_waiting_mail,
                    tell=self._tell,
                )
                self._erase_again()
                report = self._verify()
        except (backups.Refused, embedded.InUse) as refusal:
            raise CommandError(str(refusal)) from None
        except (OSError, DatabaseError) as error:
            raise CommandError(f"Nothing was restored: {error}") from error
        self._warn(manifest)
        figures = {
            "outcome": "restored",
            "created_at": manifest.created_at,
            "tables": len(manifest.tables),
            "rows": sum(manifest.tables.values()),
            "files": len(manifest.files),
            "missing": manifest.missing,
            "damaged": manifest.damaged,
            "mail_set_aside": set_aside,
            "queue": report.as_json(),
            "seconds": round(time.monotonic() - began, 1),
        }
        self.stdout.write(json.dumps(figures))
        if not report.is_clean:
            sys.exit(1)

    def _erase_again(self) -> None:
        """Whoever was erased after the backup was taken has come back with it, but not for long."""
        self._tell("Doing later erasures again ...")
        call_command("reapply_erasures", stderr=self.stderr)

    def _verify(self) -> Report:
        """Bring ranks up to today, fill the live index and compare everything once more."""
        self._tell("Verifying the queue ...")
        report = verify(timezone.now())
        if report.is_clean:
            return report
        try:
            repair(report)
        except Unavailable:
            self._tell("Valkey is away; start it, then: manage.py verify_queue --repair")
        return verify(timezone.now())

    def _warn(self, manifest: Manifest) -> None:
        for word, names in (("missing", manifest.missing), ("damaged", manifest.damaged)):
            for name in names:
                self._tell(f"This file was {word} when the backup was taken: {name}")

    def _tell(self, line: str) -> None:
        self.stderr.write(line, style_func=str)


def _finish(manifest: Manifest, at: datetime) -> None:
    """Bring the tables up to this code, count them for the planner, and note what happened."""
    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    auditing.record(
        by=None,
        verb="backup.restored",
        what=Company.objects.first() or Company(pk=1, name=settings.COMPANY_NAME),
        at=at,
        details={"taken_at": manifest.created_at, "version": manifest.version},
    )
    sealing.begin_after_restore(at=at)
