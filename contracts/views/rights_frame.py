"""The desk's frame around the sub-processor directory and the registers beside it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lib.htmx import render_page

DIRECTORY = "subprocessors"
REGISTERS = "dpa_rights"


def render_rights(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    here: str = DIRECTORY,
    status: int = 200,
) -> HttpResponse:
    """Render a page; a browser with scripts loads the desk's whole sidebar."""
    items = [
        _item(_("Queue"), reverse("desk:queue"), "queue-list"),
        _item(
            pgettext("sidebar", "Sub-processors"),
            reverse("rights:directory"),
            "building-office-2",
            is_current=here == DIRECTORY,
        ),
        _item(
            _("Instructions and breaches"), reverse("rights:registers"), "scale", is_current=here == REGISTERS
        ),
    ]
    nav = {"items": items, "sidebar_url": f"{reverse('desk:sidebar')}?here={here}"}
    return render_page(request, template, {"nav": nav, **context}, status=status)


def _item(label: str, url: str, icon: str, *, is_current: bool = False) -> dict[str, Any]:
    return {"label": label, "url": url, "icon": icon, "is_current": is_current}
