"""Choosing the language."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.views import i18n
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.access import public
from accounts.actions import users
from accounts.models import User


@public
@csrf_exempt
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the choice in the browser and, where somebody is signed in, with the user. Returns to `next`.

    A stranger's page holds no token against forged forms, so that proxies may keep it, and the worst that
    such a form could do to them is to speak the other language. Whoever is signed in needs the token.
    """
    user = request.user
    refused = user.is_authenticated and _guard.process_view(request, i18n.set_language, (), {})
    if refused:
        return refused
    chosen = request.POST.get("language", "")
    if isinstance(user, User) and chosen in User.Language.values and chosen != user.language:
        users.set_language(user=user, language=chosen, by=user)
    return i18n.set_language(request)


_guard = CsrfViewMiddleware(set_language)
