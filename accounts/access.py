"""Who may do what, as far as it needs nothing but the user."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.models import Team, User

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


def signed_in(view: View) -> View:
    """Let any active user in."""
    guarded = login_required(view)
    guarded.guard = "signed_in"  # type: ignore[attr-defined]
    return guarded


def _role_guard(name: str, allows: Callable[[User], bool]) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not allows(acting_user(request)):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.guard = name  # type: ignore[attr-defined]
        return guarded

    return guard


agents_only = _role_guard("agents_only", lambda user: user.is_agent)
leads_only = _role_guard("leads_only", lambda user: user.is_lead)
contacts_only = _role_guard("contacts_only", lambda user: user.role == User.Role.CONTACT)


def teams_of(user: User) -> list[Team]:
    """The team queues a user works: a lead and an admin all of them, an agent their own."""
    if user.is_lead:
        return list(Team.objects.all())
    return list(user.teams.all()) if user.is_agent else []
