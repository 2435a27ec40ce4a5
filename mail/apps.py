from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.translation import gettext_lazy as _


def check_post(**_options: Any) -> list[checks.CheckMessage]:
    """A deployment check: mail shown in the worker's output reaches nobody and tells whoever reads logs."""
    if not settings.EMAIL_BACKEND.endswith(".console.EmailBackend"):
        return []
    return [
        checks.Warning(
            "EMAIL_URL is not set: mail, links for new passwords included, goes to the worker's output.",
            hint="EMAIL_URL=smtp+tls://name:password@mail.example.com:587",
            id="vorrang.W001",
        )
    ]


class MailConfig(AppConfig):
    name = "mail"
    verbose_name = _("E-mail")

    def ready(self) -> None:
        """Have Django ask before a deployment."""
        checks.register(check_post, checks.Tags.security, deploy=True)
