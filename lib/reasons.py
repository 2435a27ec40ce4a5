"""Reasons: what a rule decided, as a code with parameters, and how a wording table says it.

A rule returns `reason("standing.ended", reference="V-12", ended_on=day)`; nobody formats text in a rule.
A wording table maps each code to one template per language:

    {"standing.ended": {"de": "{reference} endete am {ended_on}", "en": "{reference} ended on {ended_on}"}}

Templates know five things beyond `{name}`:

- `{severity:severity}` says a word of the same table: the code `severity.high` for the value `high`;
- `{count:ticket|tickets}` says the first word for 1 and the second for every other number;
- `{ceiling:money}` says "240.00 EUR" (`lib.money.money_param`) as people of the language write it;
- `{until_at:end}` says an end at midnight by the last day before it;
- `[ until {until_on}]` is said only when all its parameters are there and not empty.

Dates are named `*_on` and datetimes `*_at`, so that parameters survive JSON (`reason_from_json`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum
from string import Formatter
from types import MappingProxyType
from typing import Any

from lib.money import say_money_param

Param = str | int | bool | date | datetime | None
Table = Mapping[str, Mapping[str, str]]

_MONEY, _END = "money", "end"
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class WordingError(LookupError):
    """A code, a language or a parameter that the wording table or the reason does not have."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and its parameters; equal, hashable and printable. Made by `reason()`."""

    code: str
    pairs: tuple[tuple[str, Param], ...] = ()

    @property
    def params(self) -> Mapping[str, Param]:
        """The parameters as a read-only mapping."""
        return MappingProxyType(dict(self.pairs))

    def as_json(self) -> dict[str, Any]:
        """`{"code": ..., "params": {...}}` with dates and datetimes as ISO 8601 text."""
        params = {k: v.isoformat() if isinstance(v, date) else v for k, v in self.pairs}
        return {"code": self.code, "params": params}


def reason(code: str, /, **params: Param) -> Reason:
    """Build a Reason; raises ValueError for a date not named `*_on` or a datetime not named `*_at`."""
    return Reason(code, tuple((name, _checked(code, name, params[name])) for name in sorted(params)))


def reason_from_json(code: str, params: Mapping[str, Any]) -> Reason:
    """The Reason whose `as_json()` gave this code and these params."""
    return reason(code, **{name: _revived(name, value) for name, value in params.items()})


def say(
    reason: Reason, language: str, table: Table, *, today: date | None = None, zone: tzinfo | None = None
) -> str:
    """The reason in words. Raises WordingError for anything the table or the reason does not have.

    A datetime is said as HH:MM when its day is `today`, else as date and time. Datetimes are taken
    to be in the reader's zone already unless `zone` is given.
    """
    params = reason.params
    template = _template(table, reason.code, language)
    speaker = _Speaker(table, language, today, zone)

    def kept(match: re.Match[str]) -> str:
        """The inside of an optional part, or nothing when one of its parameters is missing."""
        inside = match.group(1)
        return inside if all(params.get(name) not in (None, "") for name in fields_of(inside)) else ""

    try:
        return speaker.vformat(_OPTIONAL.sub(kept, template), (), params)
    except KeyError as missing:
        raise WordingError(f"Reason {reason.code!r} lacks the parameter {missing} of its wording.") from None


def fields_of(template: str) -> list[str]:
    """The names of all parameters that a template mentions, in order."""
    return [name for _, name, _, _ in Formatter().parse(template) if name]


def required_fields_of(template: str) -> list[str]:
    """The names of the parameters that a template cannot do without."""
    return fields_of(_OPTIONAL.sub("", template))


def terms_of(template: str) -> Iterator[tuple[str, str]]:
    """(parameter, vocabulary) for each `{severity:severity}` of a template."""
    for _, name, spec, _ in Formatter().parse(template):
        if name and spec and spec not in {_MONEY, _END} and "|" not in spec:
            yield name, spec


def say_day(day: date, language: str) -> str:
    """31.03.2027 in German, 31 March 2027 in English."""
    if language[:2] == "de":
        return f"{day.day:02}.{day.month:02}.{day.year}"
    return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"


def say_moment(moment: datetime, language: str, today: date | None = None) -> str:
    """08:12 when the moment lies on `today`, else date and time; `moment` in the reader's zone."""
    clock = f"{moment.hour:02}:{moment.minute:02}"
    return clock if moment.date() == today else f"{say_day(moment.date(), language)}, {clock}"


def say_end(end: datetime, language: str, today: date | None = None) -> str:
    """The last day when `end` (exclusive, the reader's zone) is a midnight, else as `say_moment` says it."""
    if end.time() != time.min:
        return say_moment(end, language, today)
    return say_day(end.date() - timedelta(days=1), language)


def _checked(code: str, name: str, given: Param | Enum) -> Param:
    value: Param = given.value if isinstance(given, Enum) else given
    if isinstance(value, datetime):
        if not name.endswith("_at") or value.utcoffset() is None:
            raise ValueError(f"{code}: a datetime must be aware and named *_at, not {name}={value!r}")
    elif isinstance(value, date) and not name.endswith("_on"):
        raise ValueError(f"{code}: a date must be named *_on, not {name}={value!r}")
    return value


def _revived(name: str, value: Any) -> Any:
    if isinstance(value, str) and value:
        if name.endswith("_at"):
            return datetime.fromisoformat(value)
        if name.endswith("_on"):
            return date.fromisoformat(value)
    return value


def _template(table: Table, code: str, language: str) -> str:
    try:
        wordings = table[code]
    except KeyError:
        raise WordingError(f"The wording table has no entry for the code {code!r}.") from None
    try:
        return wordings[language[:2]]
    except KeyError:
        raise WordingError(f"The code {code!r} is not worded in the language {language!r}.") from None


class _Speaker(Formatter):
    """Formats one value in one language."""

    def __init__(self, table: Table, language: str, today: date | None, zone: tzinfo | None) -> None:
        self.table, self.language, self.today, self.zone = table, language, today, zone

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            raise WordingError("A wording needs a parameter that is None; make that part optional.")
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if value == 1 else many
        if format_spec == _MONEY:
            return say_money_param(str(value), self.language)
        if isinstance(value, datetime):
            local = value.astimezone(self.zone) if self.zone else value
            return (say_end if format_spec == _END else say_moment)(local, self.language, self.today)
        if format_spec:
            return _template(self.table, f"{format_spec}.{value}", self.language)
        return say_day(value, self.language) if isinstance(value, date) else str(value)
