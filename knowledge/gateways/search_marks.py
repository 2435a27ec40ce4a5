"""Marks that search results carry in their links: signed, stored nowhere, about nobody."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from knowledge.rules.searching import recordable

LASTS = timedelta(days=1)
_SALT = "knowledge.searches"


@dataclass(frozen=True, slots=True)
class Mark:
    """Which search a result belongs to, and whether it was counted when it was made."""

    query: str
    language: str
    is_counted: bool


def mark_for(*, text: str, language: str, is_counted: bool) -> str:
    """What the results of a search carry. What is found while somebody is still typing is not counted yet."""
    return signing.dumps([recordable(text), language, is_counted], salt=_SALT, compress=True)


def read_mark(mark: str) -> Mark | None:
    """What a mark says; None for one that is too old or none of ours."""
    try:
        return Mark(*signing.loads(mark, salt=_SALT, max_age=LASTS))
    except signing.BadSignature:
        return None
