"""What the OpenAPI document says beyond what serializers know."""

from collections.abc import Mapping
from typing import Any

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
}
_REFUSALS = {
    "400": "Something that was sent cannot be accepted.",
    "401": "The token is missing or not valid.",
    "403": "You see this, but may not do that.",
    "404": "There is no such thing, or you do not see it.",
    "405": "This cannot be done with that address.",
    "409": "The state of things does not allow it now.",
    "412": "It changed since you read it (If-Match).",
    "415": "The body is not of a type that is understood here.",
}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: Any) -> dict[str, Any]:
    """Let every operation of the document say that refusals are problem documents (a hook of spectacular)."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    for operations in result.get("paths", {}).values():
        for operation in operations.values():
            if isinstance(operation, Mapping) and "responses" in operation:
                _add(operation)
    return result


def _add(operation: Mapping[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/Problem"}
    for status, description in _REFUSALS.items():
        operation["responses"].setdefault(
            status, {"description": description, "content": {"application/problem+json": {"schema": schema}}}
        )
