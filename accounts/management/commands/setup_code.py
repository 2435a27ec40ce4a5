"""Make the code with which an installation is set up in the browser."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.actions import setting_up
from accounts.rules.paths import SET_UP_PATH


class Command(BaseCommand):
    """Prints a code; the one before is void."""

    help = "Makes a code that opens the set-up pages for 24 hours and prints it, once, as the last word."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, unless there is nothing left to set up."""
        try:
            code = setting_up.new_code(by=None)
        except setting_up.AlreadySetUp:
            raise CommandError("This installation is set up already.") from None
        self.stdout.write(
            f"Nothing is set up yet. Open {settings.SITE_URL}{SET_UP_PATH} and begin with this code"
            " (for 24 hours; a new one: manage.py setup_code)."
        )
        self.stdout.write(f"Set-up code: {code}")
