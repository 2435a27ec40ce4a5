"""Links with which somebody proves that an address is theirs. They are made for a mail and stored nowhere."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import Notice

LASTS = timedelta(days=3)
_SALT = "customers.sign_up"


class BadLink(Exception):
    """This link was made by nobody here, or too long ago."""


def sign_up_link(notice: Notice) -> str:
    """The whole address. It leads to what was typed, as long as that is kept."""
    token = signing.dumps(notice.pk, salt=_SALT)
    return f"{settings.SITE_URL}{reverse('account_signup_confirm', kwargs={'token': token})}"


def notice_of(token: str) -> int:
    """Which notice a link was sent with. Error: BadLink."""
    try:
        return int(signing.loads(token, salt=_SALT, max_age=LASTS))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadLink from error
