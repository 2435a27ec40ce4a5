"""How signing in behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.actions import notices, users
from accounts.models import User
from accounts.rules.demo import DEMO_PASSWORD


class NoDemoPasswords:
    """The first authentication backend: with production settings nobody gets in with the demo's password.

    It knows no users. Refusing here ends the attempt, whichever door it came through.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Nobody. Error: PermissionDenied for a password that stands in the source."""
        if credentials.get("password") == DEMO_PASSWORD and not settings.DEMO_PASSWORDS_ALLOWED:
            raise PermissionDenied


class ByNameOrAddress(AuthenticationBackend):  # type: ignore[misc]  # allauth carries no types
    """Signs in by user name or mail address, with one password to check whoever was meant.

    allauth's own checks a known address twice, which strangers can measure to learn who has one.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        login = str(credentials.get("email") or credentials.get("username") or "")
        meant = get_user_by_username(login) or next(
            iter(filter_users_by_email(login, prefer_verified=True, for_login=True)), None
        )
        found: User | None = self._check_password(meant, credentials.get("password") or "")
        return found


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Nobody signs up: people are added by the firm."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always no."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What attempts at one account are counted by: the name alone, by whichever host it was asked."""
        return str(credentials.get("email") or credentials.get("username") or "").strip().lower()

    def set_password(self, user: User, password: str) -> None:
        """Change a password as every door does: through the action, with a line in the audit trail."""
        users.set_password(user=user, password=password, by=user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Not from here. Error: RuntimeError, since mail that is not in the outbox can be lost."""
        raise RuntimeError(
            f"{template_prefix} has to become a notice in the outbox (accounts.actions.notices)."
        )


class ForgottenPasswordForm(forms.Form):
    """Asks for an address and does the same for every one: whose it is, only the sending looks up."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    def save(self, request: HttpRequest, **_options: Any) -> str:
        """Have a link sent to whoever has this address. Returns the address."""
        address = str(self.cleaned_data["email"])
        notices.ask_for_password(address=address, language=(translation.get_language() or "")[:2])
        return address
