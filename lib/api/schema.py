"""What the OpenAPI document says beyond what serializers know."""

from collections.abc import Iterator, Mapping
from typing import Any

from lib.api import idempotency

Document = dict[str, Any]

PROBLEM_TYPE = "application/problem+json"
_TEXT = {"type": "string"}
_PROBLEM = {
    "type": "object",
    "description": "A refusal (RFC 9457). `code` is for programs, `detail` for people.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": _TEXT,
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {"field": _TEXT, "code": _TEXT, "detail": _TEXT},
            },
        },
    },
    "examples": [
        {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "code": "invalid",
            "detail": "Some values cannot be accepted.",
            "errors": [{"field": "subjekt", "code": "unknown_field", "detail": "There is no such field."}],
        }
    ],
}
_ALWAYS = {
    "401": "The token is missing or does not hold.",
    "405": "This cannot be done with that address.",
    "429": "Too many requests in this minute, or too many wrong tokens from where this one came from.",
    "500": "Something went wrong here. It was noted; nothing was done.",
    "503": "The database could not do it just now. Nothing was done.",
}
_READ = {"400": "A filter, sort key, cursor or page size that does not exist."}
_WRITE = {
    "403": "You see this, but may not do that.",
    "409": "The state of things does not allow it now; or the first request with this key is still at work.",
}
_BODY = {
    "400": "Something that was sent cannot be accepted; `errors` says which field and why.",
    "411": "The body comes without its length (Transfer-Encoding: chunked).",
    "413": "The body is larger than what is accepted here.",
    "415": "The body is not of a type that is understood here, or not in UTF-8.",
}
_NOT_FOUND = {"404": "There is no such thing, or you do not see it."}
_OUTDATED = {"412": "It changed since you read it (If-Match)."}
_KEY_REUSED = {"422": "This Idempotency-Key belongs to another request."}
_WAIT_FOR = frozenset({"409", "429", "503"})

_KEY = {
    "name": idempotency.HEADER,
    "in": "header",
    "required": False,
    "description": (
        "Makes it safe to send this again: for 24 hours a repeat with the same key and content does nothing"
        " and gets the first answer, with `Idempotency-Replayed: true`. Refusals are not kept."
    ),
    "schema": {"type": "string", "pattern": idempotency.KEY_PATTERN, "examples": ["0b6f3c1e-order-4711"]},
}
_RETRY_AFTER = {"description": "Seconds to wait before trying again.", "schema": {"type": "integer"}}
_REPLAYED = {
    "description": "`true` where this was done before and the answer is the one of then.",
    "schema": {"type": "string", "enum": ["true"]},
}
_LOCATION = {"description": "Where the new one is.", "schema": {"type": "string"}}


def complete(result: Document, generator: Any, request: Any, public: Any) -> Document:
    """Say of every operation how it may refuse, and what its headers are (a hook of spectacular)."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    for schema in schemas.values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)  # unknown fields are refused
    schemas["Problem"] = _PROBLEM
    paths = result.get("paths", {})
    for path, method, operation in _operations(paths):
        if method == "post":
            _add_key(operation)
        _add_refusals(operation, path, method)
        created = operation["responses"].get("201")
        if created is not None and any(other.startswith(f"{path}{{") for other in paths):
            _headers(created)["Location"] = _LOCATION
    return result


def _operations(paths: Mapping[str, Any]) -> Iterator[tuple[str, str, Document]]:
    for path, operations in paths.items():
        for method, operation in operations.items():
            if isinstance(operation, dict) and "responses" in operation:
                yield path, method, operation


def _add_key(operation: Document) -> None:
    operation.setdefault("parameters", []).append(_KEY)
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            _headers(response)[idempotency.REPLAYED] = _REPLAYED


def _add_refusals(operation: Document, path: str, method: str) -> None:
    responses = operation["responses"]
    for status, description in _refusals_of(operation, path, method).items():
        response = responses.setdefault(status, {"description": description})
        schema = {"$ref": "#/components/schemas/Problem"}
        response.setdefault("content", {PROBLEM_TYPE: {"schema": schema}})
        if status in _WAIT_FOR:
            _headers(response)["Retry-After"] = _RETRY_AFTER
    operation["responses"] = dict(sorted(responses.items()))


def _refusals_of(operation: Document, path: str, method: str) -> dict[str, str]:
    parameters = operation.get("parameters", [])
    names = {parameter["name"] for parameter in parameters}
    told = {status: "" for status in operation["responses"] if status >= "400"}
    refusals = {**told, **_ALWAYS, **(_WRITE if method != "get" else {})}
    if "requestBody" in operation:
        refusals |= _BODY
    if any(parameter["in"] == "query" for parameter in parameters):
        refusals |= _READ
    if any(parameter["in"] == "path" for parameter in parameters):
        refusals |= _NOT_FOUND
    if "If-Match" in names:
        refusals |= _OUTDATED
    return refusals | (_KEY_REUSED if method == "post" else {})


def _headers(response: Document) -> Document:
    headers: Document = response.setdefault("headers", {})
    return headers
