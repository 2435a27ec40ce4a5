"""Whose page it is and in which language, the end of idle sessions, and what has to be done first."""

from collections.abc import Callable
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect

from accounts.actions import impersonating, sessions
from accounts.models import Impersonation, User
from accounts.queries import second_factors
from accounts.queries.company import is_set_up
from accounts.rules.looking import LOOK, takes_away, why_not
from accounts.rules.paths import LANGUAGE_CHOICE, SET_UP_PATH

LOOKS_PAST = ("/api/", "/static/", "/branding", "/favicon")
"""What is nobody's page: the API asks for a token, whatever the session says."""

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


def look_with_their_eyes(get_response: GetResponse) -> GetResponse:
    """Show an admin who looks with a customer's eyes the portal as that person, and nothing else.

    The session stays the admin's own: each request is lent the person anew, and only where it asks for a page
    of the portal. So whatever goes wrong here leaves an admin at the portal, never a stranger with somebody's
    login. Stands after the end of idle sessions, before the language.
    """

    def lend(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(LOOKS_PAST) or LOOK not in request.session:
            return get_response(request)
        admin, look = request.user, _look_of(request)
        if look is None or not isinstance(admin, User):
            return _look_is_over(request)
        request.look = look  # type: ignore[attr-defined]  # for the banner
        if request.method == "POST" and request.path == reverse("account_look_end"):
            return get_response(request)
        refusal = why_not(method=request.method or "", namespace=_namespace(request))
        if refusal:
            return _refuse_look(request, refusal)
        person = look.person
        person.looker = admin
        request.user = person
        return _seen(request, get_response(request), look, admin)

    return lend


def _look_of(request: HttpRequest) -> Impersonation | None:
    """The look that this session began, while it lasts and both are still who they were."""
    found = Impersonation.objects.select_related("person").filter(pk=request.session[LOOK]).first()
    user = request.user
    if found is None or not isinstance(user, User) or found.admin_id != user.pk:
        return None
    may = user.is_admin and found.person.is_active and not found.person.is_agent
    return found if may and found.is_on(timezone.now()) else None


def _look_is_over(request: HttpRequest) -> HttpResponse:
    """Back to the admin's own eyes, openly: the next page would be another one than the address says."""
    key = request.session.pop(LOOK)
    row = Impersonation.objects.filter(pk=key).first()
    if row is not None:
        impersonating.end(look=row, by=None, at=timezone.now())
    return (
        HttpResponseClientRedirect("/") if "HX-Request" in request.headers else _refuse_look(request, "over")
    )


def _refuse_look(request: HttpRequest, why: str) -> HttpResponse:
    """Say to the admin, in their own language, why this is not shown."""
    with translation.override(_wanted(request) or translation.get_language()):
        return render(request, "account/look_refused.html", {"why": why}, status=403)


def _namespace(request: HttpRequest) -> str:
    try:
        return resolve(request.path).namespace
    except Resolver404:
        return "portal"  # nothing there: the customer would be told so


def _seen(request: HttpRequest, response: HttpResponse, look: Impersonation, admin: User) -> HttpResponse:
    """What is shown, noted; a file to keep is not."""
    kind, disposition = (response.headers.get(name, "") for name in ("Content-Type", "Content-Disposition"))
    if takes_away(content_type=kind, content_disposition=disposition):
        opened = getattr(response, "file_to_stream", None)
        if opened is not None:
            opened.close()
        request.user = admin
        return _refuse_look(request, "file")
    if BY_ITSELF not in request.headers:
        impersonating.note_page(look=look, path=request.path, by=admin)
    return response


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
