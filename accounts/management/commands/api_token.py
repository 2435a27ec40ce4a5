"""Create an API token for a user."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from accounts.actions.users import create_token
from accounts.models import User


class Command(BaseCommand):
    help = "Creates an API token for a user and prints it, once, as the last word."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="user name or e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["user"]
        user = User.objects.filter(Q(username=name) | Q(email__iexact=name), is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {name!r}.")
        token = create_token(user=user, by=None, name="command line")
        self.stdout.write(f"API token of {user.username}: {token}")
