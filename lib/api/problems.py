"""Every refusal of the API as a problem document (RFC 9457).

    {"type": "about:blank", "title": "Bad Request", "status": 400, "code": "invalid", "detail": "…",
     "errors": [{"field": "suspensions.0.ends_on", "code": "invalid", "detail": "…"}]}

`code` is for programs, `detail` for people, in the language the caller asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from math import ceil
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.signals import got_request_exception
from django.db import IntegrityError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from psycopg2.errors import UniqueViolation
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

CONTENT_TYPE = "application/problem+json"
# Names under which a whole document, rather than one field, is refused.
_WHOLE = frozenset({"non_field_errors", "__all__", ""})

RETRY_SECONDS = 1

FieldError = dict[str, str]


class Problem(exceptions.APIException):
    """A refusal with its status, its code and, where it concerns fields, those."""

    def __init__(self, status: int, code: str, detail: str, *, field: str = "") -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.wait: float | None = None
        self.errors = [{"field": field, "code": code, "detail": detail}] if field else []


def invalid(field: str, code: str, detail: str) -> Problem:
    """One field (or query parameter) that cannot be accepted."""
    return Problem(HTTPStatus.BAD_REQUEST, code, detail, field=field)


def too_large() -> Problem:
    """More than is read here."""
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", _("This is more than is accepted here."))


_REFUSALS: Sequence[tuple[tuple[type[Exception], ...], Callable[[], exceptions.APIException]]] = (
    ((Http404,), exceptions.NotFound),
    ((PermissionDenied,), exceptions.PermissionDenied),
    ((RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent), too_large),
)


def failed() -> Problem:
    """An error of ours, of which nothing is told."""
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "failed", _("Something went wrong here. It was noted."))


def problem_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """What DRF asks for every exception of a view; of what nobody expected it tells nothing but that."""
    refusal = _as_refusal(error)
    if refusal is None:
        refusal = _failure(error, context["request"])
    set_rollback()
    response = Response(
        document(refusal), status=refusal.status_code, headers=_headers(refusal), content_type=CONTENT_TYPE
    )
    response["Cache-Control"] = "no-store"
    return response


def document(refusal: exceptions.APIException) -> dict[str, Any]:
    """The problem document of a refusal."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status_code).phrase,
        "status": refusal.status_code,
    }
    if isinstance(refusal, exceptions.ValidationError):
        errors = list(_flat(refusal.get_full_details()))
        return {**body, "code": "invalid", "detail": _("Some values cannot be accepted."), "errors": errors}
    detail = refusal.detail if isinstance(refusal.detail, str) else refusal.default_detail
    body |= {"code": getattr(detail, "code", refusal.default_code), "detail": str(detail)}
    if errors := getattr(refusal, "errors", []):
        body["errors"] = errors
    return body


def _as_refusal(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, DjangoValidationError):
        return exceptions.ValidationError(get_error_detail(error))
    if isinstance(error, IntegrityError) and isinstance(error.__cause__, UniqueViolation):
        # Two requests at once: validation saw neither of the other's rows.
        return Problem(HTTPStatus.CONFLICT, "conflict", _("This exists already."))
    return next((make() for kinds, make in _REFUSALS if isinstance(error, kinds)), None)


def _failure(error: Exception, request: Request) -> Problem:
    """An error of ours, or the database's, which may be over soon. The log hears of it as of any page's."""
    got_request_exception.send(sender=problem_handler, request=request._request)
    if isinstance(error, OperationalError):
        problem = Problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", _("Please try again; nothing was done.")
        )
        problem.wait = RETRY_SECONDS
        return problem
    return failed()


def _headers(refusal: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth_header := getattr(refusal, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(refusal, "wait", None):
        headers["Retry-After"] = str(max(1, ceil(wait)))
    return headers


def _flat(details: Any, path: tuple[str, ...] = ()) -> Iterator[FieldError]:
    """Walk DRF's nested details down to single errors."""
    if isinstance(details, Mapping) and isinstance(details.get("message"), str):
        yield {"field": ".".join(path), "code": str(details["code"]), "detail": details["message"]}
    elif isinstance(details, Mapping):
        for name, inner in details.items():
            yield from _flat(inner, path if name in _WHOLE else (*path, str(name)))
    elif isinstance(details, Sequence):
        yield from _flat_list(details, path)


def _flat_list(details: Iterable[Any], path: tuple[str, ...]) -> Iterator[FieldError]:
    """A list holds either the errors of one field or, for a list of documents, one entry for each."""
    for index, inner in enumerate(details):
        is_error = isinstance(inner, Mapping) and isinstance(inner.get("message"), str)
        yield from _flat(inner, path if is_error else (*path, str(index)))
