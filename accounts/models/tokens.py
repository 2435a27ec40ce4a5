"""API tokens: shown once, stored as a digest."""

import hashlib
import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User

TOKEN_BYTES = 32


def new_token() -> str:
    """Return a fresh random token as it is shown to its owner, once."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> str:
    """Return what is stored of a token. A plain hash is enough: tokens are long and random."""
    return hashlib.sha256(token.encode()).hexdigest()


class ApiToken(models.Model):
    """One bearer token of one user."""

    user = models.ForeignKey(
        User, verbose_name=_("user"), related_name="api_tokens", on_delete=models.CASCADE
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"
