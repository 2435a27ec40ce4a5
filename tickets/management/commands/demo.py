"""Load the demo story, or list its logins."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from lib.valkey import Unavailable
from tickets.actions import indexing
from tickets.management.demo_story import COMPANY_NAME, DEMO_PASSWORD, STAFF
from tickets.management.demo_story.loader import AlreadyLoaded, NamesTaken, load, portal_usernames

LAST_CHAPTERS = ("demo_calls", "demo_statements", "demo_privacy")
"""Calls, bills and people's rights stand in rooms above, so that their parts are told by their names."""


class Command(BaseCommand):
    help = "Loads the demo story into a database without customers; --list prints its logins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", action="store_true", help="print the demo logins and load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_PASSWORDS_ALLOWED:
            raise CommandError(
                "The demo story has passwords that everybody can read in its source, so it is refused with"
                " production settings (DEBUG is off). Set DEBUG=true to try it out."
            )
        if options["list"]:
            self._list_logins()
        else:
            self._load()

    def _load(self) -> None:
        try:
            loaded = load(at=timezone.now())
        except AlreadyLoaded:
            self.stdout.write("There are customers already: the demo story is not loaded (again).")
            return
        except NamesTaken as error:
            raise CommandError(
                "The demo story needs names that are taken: " + ", ".join(map(str, error.args))
            ) from error
        for chapter in LAST_CHAPTERS:
            call_command(chapter)
        _fill_live_index()
        self.stdout.write(
            f"Loaded {COMPANY_NAME}: {loaded.customers} customers with {loaded.agreements} agreements,"
            f" {loaded.tickets} tickets. Logins: manage.py demo --list"
        )

    def _list_logins(self) -> None:
        usernames = [*(person.username for person in STAFF), *portal_usernames()]
        users = {
            user.username: user
            for user in User.objects.filter(username__in=usernames, is_active=True).select_related("contact")
        }
        if not users:
            self.stdout.write("The demo story is not loaded: manage.py demo")
            return
        passwords = _Passwords()
        address = f"http://{settings.HOST}:{settings.PORT}{reverse('account_login')}"
        self.stdout.write(f"Demo logins (sign in at {address}):")
        for name in usernames:
            if name in users:
                self.stdout.write(_login_line(users[name], passwords))


class _Passwords:
    """Says which users still have the demo password. They share one hash, so it is computed once."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def word_for(self, user: User) -> str:
        """What stands in the list."""
        if user.password not in self._known:
            self._known[user.password] = check_password(DEMO_PASSWORD, user.password)
        return DEMO_PASSWORD if self._known[user.password] else "(changed)"


def _login_line(user: User, passwords: _Passwords) -> str:
    where = "desk" if user.is_agent else f"portal of {user.contact.customer}"
    if user.is_admin:
        where += " and " + reverse("admin:index")
    name = user.display_name
    return f"  {user.username:<12} {user.role:<8} {name:<22} {passwords.word_for(user):<13} {where}"


def _fill_live_index() -> None:
    try:
        indexing.rebuild_if_lost()
        indexing.apply_changes()
    except Unavailable:
        return  # the outbox rows stay, and the worker's sweep applies them
