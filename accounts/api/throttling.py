"""Limits per minute: of a user's requests, of those that write, and of wrong tokens from one address.

Counts are rows, since each process would count only its own part. A limit of 0 is none.
"""

from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.access import acting_user
from accounts.actions import api_use
from accounts.models import ApiUse

_READING = frozenset({"GET", "HEAD"})
_MINUTE = 60


class UseThrottle(BaseThrottle):
    """Counts each request of a user, and refuses those beyond the limits."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this request is still within the limits. Strangers get no further than the documents."""
        if not request.user.is_authenticated:
            return True
        user = acting_user(request)
        limits = {f"user:{user.pk}": settings.API_REQUESTS_PER_MINUTE}
        if request.method not in _READING:
            limits[f"user:{user.pk}:writes"] = settings.API_WRITES_PER_MINUTE
        limits = {who: limit for who, limit in limits.items() if limit}
        if not limits:
            return True
        self._at = timezone.now()
        counts = api_use.count(by=user, who=list(limits), at=self._at)
        return all(count <= limits[who] for who, count in counts.items())

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return _seconds_left(self._at)


def note_wrong_token(request: Request, at: datetime) -> None:
    """Count a token that does not hold. Error: Throttled beyond the limit."""
    limit = settings.API_WRONG_TOKENS_PER_MINUTE
    if not limit:
        return
    (count,) = api_use.count(by=None, who=[_address(request)], at=at).values()
    if count > limit:
        raise Throttled(_seconds_left(at))


def wrong_tokens(request: Request, at: datetime) -> QuerySet[ApiUse, int]:
    """How many wrong tokens this minute has seen from where the request comes from."""
    of_address = ApiUse.objects.filter(who=_address(request), window=ApiUse.window_of(at))
    return of_address.values_list("requests", flat=True)


def require_trusted_address(count: int | None, at: datetime) -> None:
    """Let nobody in from where tokens are guessed: a right one among them would tell. Error: Throttled."""
    limit = settings.API_WRONG_TOKENS_PER_MINUTE
    if limit and (count or 0) >= limit:
        raise Throttled(_seconds_left(at))


def _address(request: Request) -> str:
    """Where a request comes from, as the sign-on sees it (ALLAUTH_TRUSTED_PROXY_COUNT)."""
    try:
        return f"address:{get_adapter().get_client_ip(request)}"
    except PermissionDenied:  # a server that does not say
        return "address:unknown"


def _seconds_left(at: datetime) -> float:
    return _MINUTE - at.second - at.microsecond / 1_000_000
