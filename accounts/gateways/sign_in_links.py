"""Links that sign somebody in without a password. They are made for a mail and stored nowhere."""

import hashlib
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

LASTS = timedelta(minutes=15)
_SALT = "accounts.sign_in_link"


def sign_in_link(user: User, then: str = "") -> str:
    """The whole address; `then` is a path of ours to go to afterwards.

    It works once, for `LASTS`, and no more once the user has signed in otherwise or changed the password or
    the e-mail address.
    """
    token = signing.dumps([user.pk, _state_of(user)], salt=_SALT)
    asked = f"?{urlencode({'next': then})}" if then else ""
    return f"{settings.SITE_URL}{reverse('account_use_link', args=[token])}{asked}"


def user_of(token: str) -> User | None:
    """Whom the link would sign in; nobody where it was used, is too old or is none of ours."""
    try:
        key, state = signing.loads(token, salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=key, is_active=True).first()
    if user is None or not constant_time_compare(state, _state_of(user)):
        return None
    return None if cache.get(_mark(token)) else user


def spend(token: str) -> bool:
    """Use the link up. Returns False where somebody has done so before; of two at once one comes first."""
    return cache.add(_mark(token), "y", timeout=LASTS.total_seconds())


def _mark(token: str) -> str:
    return f"sign_in_link:{hashlib.sha256(token.encode()).hexdigest()}"


def _state_of(user: User) -> str:
    """Differs once the user has signed in, or has another password or address."""
    parts = (user.pk, user.password, user.email, user.last_login and user.last_login.timestamp())
    return salted_hmac(_SALT, repr(parts), algorithm="sha256").hexdigest()[:32]
