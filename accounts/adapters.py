"""How signing in behaves here."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import notices, users
from accounts.models import User
from accounts.queries.company import company_name
from accounts.rules.demo import DEMO_PASSWORD
from accounts.rules.devices import device_of
from lib import crypto


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

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to where it was chosen."""
        return reverse("account_home")

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Not from somebody who signed in within the last minutes: they have just shown who they are."""
        request = self.request or context.request
        records = get_authentication_records(request, request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **options))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """By what somebody can show once more who they are, in our words."""
        said = {
            "reauthenticate": gettext("With the password"),
            "mfa_reauthenticate": gettext("With a code"),
            "mfa_reauthenticate:webauthn": gettext("With a passkey"),
        }
        return [{**way, "description": said[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def send_notification_mail(self, template_prefix: str, user: User, *_: Any, **__: Any) -> None:
        """Nothing from here: the actions tell people of each change, through the outbox."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Not from here. Error: RuntimeError, since mail that is not in the outbox can be lost."""
        raise RuntimeError(
            f"{template_prefix} has to become a notice in the outbox (accounts.actions.notices)."
        )


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # as above
    """Keeps secrets sealed, and names things by what people know them by."""

    def encrypt(self, text: str) -> str:
        """Seal the secret of an app or of recovery codes (`manage.py rotate_keys` knows where they lie)."""
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed. Error: ValidationError, which forms show, where no key of ours opens it."""
        try:
            return crypto.decrypt(encrypted_text)
        except crypto.Unreadable as error:
            raise self.validation_error("incorrect_code") from error

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002 (allauth's name)
        """A passkey is known by the device that it was made on."""
        agent = context.request.headers.get("User-Agent", "")
        return str(device_of(agent)) or gettext("Passkey")

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Whom a passkey is for, as browsers show it."""
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.display_name}

    def _get_site_name(self) -> str:
        """What apps and browsers show beside a code or a passkey."""
        return company_name()


class ForgottenPasswordForm(forms.Form):
    """Asks for an address and does the same for every one: whose it is, only the sending looks up."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    def save(self, request: HttpRequest, **_options: Any) -> str:
        """Have a link sent to whoever has this address. Returns the address."""
        address = str(self.cleaned_data["email"])
        notices.ask_for_password(address=address, language=(translation.get_language() or "")[:2])
        return address
