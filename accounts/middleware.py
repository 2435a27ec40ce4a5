"""The language of each page, the end of idle sessions, and what has to be done before anything else."""

from collections.abc import Callable
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect

from accounts.actions import sessions
from accounts.models import User
from accounts.queries import second_factors
from accounts.queries.company import is_set_up
from accounts.rules.paths import LANGUAGE_CHOICE, SET_UP_PATH

GetResponse = Callable[[HttpRequest], HttpResponse]

OPEN_BEFORE = (SET_UP_PATH, "/language/", "/static/", "/api/")
"""What answers in an installation that is not set up. The API asks for a token that nobody has yet."""

OPEN_WITHOUT_FACTOR = ("/accounts/", "/branding", "/language/", "/static/", "/api/")
"""What staff may see before they have a second factor, where one is demanded."""
SEEN = "seen"
"""In the session: when it was last used (seconds since 1970), and under which key."""
NOTED_EVERY = timedelta(minutes=5)
"""A session's use is written down no more often."""
BY_ITSELF = "X-By-Itself"
"""A page that refreshes itself says so (static/js/live.js): an open page is no sign that anybody is there."""


def private_pages(get_response: GetResponse) -> GetResponse:
    """Have no browser or proxy keep what somebody saw while signed in, nor what the API answered."""

    def keep_out(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/api/") or request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return keep_out


def user_language(get_response: GetResponse) -> GetResponse:
    """Speak the signed-in user's language. Stands after the authentication middleware.

    Django's LocaleMiddleware before it has settled the browser's wish, which holds for everybody else, unless
    the address names a language: search engines know a public page by one address for each.
    """

    def speak(request: HttpRequest) -> HttpResponse:
        language = _wanted(request)
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return speak


def _wanted(request: HttpRequest) -> str:
    if isinstance(request.user, User):
        return request.user.language
    asked = request.GET.get(LANGUAGE_CHOICE, "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def set_up_first(get_response: GetResponse) -> GetResponse:
    """Send everybody to the set-up until it is done; afterwards this costs nothing."""

    def lead(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_BEFORE) or is_set_up():
            return get_response(request)
        is_part = "HX-Request" in request.headers
        return HttpResponseClientRedirect(SET_UP_PATH) if is_part else redirect(SET_UP_PATH)

    return lead


def end_idle_sessions(get_response: GetResponse) -> GetResponse:
    """Sign out whose session was not used for too long, and note now and then that one is used.

    Stands after the authentication middleware. When the session was used lies in the session itself, so
    that asking costs no query.
    """

    def watch(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            now = int(timezone.now().timestamp())
            seen_at, key = request.session.get(SEEN, (0, ""))
            limit = _idle_seconds(user)
            if limit and seen_at and now - seen_at > limit:
                logout(request)
            elif key != request.session.session_key or _is_use(request, now - seen_at):
                _note(request, user, now)
        return get_response(request)

    return watch


def second_factor_first(get_response: GetResponse) -> GetResponse:
    """Lead staff without a second factor to where they set one up, if the settings demand that."""

    def lead(request: HttpRequest) -> HttpResponse:
        if not settings.REQUIRE_SECOND_FACTOR or request.path.startswith(OPEN_WITHOUT_FACTOR):
            return get_response(request)
        user = request.user
        if not isinstance(user, User) or not user.is_agent or second_factors.has_second_factor(user):
            return get_response(request)
        home = reverse("account_home")
        return HttpResponseClientRedirect(home) if "HX-Request" in request.headers else redirect(home)

    return lead


def _idle_seconds(user: User) -> float:
    hours = settings.STAFF_IDLE_HOURS if user.is_agent else settings.SESSION_IDLE_HOURS
    return float(hours) * 3600


def _is_use(request: HttpRequest, seconds: float) -> bool:
    """Whether somebody did something, so many seconds after what was noted last."""
    return seconds >= NOTED_EVERY.total_seconds() and BY_ITSELF not in request.headers


def _note(request: HttpRequest, user: User, now: int) -> None:
    key = request.session.session_key or ""
    request.session[SEEN] = (now, key)
    try:
        address = get_adapter(request).get_client_ip(request)
    except PermissionDenied:  # a proxy that does not tell; the session works all the same
        return
    agent = request.headers.get("User-Agent", "")
    sessions.note_seen(by=user, session_key=key, address=address, agent=agent, at=timezone.now())
