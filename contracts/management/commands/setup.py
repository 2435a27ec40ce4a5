"""Set a new installation up without a browser."""

import getpass
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.forms import BaseForm

from accounts.actions import setting_up as account_steps
from accounts.models import User
from accounts.queries.company import is_set_up
from accounts.queries.setting_up import company_row
from contracts.actions import setting_up as contract_steps
from contracts.actions.setting_up import Tier
from contracts.forms.setting_up import (
    TIER_ROWS,
    CompanyForm,
    FirstAdminForm,
    FirstTeamForm,
    LevelsForm,
)

Form = TypeVar("Form", bound=BaseForm)
PASSWORD_VARIABLE = "VORRANG_ADMIN_PASSWORD"  # noqa: S105 (the name of a variable)


def tier(text: str) -> Tier:
    """Read `Gold:1`. Error: ArgumentTypeError."""
    name, _, rank = text.rpartition(":")
    if not name or not rank.isdecimal():
        raise ArgumentTypeError(f"{text!r} is not NAME:RANK, as in Gold:1")
    return Tier(name, int(rank))


class Command(BaseCommand):
    """All steps of the set-up at once, or none."""

    help = (
        "Sets a new installation up: company, first admin, first team, service levels. The admin's password"
        f" is read from the environment ({PASSWORD_VARIABLE}) or from standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What the pages ask, too."""
        parser.add_argument("--company", required=True, help="the firm's name")
        parser.add_argument("--language", default="de", choices=User.Language.values)
        parser.add_argument("--admin-username", required=True)
        parser.add_argument("--admin-email", required=True)
        parser.add_argument("--admin-first-name", required=True)
        parser.add_argument("--admin-last-name", required=True)
        parser.add_argument("--team", required=True, help="the team at which new tickets arrive")
        parser.add_argument(
            "--level",
            required=True,
            action="append",
            type=tier,
            metavar="NAME:RANK",
            help="a service level; 1 is served first; again for further levels",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check everything, then write everything."""
        try:
            self.stdout.write(_set_up(options))
        except (account_steps.AlreadySetUp, account_steps.AdminExists):
            raise CommandError(
                "This installation is set up already, or somebody is about to set it up. Nothing was changed."
            ) from None


@transaction.atomic
def _set_up(options: dict[str, Any]) -> str:
    """All steps. Returns what to say. Errors: CommandError, AlreadySetUp, AdminExists."""
    if is_set_up() or company_row() is not None:
        raise account_steps.AlreadySetUp
    company = _checked(CompanyForm({"name": options["company"], "language": options["language"]}))
    admin = _checked(FirstAdminForm(_admin_fields(options, _password())))
    team = _checked(FirstTeamForm({"name": options["team"]}))
    levels = _checked(LevelsForm(_level_fields(options["level"])))
    name, language = company.cleaned_data["name"], company.cleaned_data["language"]
    account_steps.name_company(name=name, language=language, by=None)
    user = account_steps.make_admin(user=admin.instance, password=admin.cleaned_data["password"], by=None)
    account_steps.make_team(name=team.cleaned_data["name"], by=None)
    contract_steps.choose_levels(tiers=levels.tiers(), by=None)
    contract_steps.finish(by=None)
    return f"{name} is set up; {user.username} is its first admin."


def _password() -> str:
    """From the environment, else from standard input; never from the command line, which others can read."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    if sys.stdin.isatty():
        return getpass.getpass("Password of the first admin: ")
    return sys.stdin.readline().rstrip("\r\n")


def _admin_fields(options: dict[str, Any], password: str) -> dict[str, str]:
    asked = ("first_name", "last_name", "username", "email")
    fields = {name: options[f"admin_{name}"] for name in asked}
    return {**fields, "password": password, "password_again": password}


def _level_fields(tiers: list[Tier]) -> dict[str, str]:
    if len(tiers) > TIER_ROWS:
        raise CommandError(f"Begin with at most {TIER_ROWS} levels; more can be added in the administration.")
    fields = {"kind": LevelsForm.SEVERAL}
    for row, one in enumerate(tiers, start=1):
        fields |= {f"name_{row}": one.name, f"rank_{row}": str(one.rank)}
    return fields


def _checked(form: Form) -> Form:
    if not form.is_valid():
        said = (f"{name}: {one}" for name, errors in form.errors.items() for one in errors)
        raise CommandError("Nothing was set up. " + " ".join(said))
    return form
