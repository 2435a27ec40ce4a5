"""For health checks of containers without a web server."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Heartbeat


class Command(BaseCommand):
    """Says whether worker or beat was seen lately."""

    help = "Exits with 1 when the part (worker or beat) did not show itself lately."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which part."""
        parser.add_argument("part", choices=["worker", "beat"])

    def handle(self, *_: Any, part: str, **__: Any) -> None:
        """Look at its heartbeat."""
        heartbeat = Heartbeat.objects.filter(part=part).first()
        if heartbeat is None or heartbeat.is_lost(timezone.now()):
            raise CommandError(f"{part} was not seen lately.")
        self.stdout.write(f"{part} was seen at {heartbeat.seen_at:%H:%M:%S} UTC.")
