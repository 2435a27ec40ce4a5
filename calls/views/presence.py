"""Saying at the desk whether one may be rung. Works without scripts: a form, and a page that asks."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import acting_user, agents_only
from calls.actions import presence as acting
from calls.forms.presence import PresenceForm
from calls.queries.desk import OwnPhone, caller_name
from calls.views.desk_frame import render_calls
from calls.views.parts import control_of, count_in_words, phone_on


@agents_only
@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """One's own phone as the sidebar shows it, and how many calls wait there. Error: 404 without a phone."""
    count = count_in_words(acting_user(request))
    return render(request, "calls/_phone_live.html", {**control_of(_own(request)), "count": count})


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def presence(request: HttpRequest) -> HttpResponse:
    """Be free, pause or leave the phone. Being free while a call counts as talked on is asked once more."""
    own = _own(request)
    if request.method != "POST":
        return _ask(request, own, PresenceForm(initial={"presence": own.phone.presence}))
    form = PresenceForm(request.POST)
    if not form.is_valid():
        return _ask(request, own, form, status=422)
    chosen, reason = form.chosen
    user = acting_user(request)
    if chosen != "free":
        acting.set_presence(presence=chosen, reason=reason, by=user)
        return redirect(_back(request))
    try:
        acting.say_free(by=user, is_confirmed=form.cleaned_data["is_confirmed"])
    except acting.StillTalks as refusal:
        return _ask(request, own, form, talks_to=caller_name(refusal.call))
    messages.success(request, _("You are free for calls."))
    return redirect(_back(request))


def _own(request: HttpRequest) -> OwnPhone:
    own = phone_on(request)
    if own is None:
        raise Http404
    return own


def _ask(
    request: HttpRequest, own: OwnPhone, form: PresenceForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "back": _back(request), **control_of(own), **more}
    return render_calls(request, "calls/presence.html", context, status=status)


def _back(request: HttpRequest) -> str:
    """The page on which it was said."""
    came_from = request.POST.get("next", "") or request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        came_from, {request.get_host()}, require_https=request.is_secure()
    )
    return came_from if is_ours and not came_from.endswith(request.path) else "calls:calls"
