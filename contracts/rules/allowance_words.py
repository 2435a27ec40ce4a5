"""Units and periods of allowances as people read them, in German and English."""

from datetime import date

from contracts.rules.targets import short_minutes
from lib.reasons import say_day

CASES = "cases"
_CASES = {"de": ("Fall", "Fälle"), "en": ("case", "cases")}
_GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
_ENGLISH = "January February March April May June July August September October November December"
_MONTHS = {key: tuple(names.split()) for key, names in (("de", _GERMAN), ("en", _ENGLISH))}


_BEYOND = {
    "refuse": {
        "de": "Bis zum nächsten Kontingent arbeiten wir daraus nicht weiter; Ihre Tickets behalten "
        "ihren Platz.",
        "en": "We do no more work from it until there is a new allowance; your tickets keep their place.",
    },
    "ask": {
        "de": "Bevor wir etwas tun, das zusätzlich kostet, fragen wir Sie. Ohne Ihre Freigabe wird nichts "
        "berechnet.",
        "en": "Before we do work that costs extra, we ask you. Without your approval nothing is billed.",
    },
    "bill": {
        "de": "Weitere Arbeit wird nach Preisliste berechnet.",
        "en": "Further work is billed by the price list.",
    },
}


def say_beyond(overrun: str, language: str) -> str:
    """What happens with work beyond an allowance, said to the customer."""
    return _BEYOND[overrun][_key(language)]


def say_period_short(kind: str, starts_on: date, language: str) -> str:
    """ "Nov", "Q4", "2026"; of a term the month in which it began."""
    if kind == "quarter":
        return f"Q{(starts_on.month + 2) // 3}"
    return str(starts_on.year) if kind == "year" else _MONTHS[_key(language)][starts_on.month - 1][:3]


def say_units(unit: str, units: int, language: str) -> str:
    """ "2 h 30 min" or "3 cases"; what is below zero keeps its sign."""
    if unit == CASES:
        return f"{units} {_CASES[_key(language)][abs(units) != 1]}"
    sign = "-" if units < 0 else ""
    return f"{sign}{short_minutes(abs(units))}"


def say_period(kind: str, starts_on: date, ends_on: date | None, language: str) -> str:
    """ "November 2026", "4th quarter of 2026", "2026", or from and until."""
    key = _key(language)
    if kind == "month":
        return f"{_MONTHS[key][starts_on.month - 1]} {starts_on.year}"
    if kind == "quarter":
        quarter = (starts_on.month + 2) // 3
        return f"{quarter}. Quartal {starts_on.year}" if key == "de" else f"Q{quarter} {starts_on.year}"
    if kind == "year":
        return str(starts_on.year)
    first = say_day(starts_on, key)
    if ends_on is None:
        return f"seit {first}" if key == "de" else f"since {first}"
    return f"{first} – {say_day(ends_on, key)}"


def _key(language: str) -> str:
    return "de" if language.startswith("de") else "en"
