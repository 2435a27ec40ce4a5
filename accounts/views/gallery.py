"""The gallery: every component once, and three example pages to copy from. Only while developing."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import public
from accounts.views import samples

PAGES = {
    "page": samples.components,
    "queue": samples.queue,
    "ticket": samples.ticket,
    "portal_ticket": samples.portal_ticket,
    "portal_list": samples.portal_list,
    "portal_new": samples.portal_form,
    "states": samples.components,
}
ERRORS = ("400", "403", "403_csrf", "404", "500")
"""The pages for what goes wrong, which nobody comes to see otherwise."""


@public  # invented texts only
def gallery(request: HttpRequest, page: str = "page") -> HttpResponse:
    """Show the gallery or one of its example pages (`/gallery/`, `/gallery/queue/` ...); 404 unless DEBUG."""
    if not settings.DEBUG or page not in {*PAGES, *ERRORS}:
        raise Http404
    if page in ERRORS:
        return render(request, f"{page}.html")
    context: dict[str, Any] = PAGES[page](timezone.now()) | {
        "pages": [*(name for name in PAGES if name != "page"), *ERRORS]
    }
    return render(request, f"gallery/{page}.html", context)
