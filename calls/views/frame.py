"""Letting in telephone systems, and reading what they send."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.actions import api_use
from accounts.models import ApiUse
from calls.access import is_signed, may_come_from, system_with
from calls.actions import telling
from calls.models import PhoneSystem
from lib.client_addresses import address_of

MOST_BYTES = 16 * 1024
Fields = dict[str, str]
View = Callable[[HttpRequest, PhoneSystem], HttpResponseBase]


class BadRequest(ValueError):
    """What was sent is neither a form nor a flat JSON object."""


def telephone_systems_only(view: View) -> Callable[[HttpRequest], HttpResponseBase]:
    """Let in whoever has the secret of a telephone system, from its networks, with its signature.

    Whoever guesses is slowed down by their address, and the right secret let in all the same: it is 256
    random bits, and a guesser in the telephone system's own network could silence it otherwise.
    """

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return refusal(HTTPStatus.UNAUTHORIZED)
        at, who = timezone.now(), f"calls:{address_of(request) or 'unknown'}"
        system = system_with(secret.strip(), at)
        if system is None or not _is_theirs(request, system):
            if is_guessing(who):
                return refusal(HTTPStatus.TOO_MANY_REQUESTS)
            api_use.count(by=None, who=[who], at=at)
            return _refused(system)
        telling.heard_of(system=system, at=at)
        return view(request, system)

    guarded.guard = "telephone_system"  # type: ignore[attr-defined]
    return guarded


def is_guessing(who: str) -> bool:
    """Whether somebody at this address tried too many wrong secrets in this minute."""
    limit = settings.API_WRONG_TOKENS_PER_MINUTE
    rows = ApiUse.objects.filter(who=who, window=ApiUse.window_of(timezone.now()))
    return bool(limit) and (rows.values_list("requests", flat=True).first() or 0) >= limit


def _is_theirs(request: HttpRequest, system: PhoneSystem) -> bool:
    return may_come_from(system, address_of(request)) and is_signed(
        system,
        body=request.body,
        timestamp=request.headers.get("X-Timestamp", ""),
        signature=request.headers.get("X-Signature", ""),
        at=timezone.now(),
    )


def _refused(system: PhoneSystem | None) -> JsonResponse:
    """401 for a wrong secret; 403 for a right one from a wrong place or unsigned, which admins see."""
    if system is None:
        return refusal(HTTPStatus.UNAUTHORIZED)
    telling.was_refused(system=system)
    return refusal(HTTPStatus.FORBIDDEN)


def refusal(status: HTTPStatus) -> JsonResponse:
    """An answer that says no more than its number."""
    answer = JsonResponse({"error": status.phrase}, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def fields_of(request: HttpRequest) -> Fields:
    """What was sent, as texts by name. Error: BadRequest."""
    if len(request.body) > MOST_BYTES:
        raise BadRequest("too_large")
    if request.content_type != "application/json":
        return {name: request.POST.get(name, "") for name in request.POST}
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("not_json") from error
    if not isinstance(sent, dict):
        raise BadRequest("not_an_object")
    return {name: _text(value) for name, value in sent.items()}


def _text(value: object) -> str:
    """A value as text; of a list its first: Zammad's connectors list who is rung. Error: BadRequest."""
    if isinstance(value, list):
        value = next(iter(value), "")
    if isinstance(value, dict | list):
        raise BadRequest("not_flat")
    return scalar_text(value)


def scalar_text(value: object) -> str:
    """A text, a number or a truth value of JSON as text; "" for null."""
    return "" if value is None else str(value)
