"""The desk's frame around the pages of data protection."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Contact
from lib.htmx import render_page

HERE = "privacy"


def render_privacy(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page; a browser with scripts loads the desk's whole sidebar."""
    label, url = _("Data protection"), reverse("privacy:overview")
    items = [
        {"label": _("Queue"), "url": reverse("desk:queue"), "icon": "queue-list"},
        {"label": label, "url": url, "icon": "shield-check", "is_current": True},
    ]
    nav = {"items": items, "sidebar_url": f"{reverse('desk:sidebar')}?here={HERE}"}
    retention = reverse("privacy:retention")
    tabs = [
        {"label": _("People"), "url": url, "is_current": request.path != retention},
        {"label": _("Retention"), "url": retention, "is_current": request.path == retention},
    ]
    return render_page(
        request, template, {"nav": nav, "tabs": tabs, **context}, fragment=fragment, status=status
    )


def contact_or_404(pk: int) -> Contact:
    """The contact of an address. Error: 404."""
    found = Contact.objects.select_related("customer", "user").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
