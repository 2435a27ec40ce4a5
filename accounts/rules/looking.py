"""What an admin may open who looks at the portal with a customer's eyes."""

LOOK = "look"
"""In the session of an admin who looks with a customer's eyes: the id of the look."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_MINUTES = 30
SHOWN = frozenset({"portal"})
"""The addresses (by namespace) that a customer's eyes see; account pages and the desk are none of them."""

SEEN_TYPES = ("text/html", "image/")


def why_not(*, method: str, namespace: str) -> str:
    """Why a request is refused while the look lasts: ``writes`` or ``elsewhere``; empty: it is not."""
    if method not in SAFE:
        return "writes"
    return "" if namespace in SHOWN else "elsewhere"


def takes_away(*, content_type: str, content_disposition: str) -> bool:
    """Whether an answer is a file to keep, and no page or picture on one: looking is not exporting."""
    is_attached = content_disposition.strip().lower().startswith("attachment")
    return is_attached or not content_type.lower().startswith(SEEN_TYPES)
