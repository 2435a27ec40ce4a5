"""The front door: everybody is sent where they work; strangers read how we work."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.models import User
from lib.htmx import render_page
from lib.public_pages import kept_by_strangers
from portal.queries.service import service_policy

DESK = "/desk/"


@public
@require_safe
@kept_by_strangers
def home(request: HttpRequest) -> HttpResponseBase:
    """Agents go to the desk, contacts to their tickets; strangers are welcomed at any hour."""
    if not isinstance(request.user, User):
        policy = service_policy(get_language() or "de", timezone.now())
        context = {"hours": policy.section("hours"), "groups": policy.section("groups")}
        return render_page(request, "portal/home.html", context)
    return redirect(DESK if request.user.is_agent else "portal:tickets")
