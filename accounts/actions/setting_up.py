"""Setting an installation up: its code, its firm, its first admin and its first team.

Whoever has the code may do each step again until the last one is taken. All steps after the first hold the
firm's row, so two people at once take turns.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.actions import auditing, company, teams, users
from accounts.models import Company, SetUpCode, Team, User
from accounts.models import company as codes
from accounts.queries import setting_up
from accounts.queries.company import is_set_up

CODE_HOLDS = timedelta(hours=24)


class AlreadySetUp(Exception):
    """This installation is in use: nobody sets it up (again)."""


class StepMissing(Exception):
    """A step before this one has not been taken."""


class AdminExists(Exception):
    """Somebody else has made the first admin meanwhile."""


@transaction.atomic
def new_code(*, by: User | None, at: datetime | None = None) -> str:
    """Make a code that opens the set-up pages for a day, and return it; the one before is void.

    No line in the audit trail: an installation that waits for its set-up, or for a restore, is still empty.
    Error: AlreadySetUp.
    """
    if is_set_up():
        raise AlreadySetUp
    code = codes.new_code()
    fields = {"digest": codes.code_digest(code), "expires_at": (at or timezone.now()) + CODE_HOLDS}
    SetUpCode.objects.update_or_create(pk=1, defaults=fields)
    return code


@transaction.atomic
def name_company(*, name: str, language: str, by: User | None, at: datetime | None = None) -> Company:
    """The first step. Errors: AlreadySetUp, ValidationError."""
    first = Company(pk=1, name=name, language=language)
    first.full_clean(validate_unique=False, validate_constraints=False)
    if is_set_up():
        raise AlreadySetUp
    row, is_new = Company.objects.get_or_create(pk=1, defaults={"name": name, "language": language})
    if not is_new:
        row = hold()
        row.name, row.language = name, language
        row.save(update_fields=["name", "language"])
    verb = "company.created" if is_new else "company.changed"
    auditing.record(by=by, verb=verb, what=row, at=at)
    company.forget()
    return row


@transaction.atomic
def make_admin(*, user: User, password: str | None, by: User | None, at: datetime | None = None) -> User:
    """The second step: make the first admin, or change the one made before (a saved `user`).

    `password` None leaves it as it is. Errors: AlreadySetUp, StepMissing, AdminExists.
    """
    row = hold()
    if row.first_admin_id is not None and row.first_admin_id != user.pk:
        raise AdminExists
    user.role = User.Role.ADMIN
    user.language = user.language or row.language
    users.save(user=user, by=by, password=password, at=at)
    row.first_admin = user
    row.save(update_fields=["first_admin"])
    return user


@transaction.atomic
def make_team(*, name: str, by: User | None, at: datetime | None = None) -> Team:
    """The third step: the team that takes new tickets. Errors: AlreadySetUp, StepMissing, ValidationError."""
    hold()
    team = setting_up.first_team() or Team(is_default=True)
    team.name = name
    team.slug = slugify(name)[:40] or "team"
    team.full_clean(validate_constraints=False)
    return teams.save(team=team, by=by, at=at)


@transaction.atomic
def finish(*, by: User | None, at: datetime | None = None) -> Company:
    """The last step: from now on people use it, and the code is void. Errors: AlreadySetUp, StepMissing."""
    row = hold()
    if row.first_admin_id is None or setting_up.first_team() is None:
        raise StepMissing
    row.set_up_at = at or timezone.now()
    row.save(update_fields=["set_up_at"])
    SetUpCode.objects.all().delete()
    auditing.record(by=by, verb="set_up.finished", what=row, at=at)
    company.forget()
    return row


def hold() -> Company:
    """The firm's row, locked for this step alone. Errors: AlreadySetUp, StepMissing."""
    row = Company.objects.select_for_update().first()
    if row is None:
        raise StepMissing
    if row.set_up_at is not None:
        raise AlreadySetUp
    return row
