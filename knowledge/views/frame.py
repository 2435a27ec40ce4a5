"""The desk's frame around the editors' pages. The desk itself is a room above, so it comes by its address."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lib.htmx import render_page

HERE = "articles"
_DIGITS = 15
"""As many as every id has at most; longer numbers name nothing."""


def as_id(text: str | None) -> int:
    """The id that somebody sent; 0, which nothing has, for whatever is none."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else 0


def render_editors(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page of the editors, or its fragment.

    The sidebar holds the two links that this room knows; a browser with scripts loads the whole one.
    """
    items = [
        {"label": _("Queue"), "url": reverse("desk:queue"), "icon": "queue-list"},
        {"label": _("Articles"), "url": reverse("editors:articles"), "icon": "book-open", "is_current": True},
    ]
    nav = {"items": items, "sidebar_url": f"{reverse('desk:sidebar')}?here={HERE}"}
    return render_page(request, template, {"nav": nav, **(context or {})}, fragment=fragment, status=status)
