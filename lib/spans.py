"""Short spans of time as lists show them: 43 min, 1 h 02, 16 h, 3 d."""

from datetime import datetime

HOUR, TWO_DAYS, LONG_HOURS = 60, 48, 10
_DAY_SIGNS = {"de": "T"}


def short_span(moment: datetime, now: datetime, language: str) -> str:
    """How far away a moment is, in a few characters; "in 3 h 05" while it lies ahead.

    The browser's times.js words it alike.
    """
    minutes = int(abs((now - moment).total_seconds()) // 60)
    ahead = "in " if moment > now and minutes else ""
    return ahead + _span(minutes, language)


_LATE = {"de": "seit {}", "en": "{} late"}
_NOW = {"de": "jetzt", "en": "now"}


def due_span(due_at: datetime, now: datetime, language: str) -> str:
    """How far a deadline is: "in 40 min", "now", and "2 h 05 late" (de: "seit 2 h 05") once it is past."""
    minutes = int(abs((now - due_at).total_seconds()) // 60)
    if not minutes:
        return _NOW.get(language[:2], _NOW["en"])
    span = _span(minutes, language)
    return f"in {span}" if due_at > now else _LATE.get(language[:2], _LATE["en"]).format(span)


def short_length(seconds: float, language: str) -> str:
    """How long something took, in a few characters; days are those of 24 hours."""
    return _span(int(seconds // 60), language)


def exact_length(seconds: float) -> str:
    """How long a call took, to the second: 0:42, 12:05, 1:02:09; times.js words it the same way."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, HOUR)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _span(minutes: int, language: str) -> str:
    if minutes < HOUR:
        return f"{minutes} min"
    hours, rest = divmod(minutes, HOUR)
    if hours < LONG_HOURS:
        return f"{hours} h {rest:02d}"
    if hours < TWO_DAYS:
        return f"{hours} h"
    return f"{hours // 24} {_DAY_SIGNS.get(language[:2], 'd')}"
