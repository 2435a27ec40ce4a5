"""The head of a Markdown file: `key: value` lines between two lines of three dashes.

It is no YAML, and needs none: values are plain words, in quotes if somebody likes them.
"""

from dataclasses import dataclass
from types import MappingProxyType

KEYS = ("title", "language", "category", "visibility", "summary")
FENCE = "---"
VISIBILITIES = MappingProxyType({"public": 1, "signed-in": 2, "contract": 3, "internal": 4})


@dataclass(frozen=True)
class Head:
    """What a file says of itself, by key; and its text without the head."""

    values: dict[str, str]
    body: str
    unknown: tuple[str, ...] = ()


def split(source: str) -> Head:
    """Separate the head from the text. A file without one, or with an open one, is all text."""
    lines = source.lstrip("\ufeff").splitlines()
    if not lines or lines[0].strip() != FENCE:
        return Head({}, _joined(lines))
    ends = next((at for at, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if ends is None:
        return Head({}, _joined(lines))
    values, unknown = {}, []
    for line in lines[1:ends]:
        key, _, value = line.partition(":")
        key = key.strip().lower()
        if key in KEYS:
            values[key] = _unquoted(value.strip())
        elif key and not key.startswith("#"):
            unknown.append(key)
    return Head(values, _joined(lines[ends + 1 :]), tuple(unknown))


def title_in(body: str) -> tuple[str, str]:
    """The first-level heading that a text begins with, and the rest; nothing where it begins otherwise."""
    stripped = body.lstrip("\n")
    first, _, rest = stripped.partition("\n")
    if first.startswith("# "):
        return first[2:].strip().strip("#").strip(), rest.lstrip("\n")
    return "", body


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n") + "\n"
