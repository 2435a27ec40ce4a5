"""The desk's frame around the pages of the phone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lib.htmx import render_page

HERE = "calls"
LEADS = "phone"
"""The leads' place in the sidebar."""


def render_calls(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    here: str = HERE,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page; a browser with scripts loads the desk's whole sidebar. `here`: its place there."""
    items = [{"label": _("Queue"), "url": reverse("desk:queue"), "icon": "queue-list"}]
    nav = {"items": items, "sidebar_url": f"{reverse('desk:sidebar')}?here={here}"}
    return render_page(request, template, {"nav": nav, **context}, fragment=fragment, status=status)


def lead_tabs(current: str) -> list[dict[str, Any]]:
    """The leads' pages of the phone, as tabs; `current`: the address's name without its room."""
    tabs = (("board", _("Live")), ("reachability", _("Reachability")), ("log", _("Decisions")))
    return [
        {"label": label, "url": reverse(f"calls:{name}"), "is_current": name == current}
        for name, label in tabs
    ]
