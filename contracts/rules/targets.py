"""Lengths of targets as people write and read them, and the shares of a target at which is warned."""

import re
from dataclasses import dataclass
from typing import NamedTuple

HOUR, DAY = 60, 24 * 60
MOST_MINUTES = 366 * DAY
MOST_PERCENT = 99
MOST_WARNINGS = 5

_PART = re.compile(r"([0-9]{1,6})\s*([a-zäöü]*)\.?\s*", re.IGNORECASE)
_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])")
_UNITS = {
    **dict.fromkeys(("", "m", "min", "mins", "minute", "minutes", "minuten"), 1),
    **dict.fromkeys(("h", "std", "stunde", "stunden", "hour", "hours"), HOUR),
    **dict.fromkeys(("d", "t", "tag", "tage", "day", "days"), DAY),
}
_LONG = {
    "de": (("Tag", "Tage"), ("Stunde", "Stunden"), ("Minute", "Minuten")),
    "en": (("day", "days"), ("hour", "hours"), ("minute", "minutes")),
}


class Length(NamedTuple):
    """A length in minutes; `has_days`: it was written in days of 24 hours."""

    minutes: int
    has_days: bool


@dataclass(frozen=True)
class Promise:
    """One target to be: severity 1 (critical) to 4 (low), its kind, how long and by which clock."""

    severity: int
    kind: str
    minutes: int
    is_real_time: bool = False


def parse_length(text: str) -> Length:
    """ "2 h", "30 min", "1 h 30", "1:30", "1 d" or bare minutes. Error: ValueError for anything else."""
    text = text.strip()
    clock = _CLOCK.fullmatch(text)
    parts = [(clock[1], "h"), (clock[2], "min")] if clock else _parts(text)
    sizes = [_UNITS[unit] for _, unit in parts]
    minutes = sum(int(count) * size for (count, _), size in zip(parts, sizes, strict=True))
    if not 0 < minutes <= MOST_MINUTES:
        raise ValueError(text)
    return Length(minutes, DAY in sizes)


def _parts(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None or match[2].lower() not in _UNITS:
            raise ValueError(text)
        unit = match[2].lower()
        if not unit and found and _UNITS[found[-1][1]] != HOUR:
            raise ValueError(text)  # "1 h 30" says what the 30 are, "30 min 5" does not
        found.append((match[1], unit))
        at = match.end()
    return found


def short_minutes(minutes: int) -> str:
    """ "30 min", "2 h", "1 h 30 min": as `parse_length` reads it again, the same in both languages."""
    hours, rest = divmod(minutes, HOUR)
    parts = (f"{hours} h" if hours else "", f"{rest} min" if rest else "")
    return " ".join(filter(None, parts)) or "0 min"


def long_minutes(minutes: int, language: str, *, in_days: bool = False) -> str:
    """ "30 minutes", "1 hour 30 minutes"; `in_days`: whole days of 24 hours are said as days."""
    days, hours = (0, minutes // HOUR)
    if in_days and minutes % DAY == 0:
        days, hours = minutes // DAY, 0
    counts = (days, hours, 0 if days else minutes % HOUR)
    words = _LONG["de" if language.startswith("de") else "en"]
    said = " ".join(
        f"{count} {one if count == 1 else many}"
        for count, (one, many) in zip(counts, words, strict=True)
        if count
    )
    return said or f"0 {words[-1][1]}"


def parse_percents(text: str) -> tuple[int, ...]:
    """ "75, 90" as (75, 90); empty: no warnings. Error: ValueError beyond 1 to 99, or for too many."""
    numbers = [part for part in re.split(r"[,;%\s]+", text) if part]
    if any(not number.isascii() or not number.isdigit() for number in numbers):
        raise ValueError(text)
    percents = sorted({int(number) for number in numbers})
    if len(percents) > MOST_WARNINGS or any(not 1 <= one <= MOST_PERCENT for one in percents):
        raise ValueError(text)
    return tuple(percents)


def say_percents(percents: tuple[int, ...]) -> str:
    """(75, 90) as "75, 90"."""
    return ", ".join(map(str, percents))
