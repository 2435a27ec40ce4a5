"""Places in the pages of lower rooms that rooms above them fill: `{% slot "sidebar" %}` in a template."""

from collections.abc import Callable, Mapping
from typing import Any

Part = Callable[[Mapping[str, Any]], str]
"""Given the page's context, safe HTML; "" where there is nothing to show."""

_parts: dict[str, list[Part]] = {}


def fill(place: str, part: Part) -> None:
    """Have a part shown at a place, after those that stand there already. A room does so when it starts."""
    parts = _parts.setdefault(place, [])
    if part not in parts:
        parts.append(part)


def shown(place: str, context: Mapping[str, Any]) -> str:
    """What stands at a place, for one page."""
    return "".join(part(context) for part in _parts.get(place, ()))
