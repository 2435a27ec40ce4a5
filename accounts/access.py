"""Who may do what, as far as it needs nothing but the user."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import Team, User
from lib.sorting import german_sort_key

View = Callable[..., HttpResponseBase]


def acting_user(request: HttpRequest) -> User:
    """The signed-in user of a guarded view. Error: 404 where nobody is signed in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def public(view: View) -> View:
    """Declare that anybody may call this view. Every view carries one of these marks (a test walks them)."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def _role_guard(name: str, allows: Callable[[User], bool]) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if not allows(acting_user(request)):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.guard = name  # type: ignore[attr-defined]
        return guarded

    return guard


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask who it is; afterwards the person stands on the page they were on, not on a part of it."""
    is_part = "HX-Request" in request.headers
    is_page = request.method in ("GET", "HEAD") and not is_part
    answer = redirect_to_login(request.get_full_path() if is_page else _shown_page(request))
    return HttpResponseClientRedirect(answer.url) if is_part else answer


def _shown_page(request: HttpRequest) -> str:
    """The page that the browser shows while it sends a form or asks for a part."""
    shown = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(shown, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(shown)
    return parts.path + (f"?{parts.query}" if parts.query else "")


signed_in = _role_guard("signed_in", lambda user: True)
agents_only = _role_guard("agents_only", lambda user: user.is_agent)
leads_only = _role_guard("leads_only", lambda user: user.is_lead)
editors_only = _role_guard("editors_only", lambda user: user.is_editor)
admins_only = _role_guard("admins_only", lambda user: user.is_admin)
contacts_only = _role_guard("contacts_only", lambda user: user.role == User.Role.CONTACT)


def teams_of(user: User) -> list[Team]:
    """The team queues a user works: a lead and an admin all of them, an agent their own."""
    if not user.is_agent:
        return []
    teams = Team.objects.all() if user.is_lead else user.teams.all()
    return sorted(teams, key=lambda team: german_sort_key(team.name))
