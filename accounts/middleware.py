"""The language of each page: what the user chose, else what the browser asks for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]


def user_language(get_response: GetResponse) -> GetResponse:
    """Speak the signed-in user's language. Stands after the authentication middleware.

    Django's LocaleMiddleware before it has settled the browser's wish, which holds for everybody else.
    """

    def speak(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User) and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return get_response(request)

    return speak
