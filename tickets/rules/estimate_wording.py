"""How an estimate reads, in German and English: when, how it was made, and why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lib.reasons import Param, Reason, reason, say
from tickets.rules.estimating import LEAST_SERVED
from tickets.rules.wording import TABLE as TICKETS

_WEEKDAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

_ESTIMATES: dict[str, dict[str, str]] = {
    **{f"weekday.{day}": {language: names[day] for language, names in _WEEKDAYS.items()} for day in range(7)},
    "estimate.day.today": {"de": "heute", "en": "today"},
    "estimate.day.tomorrow": {"de": "morgen", "en": "tomorrow"},
    "estimate.day.later": {"de": "am {weekday:weekday}, {date},", "en": "on {weekday:weekday}, {date},"},
    "estimate.bare.today": {"de": "heute", "en": "today"},
    "estimate.bare.tomorrow": {"de": "morgen", "en": "tomorrow"},
    "estimate.bare.later": {"de": "{weekday:weekday}, {date}", "en": "{weekday:weekday} {date}"},
    "estimate.by": {
        "de": "Voraussichtlich übernimmt es jemand bis {until_day}, {until} Uhr.",
        "en": "Somebody will probably take it by {until} {until_day}.",
    },
    "estimate.within_day": {
        "de": "Voraussichtlich übernimmt es jemand {day} zwischen {since} und {until} Uhr.",
        "en": "Somebody will probably take it {day} between {since} and {until}.",
    },
    "estimate.across_days": {
        "de": "Voraussichtlich übernimmt es jemand zwischen {since_day}, {since} Uhr, und {until_day}, "
        "{until} Uhr.",
        "en": "Somebody will probably take it between {since} {since_day} and {until} {until_day}.",
    },
    "estimate.short.by": {"de": "bis {until_day}, {until} Uhr", "en": "by {until} {until_day}"},
    "estimate.short.within_day": {
        "de": "{until_day}, {since} bis {until} Uhr",
        "en": "{until_day}, {since} to {until}",
    },
    "estimate.short.across_days": {
        "de": "{since_day}, {since} Uhr, bis {until_day}, {until} Uhr",
        "en": "{since} {since_day} to {until} {until_day}",
    },
    "estimate.basis": {
        "de": "Geschätzt aus den Wartezeiten von {served} Tickets {standing} mit Schweregrad "
        "{severity:severity} in den letzten acht Wochen, an ähnlichem Platz. Gezählt sind nur "
        "Geschäftszeiten. {inside} Das ist kein Versprechen.",
        "en": "Estimated from how long {served} tickets {standing} and severity {severity:severity} waited "
        "in the last eight weeks, at a similar place. Only service hours count. {inside} It is no promise.",
    },
    "estimate.with_level": {"de": "mit Servicestufe {level}", "en": "with service level {level}"},
    "estimate.without_level": {"de": "ohne Servicevertrag", "en": "without a service agreement"},
    "estimate.inside_measured": {
        "de": "Bisher trafen {percent} von 100 solchen Schätzungen zu.",
        "en": "So far {percent} of 100 such estimates came true.",
    },
    "estimate.inside_aimed": {
        "de": "Etwa acht von zehn Tickets kommen in dieser Zeit an die Reihe.",
        "en": "About eight in ten tickets are taken within that time.",
    },
    "estimate.too_few": {
        "de": "Noch ohne Schätzung der Wartezeit: Dafür brauchen wir {least} Tickets {standing} mit "
        "Schweregrad {severity:severity}, die in den letzten acht Wochen jemand übernommen hat. "
        "Es sind {served}.",
        "en": "No estimate of the waiting time yet: for that we need {least} tickets {standing} and severity "
        "{severity:severity} that somebody took in the last eight weeks. There are {served}.",
    },
}

TABLE: Mapping[str, Mapping[str, str]] = {
    **_ESTIMATES,
    **{code: words for code, words in TICKETS.items() if code.startswith("severity.")},
}
ALL_CODES = frozenset(TABLE)


@dataclass(frozen=True, slots=True)
class Said:
    """An estimate as a sentence, in a few words, and how it was made."""

    sentence: str
    short: str
    basis: str


def say_estimate(
    language: str,
    *,
    since: datetime,
    until: datetime,
    today: date,
    is_at_once: bool,
    served: int,
    level: str | None,
    severity: str,
    percent_inside: int | None,
) -> Said:
    """The words for a range on the clock; moments and `today` in the zone of whoever reads."""
    form, params = _when(language, since, until, today, is_at_once=is_at_once)
    inside = (
        reason("estimate.inside_aimed")
        if percent_inside is None
        else reason("estimate.inside_measured", percent=percent_inside)
    )
    basis = reason(
        "estimate.basis",
        served=served,
        standing=_standing(language, level),
        severity=severity,
        inside=_say(inside, language),
    )
    short = _say(reason(f"estimate.short.{form}", **params), language)
    return Said(
        sentence=_say(reason(f"estimate.{form}", **params), language),
        short=short[0].upper() + short[1:],
        basis=_say(basis, language),
    )


def say_too_few(language: str, *, served: int, level: str | None, severity: str) -> str:
    """Why there is no estimate."""
    standing = _standing(language, level)
    return _say(
        reason("estimate.too_few", served=served, least=LEAST_SERVED, standing=standing, severity=severity),
        language,
    )


def _when(
    language: str, since: datetime, until: datetime, today: date, *, is_at_once: bool
) -> tuple[str, dict[str, Param]]:
    """Which of the three forms says it, with its parameters."""
    params: dict[str, Param] = {
        "until": _clock(until),
        "until_day": _day(until.date(), today, language, "bare"),
    }
    if is_at_once:
        return "by", params
    if since.date() == until.date():
        day = _day(since.date(), today, language, "day")
        return "within_day", {**params, "day": day, "since": _clock(since)}
    since_day = _day(since.date(), today, language, "bare")
    return "across_days", {**params, "since": _clock(since), "since_day": since_day}


def _day(day: date, today: date, language: str, form: str) -> str:
    if day == today:
        return _say(reason(f"estimate.{form}.today"), language)
    if day == today + timedelta(days=1):
        return _say(reason(f"estimate.{form}.tomorrow"), language)
    written = f"{day.day:02}.{day.month:02}." if language[:2] == "de" else f"{day:%d %b}".lstrip("0")
    return _say(reason(f"estimate.{form}.later", weekday=day.weekday(), date=written), language)


def _standing(language: str, level: str | None) -> str:
    said = reason("estimate.without_level") if level is None else reason("estimate.with_level", level=level)
    return _say(said, language)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def _say(said: Reason, language: str) -> str:
    return say(said, language, TABLE)
