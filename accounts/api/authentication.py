"""Bearer tokens. (Apart from the views, since these look here for whom they let in.)"""

from django.utils import timezone, translation
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actions.tokens import note_use
from accounts.models import ApiToken, User
from accounts.models.tokens import token_digest

SCHEME = "Bearer"
_HEADER_PARTS = 2


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`, found by its digest in one query."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The user behind the token; None without the header. Error: 401 for any token that does not hold."""
        parts = request.headers.get("Authorization", "").split()
        if not parts or parts[0].lower() != SCHEME.lower():
            return None
        token = _live_token(parts[1]) if len(parts) == _HEADER_PARTS else None
        if token is None:
            raise AuthenticationFailed
        note_use(token=token, at=timezone.now())
        _speak_to(token.user, request)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return SCHEME


def _live_token(text: str) -> ApiToken | None:
    """The token with its user, if both may still come in."""
    found = ApiToken.objects.filter(digest=token_digest(text), user__is_active=True)
    return found.select_related("user").first()


def _speak_to(user: User, request: Request) -> None:
    """Without a wish in the request itself, the user's own language."""
    if user.language and "Accept-Language" not in request.headers:
        translation.activate(user.language)
