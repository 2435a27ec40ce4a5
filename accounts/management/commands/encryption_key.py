"""A new key for ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from lib.crypto import new_key


class Command(BaseCommand):
    """Prints a key; keeping it is up to whoever asked."""

    help = "Prints a new key. Put it in front of ENCRYPTION_KEYS, restart, then run rotate_keys."
    requires_system_checks = []

    def handle(self, *_: Any, **__: Any) -> None:
        """Print it."""
        self.stdout.write(new_key())
