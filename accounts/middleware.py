"""The language of each page, and the way to the set-up as long as there is nothing else to see."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from accounts.queries.company import is_set_up
from accounts.rules.paths import LANGUAGE_CHOICE, SET_UP_PATH

GetResponse = Callable[[HttpRequest], HttpResponse]

OPEN_BEFORE = (SET_UP_PATH, "/language/", "/static/", "/api/")
"""What answers in an installation that is not set up. The API asks for a token that nobody has yet."""


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
