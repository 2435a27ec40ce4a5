"""The desk's frame around the pages of billing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lib.htmx import render_page

HERE = "billing"


def render_billing(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page of billing; a browser with scripts loads the desk's whole sidebar."""
    items = [
        {"label": _("Queue"), "url": reverse("desk:queue"), "icon": "queue-list"},
        {"label": _("Billing"), "url": reverse("billing:worklist"), "icon": "banknotes", "is_current": True},
    ]
    nav = {"items": items, "sidebar_url": f"{reverse('desk:sidebar')}?here={HERE}"}
    return render_page(request, template, {"nav": nav, **context}, fragment=fragment, status=status)
