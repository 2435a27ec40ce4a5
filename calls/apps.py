from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lib import slots


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = _("Phone")

    def ready(self) -> None:
        """Show the phone on the desk's pages, which know nothing of it."""
        from calls.views import parts

        slots.fill("links", parts.links)
        slots.fill("sidebar", parts.control)
        slots.fill("desk", parts.pop)
        slots.fill("ticket", parts.ticket_calls)
