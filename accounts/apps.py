from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Have malformed keys noticed before something needs them."""
        from lib.crypto import check_keys

        register(check_keys, Tags.security)
