"""How signing in behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import translation

from accounts.actions import users
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


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Nobody signs up: people are added by the firm."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always no."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """Change a password as every door does: through the action, with a line in the audit trail."""
        users.set_password(user=user, password=password, by=user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the reader's language."""
        reader = context.get("user")
        language = reader.language if isinstance(reader, User) else ""
        with translation.override(language or translation.get_language()):
            super().send_mail(template_prefix, email, context)
