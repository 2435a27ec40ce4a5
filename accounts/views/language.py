"""Choosing the language."""

from django.http import HttpRequest, HttpResponseBase
from django.views import i18n
from django.views.decorators.http import require_POST

from accounts.access import public
from accounts.actions import users
from accounts.models import User


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the choice in the browser and, where somebody is signed in, with the user. Returns to `next`."""
    chosen = request.POST.get("language", "")
    user = request.user
    if isinstance(user, User) and chosen in User.Language.values and chosen != user.language:
        users.set_language(user=user, language=chosen, by=user)
    return i18n.set_language(request)
