"""Recompute every rank and position and compare; repair on request."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from lib.valkey import Unavailable
from tickets.actions.repairing import repair
from tickets.queries.verification import verify


class Command(BaseCommand):
    help = "Compares every rank and position with what the agreements demand; exit 1 on any difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="put right what differs, then compare again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
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
