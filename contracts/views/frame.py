"""The desk's frame around the pages of this room."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lib.htmx import render_page


def render_contracts(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    here: str,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page; a browser with scripts loads the desk's whole sidebar. `here`: its place there."""
    items = [
        {"label": _("Queue"), "url": reverse("desk:queue"), "icon": "queue-list"},
        {
            "label": _("DPAs"),
            "url": reverse("dpa:dpas"),
            "icon": "shield-check",
            "is_current": here == "dpas",
        },
    ]
    nav = {"items": items, "sidebar_url": f"{reverse('desk:sidebar')}?here={here}"}
    return render_page(request, template, {"nav": nav, **context}, fragment=fragment, status=status)
