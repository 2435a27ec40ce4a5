"""The chapter of the demo story that is told on the phone."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from calls.management.demo_story import GIVEN
from calls.management.demo_teller import tell
from calls.models import PhoneSystem
from contracts.models import Agreement


class Command(BaseCommand):
    """Called by `manage.py demo`, and harmless a second time."""

    help = "Adds the phone to the demo story: a telephone system without a PBX, numbers, phones, calls."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """All of it or nothing."""
        if not settings.DEMO_PASSWORDS_ALLOWED:
            raise CommandError("The demo story is refused with production settings.")
        is_theirs = Agreement.objects.filter(reference=GIVEN[0].reference).exists()
        if is_theirs and not PhoneSystem.objects.exists():
            tell(timezone.now())
