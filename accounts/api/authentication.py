"""Bearer tokens. (Apart from the views, since these look here for whom they let in.)"""

from datetime import datetime

from django.db.models import Subquery
from django.utils import timezone, translation
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actions.tokens import note_use
from accounts.api.throttling import note_wrong_token, require_trusted_address, wrong_tokens
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
        at = timezone.now()
        token = _live_token(parts[1], request, at) if len(parts) == _HEADER_PARTS else None
        if token is None:
            note_wrong_token(request, at)
            raise AuthenticationFailed
        note_use(token=token, at=at)
        _speak_to(token.user, request)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return SCHEME


def _live_token(text: str, request: Request, at: datetime) -> ApiToken | None:
    """The token with its user, if both may still come in. Error: Throttled where tokens are guessed."""
    found = ApiToken.objects.filter(digest=token_digest(text), user__is_active=True)
    counted = found.annotate(wrong_tokens=Subquery(wrong_tokens(request, at)))
    token = counted.select_related("user").first()
    if token is not None:
        require_trusted_address(token.wrong_tokens, at)
    return token


def _speak_to(user: User, request: Request) -> None:
    """Without a wish in the request itself, the user's own language."""
    if user.language and "Accept-Language" not in request.headers:
        translation.activate(user.language)
