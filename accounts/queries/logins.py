"""How far somebody has come with signing in: not invited, invited, active, shut out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext

from accounts.models import Notice, User


class Access(Enum):
    """What a person can do at the door."""

    NONE = "none"
    NOT_INVITED = "not_invited"
    INVITED = "invited"
    UNDELIVERED = "undelivered"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Login:
    """How it stands with one login, and since when; `at` None where no moment belongs to it."""

    access: Access
    at: datetime | None = None

    @property
    def can_be_invited(self) -> bool:
        """Whether an invitation would help: not to those who sign in already."""
        return self.access is not Access.ACTIVE


def login_of(user: User | None) -> Login:
    """The state of one login, with its last invitation."""
    return logins_of([user])[0]


def logins_of(users: Sequence[User | None]) -> list[Login]:
    """The states of several logins, in their order, with one query for all invitations."""
    asked = [user.pk for user in users if user is not None and _may_wait(user)]
    invitations = Notice.objects.filter(user__in=asked, kind=Notice.Kind.INVITATION).defer("params")
    last = {one.user_id: one for one in invitations.order_by("pk")} if asked else {}
    return [_state_of(user, last.get(user.pk) if user else None) for user in users]


def _may_wait(user: User) -> bool:
    """Whether this person was let in, and has not come yet."""
    return user.is_active and not user.has_usable_password() and user.last_login is None


def _state_of(user: User | None, last: Notice | None) -> Login:
    if user is None:
        return Login(Access.NONE)
    if not user.is_active:
        return Login(Access.WITHDRAWN)
    if not _may_wait(user):
        return Login(Access.ACTIVE, user.last_login)
    if last is None:
        return Login(Access.NOT_INVITED)
    return Login(Access.UNDELIVERED if last.failed_at else Access.INVITED, last.created_at)


def login_words(login: Login) -> str:
    """The state in words, in the language of the page."""
    day = formats.date_format(localtime(login.at), "DATETIME_FORMAT") if login.at else ""
    said = {
        Access.NONE: gettext("No login"),
        Access.NOT_INVITED: gettext("Has no password and was not invited"),
        Access.INVITED: gettext("Invited on {day}, has not set a password yet"),
        Access.UNDELIVERED: gettext("The invitation of {day} could not be delivered"),
        Access.ACTIVE: gettext("Active, last signed in on {day}")
        if day
        else gettext("Active, has not signed in yet"),
        Access.WITHDRAWN: gettext("Withdrawn: cannot sign in"),
    }
    return said[login.access].format(day=day)
