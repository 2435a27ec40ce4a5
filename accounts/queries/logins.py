"""How far somebody has come with signing in: not invited, invited, active, shut out."""

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
    if user is None:
        return Login(Access.NONE)
    if not user.is_active:
        return Login(Access.WITHDRAWN)
    if user.has_usable_password():
        return Login(Access.ACTIVE, user.last_login)
    last = Notice.objects.filter(user=user, kind=Notice.Kind.INVITATION).order_by("-pk").first()
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
