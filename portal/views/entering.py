"""The front door: everybody is sent where they work; strangers read how we work."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.models import User
from knowledge.access import reader_of
from lib.htmx import render_page
from lib.languages import page_language
from lib.public_pages import kept_by_strangers
from portal.queries.library import newest_lines
from portal.queries.phone import numbers_for_everybody
from portal.queries.service import service_policy

DESK = "/desk/"
NEWEST = 5
"""So many articles stand on the start page."""


@public
@require_safe
@kept_by_strangers
def home(request: HttpRequest) -> HttpResponseBase:
    """Agents go to the desk, contacts to their tickets; strangers are welcomed at any hour."""
    if not isinstance(request.user, User):
        language = page_language()
        policy = service_policy(language, timezone.now())
        context = {
            "newest": newest_lines(reader_of(request.user), language, NEWEST),
            "hours": policy.section("hours"),
            "groups": policy.section("groups"),
            "phones": numbers_for_everybody(timezone.now()),
        }
        return render_page(request, "portal/home.html", context)
    return redirect(DESK if request.user.is_agent else "portal:tickets")
