"""Units and periods of allowances as people read them, in German and English."""

from datetime import date

from contracts.rules.targets import short_minutes
from lib.reasons import say_day

CASES = "cases"
_CASES = {"de": ("Fall", "Fälle"), "en": ("case", "cases")}
_GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
_ENGLISH = "January February March April May June July August September October November December"
_MONTHS = {key: tuple(names.split()) for key, names in (("de", _GERMAN), ("en", _ENGLISH))}


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
