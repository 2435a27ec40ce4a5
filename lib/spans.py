"""Short spans of time as lists show them: 43 min, 1 h 02, 16 h, 3 d."""

from datetime import datetime

HOUR, TWO_DAYS, LONG_HOURS = 60, 48, 10
_DAY_SIGNS = {"de": "T"}


def short_span(since: datetime, until: datetime, language: str) -> str:
    """The time between two moments in a few characters; the browser's times.js words it alike."""
    minutes = max(0, int((until - since).total_seconds() // 60))
    if minutes < HOUR:
        return f"{minutes} min"
    hours, rest = divmod(minutes, HOUR)
    if hours < LONG_HOURS:
        return f"{hours} h {rest:02d}"
    if hours < TWO_DAYS:
        return f"{hours} h"
    return f"{hours // 24} {_DAY_SIGNS.get(language[:2], 'd')}"
