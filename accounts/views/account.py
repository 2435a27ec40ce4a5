"""One's own account: what one signs in with, where one is signed in, one's language."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user, signed_in
from accounts.actions import sessions as session_actions
from accounts.queries.looks import looks_at
from accounts.queries.second_factors import factors_of
from accounts.queries.sessions import sessions_of


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everything at a glance; each part leads to where it is changed."""
    user = acting_user(request)
    factors = factors_of(user)
    key = request.session.session_key or ""
    context = {
        "factors": factors,
        "looks": looks_at(user),
        "sessions": sessions_of(user, session_key=key, at=timezone.now()),
        "is_factor_missing": settings.REQUIRE_SECOND_FACTOR and user.is_agent and not factors.has_any,
    }
    return render(request, "account/home.html", context)


@signed_in
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """Sign one of one's own browsers out (`session`), or all but this one."""
    user = acting_user(request)
    chosen = request.POST.get("session", "")
    if chosen.isdecimal():
        ended = session_actions.end(user=user, session=int(chosen), by=user)
    else:
        key = request.session.session_key or ""
        ended = session_actions.end_others(user=user, session_key=key, by=user)
    if ended:
        said = ngettext("{count} session was ended.", "{count} sessions were ended.", ended)
        messages.success(request, said.format(count=ended))
    else:
        messages.info(request, gettext("No other session was open any more."))
    return redirect("account_home")
