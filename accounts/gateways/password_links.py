"""Links with which a person chooses a password. They are made for a mail and stored nowhere."""

from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.models import User


def password_link(user: User) -> str:
    """The whole address. It works once, and no more once the password or the e-mail address has changed."""
    return f"{settings.SITE_URL}{password_path(user)}"


def password_path(user: User) -> str:
    """The same without the host, for somebody who is here already."""
    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=parts)


def link_lasts() -> timedelta:
    """How long such a link can be used."""
    return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
