"""Encrypting everything with the first of ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import keys

SHOWN = 20


class Command(BaseCommand):
    """Afterwards the other keys may go. Run it as often as wanted; it may be stopped at any time."""

    help = "Encrypts what is encrypted anew, with the first of ENCRYPTION_KEYS; says what no key opens."

    def handle(self, *_: Any, **__: Any) -> None:
        """One line per column. Error: what could not be read, after everything else is done."""
        unreadable = 0
        for found in keys.rotate():
            self.stdout.write(f"{found.column}: {found.rotated} rotated, {found.current} current already")
            if found.unreadable:
                unreadable += len(found.unreadable)
                some = ", ".join(str(key) for key in found.unreadable[:SHOWN])
                self.stderr.write(f"{found.column}: no key opens {len(found.unreadable)} rows: {some}")
        if unreadable:
            raise CommandError(
                f"{unreadable} rows stay as they are. Keep the old keys or find the missing one."
            )
