"""Public pages as proxies and browsers may keep them: for strangers only, and each time with a question.

A page that holds nothing about its reader (no session, and so no message; no form's token) may stand in a
shared cache for a minute. Browsers keep it, too, but ask each time whether it still holds (`max-age=0` with
an ETag): who signs in meanwhile is somebody else at the same address, and not every browser heeds
`Vary: Cookie`.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

View = Callable[..., HttpResponseBase]

SHARED = "public, max-age=0, s-maxage=60"
OWN = "private, no-cache"
FOREVER = "public, max-age=31536000, immutable"
"""For addresses that hold a digest of what they answer with."""
_TOKEN = b"csrfmiddlewaretoken"
"""The field of a form that only its reader can send."""


def kept_by_strangers(view: View) -> View:
    """Let proxies keep what a stranger reads here; answer 304 to whoever has it already."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponse) or response.status_code != 200:  # noqa: PLR2004
            return response
        patch_vary_headers(response, ("Cookie", "Accept-Language"))
        if not is_strangers(request) or _is_personal(request, response):
            if not request.user.is_authenticated:
                response.headers.setdefault("Cache-Control", OWN)
            return response
        response.headers.setdefault("Cache-Control", SHARED)
        return with_etag(request, response)

    return kept


def is_strangers(request: HttpRequest) -> bool:
    """Whether this comes from somebody of whom nothing is known: no session, which holds messages, too."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def with_etag(request: HttpRequest, response: HttpResponse, etag: str = "") -> HttpResponseBase:
    """The response with a digest of what it holds (or `etag`), or 304 where that is known already."""
    digest = etag or hashlib.sha256(response.content).hexdigest()[:32]
    response.headers["ETag"] = f'"{digest}"'
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response


def _is_personal(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether it gives a cookie, or holds a token that belongs to one."""
    gives_token = request.META.get("CSRF_COOKIE_NEEDS_UPDATE") or _TOKEN in response.content
    return bool(response.cookies) or bool(gives_token)
