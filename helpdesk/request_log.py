"""Each request: an id, one line in the log, one measurement.

The line names the route, not the address, since addresses hold tokens and what people search for.
"""

import re
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from lib.metrics import REQUESTS

GetResponse = Callable[[HttpRequest], HttpResponseBase]

HEADER = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SERVER_ERROR = 500

log = structlog.get_logger(__name__)


def request_log(get_response: GetResponse) -> GetResponse:
    """Middleware: give the request its id, and tell afterwards what became of it."""

    def watch(request: HttpRequest) -> HttpResponseBase:
        request_id = _id_of(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started_at = time.perf_counter()
        response = get_response(request)
        _tell(request, response, time.perf_counter() - started_at)
        response.headers[HEADER] = request_id
        return response

    return watch


@receiver(got_request_exception)
def _tell_failure(request: HttpRequest | None = None, **_: Any) -> None:
    """A view broke: class and lines of code; what was in hands stays out of the log."""
    log.error("view_failed", route=route_of(request) if request else "", exc_info=sys.exc_info())


@receiver(user_logged_in)
def _tell_sign_in(user: User, **_: Any) -> None:
    log.info("signed_in", user=user.pk)


@receiver(user_logged_out)
def _tell_sign_out(user: User | None, **_: Any) -> None:
    log.info("signed_out", user=user.pk if user else None)


@receiver(user_login_failed)
def _tell_refused_sign_in(**_: Any) -> None:
    """Without the name: people type their password into that field."""
    log.warning("sign_in_failed")


def route_of(request: HttpRequest) -> str:
    """The name of the address's pattern; `(none)` where nothing answers."""
    match = request.resolver_match
    return (match.view_name or match.route or "(unnamed)") if match else "(none)"


def _id_of(request: HttpRequest) -> str:
    """The proxy's id, if there is one in front and it is an id; else one of our own."""
    given = request.headers.get(HEADER, "") if settings.BEHIND_PROXY else ""
    return given if _ID.match(given) else uuid.uuid4().hex


def _tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    method = request.method if request.method in _METHODS else "OTHER"
    route, status = route_of(request), response.status_code
    REQUESTS.labels(method, route, str(status)).observe(seconds)
    tell = log.error if status >= _SERVER_ERROR else log.info
    tell(
        "request",
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        user=_user_id(request),
    )


def _user_id(request: HttpRequest) -> int | None:
    """Who asked, as far as somebody has found out: this asks no database."""
    user = vars(request).get("user")
    if isinstance(user, SimpleLazyObject):
        user = vars(request).get("_cached_user")
    return getattr(user, "pk", None)
