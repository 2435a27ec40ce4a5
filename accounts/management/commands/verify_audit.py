"""Verify the audit trail."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from accounts.queries import trail


class Command(BaseCommand):
    """`manage.py verify_audit`, at any time."""

    help = (
        "Walks along the chain of the audit trail and compares each line, the names that are still there and"
        " the anchors in DATA_DIR. One line of JSON; exit 1 when anything was changed or is missing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was found."""
        verdict = trail.verify()
        self.stdout.write(json.dumps(verdict.as_json()))
        if not verdict.is_whole:
            sys.exit(1)
