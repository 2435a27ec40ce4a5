"""What the demo story shows of data protection: an export, a legal hold, a dry run of retention."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from customers.models import Contact
from privacy.actions import holds, jobs
from privacy.models import PrivacyJob

HELD = ("Christian Moser", "Offene Forderung aus 2024, Mahnverfahren 24-0819355-0-7")
ASKS = "Dr. Claudia Hofmann"


class Command(BaseCommand):
    """Called by `manage.py demo` at the end, and harmless a second time."""

    help = "Adds data protection to the demo story: an export, a legal hold, a dry run of retention."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """All of it or nothing. The worker does the jobs."""
        if not settings.DEMO_PASSWORDS_ALLOWED:
            raise CommandError("The demo story is refused with production settings (DEBUG is off).")
        if PrivacyJob.objects.exists():
            return
        admin = User.objects.filter(role=User.Role.ADMIN).order_by("pk").first()
        jobs.ask_retention(is_dry_run=True, by=admin)
        for person in Contact.objects.filter(name=HELD[0]):
            holds.hold(contact=person, reason=HELD[1], by=admin)
        for person in Contact.objects.filter(name=ASKS, user__isnull=False).select_related("user"):
            if person.user is not None:
                jobs.ask_own_export(contact=person, by=person.user)
