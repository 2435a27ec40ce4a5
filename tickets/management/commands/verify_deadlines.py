"""Work out every deadline anew and compare; repair on request."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets.actions import recalculating
from tickets.actions.verifying_deadlines import verify_deadlines
from tickets.actions.watching import sweep_deadlines


class Command(BaseCommand):
    help = "Compares every deadline with its facts; exit 1 on any difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="put right what differs, then compare again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        recalculating.recalculate()
        sweep_deadlines()
        report = verify_deadlines(at=timezone.now())
        if options["repair"] and not report.is_clean:
            verify_deadlines(at=timezone.now(), repair=True)
            report = verify_deadlines(at=timezone.now())
        self.stdout.write(json.dumps(report.as_json()))
        if not report.is_clean:
            sys.exit(1)
