"""The front door: everybody is sent where they work; strangers read how we work."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.models import User
from lib.htmx import render_page

DESK = "/desk/"


@public
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Agents go to the desk, contacts to their tickets; who is not signed in reads the policy in short."""
    if not isinstance(request.user, User):
        return render_page(request, "portal/home.html")
    return redirect(DESK if request.user.is_agent else "portal:tickets")
