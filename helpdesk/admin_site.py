"""The admin site: for admins only, entered through the same door as everything else."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.auth import logout as end_session
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from accounts.access import public
from accounts.models import User

View = Callable[..., HttpResponseBase]


class VorrangAdminSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold carries no types
    """Unfold's site without ways in and out of its own."""

    index_title = "Vorrang"

    def has_permission(self, request: HttpRequest) -> bool:
        """Active admins. The flag that Django asks for follows the role."""
        user = request.user
        return isinstance(user, User) and user.is_active and user.is_staff and user.is_admin

    def admin_view(self, view: View, cacheable: Any = None) -> View:
        """Strangers sign in first; for everybody signed in who is no admin there is nothing here."""
        inner = super().admin_view(view, bool(cacheable))

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            answer: HttpResponseBase = inner(request, *args, **kwargs)
            return answer

        update_wrapper(guarded, inner)
        guarded.guard = "admins_only"  # type: ignore[attr-defined]
        return guarded

    @method_decorator(public)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The product's own sign-in."""
        wanted = request.GET.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
        goal = wanted if is_ours else f"/{self.name}/"
        return redirect(goal) if self.has_permission(request) else redirect_to_login(goal)

    @method_decorator(require_POST)
    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign out."""
        end_session(request)
        return redirect("account_login")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The product's own page for it."""
        return redirect("account_change_password")
