"""Recompute every rank and position and compare; repair on request."""

import json
import sys
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import Heartbeat
from lib import embedded
from lib.valkey import Unavailable
from tickets.actions import indexing
from tickets.actions.repairing import repair
from tickets.queries.verification import verify


class Command(BaseCommand):
    help = "Compares every rank and position with what the agreements demand; exit 1 on any difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="put right what differs, then compare again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _fill_lost_index()
        report = verify(timezone.now())
        if options["repair"] and not report.is_clean:
            try:
                repair(report)
            except Unavailable:
                self.stderr.write("Valkey is away: ranks are repaired, its index is rebuilt when it is back.")
            report = verify(timezone.now())
        self.stdout.write(json.dumps(report.as_json()))
        if not report.is_clean:
            sys.exit(1)


def _fill_lost_index() -> None:
    """While nothing runs, nobody else fills an index that ended with its server: that is no difference."""
    if not _is_running():
        with suppress(Unavailable):
            indexing.rebuild_if_lost()


def _is_running() -> bool:
    if settings.VALKEY_IS_EMBEDDED:
        try:
            with embedded.alone(settings.DATA_DIR):
                return False
        except embedded.InUse:
            return True
    worker = Heartbeat.objects.filter(part="worker").first()
    return worker is not None and not worker.is_lost(timezone.now())
