"""How the steps to a deadline read in German and English, for agents and customers alike."""

from collections.abc import Mapping
from datetime import date, tzinfo

from lib.reasons import Reason, say

_LENGTH_DE = "[{hours} {hours:Stunde|Stunden} ][{minutes} {minutes:Minute|Minuten} ]"
_LENGTH_EN = "[{hours} {hours:hour|hours} ][{minutes} {minutes:minute|minutes} ]"

TARGETS: dict[str, dict[str, str]] = {
    "target.response": {"de": "erste Antwort", "en": "first response"},
    "target.next_answer": {"de": "nächste Antwort", "en": "next answer"},
    "target.resolution": {"de": "Lösung", "en": "resolution"},
}
_TERMS: dict[str, dict[str, str]] = {
    **TARGETS,
    "severity.critical": {"de": "kritisch", "en": "critical"},
    "severity.high": {"de": "hoch", "en": "high"},
    "severity.normal": {"de": "normal", "en": "normal"},
    "severity.low": {"de": "niedrig", "en": "low"},
    "pause.waiting_customer": {"de": "warten auf den Kunden", "en": "waiting for the customer"},
    "pause.waiting_third_party": {"de": "warten auf Dritte", "en": "waiting for a third party"},
    "pause.scheduled": {"de": "eingeplant", "en": "scheduled"},
    "pause.solved": {"de": "gelöst", "en": "solved"},
    "pause.no_agreement": {"de": "kein Servicevertrag in Kraft", "en": "no service agreement in force"},
    "clock_state.running": {"de": "läuft", "en": "running"},
    "clock_state.paused": {"de": "pausiert", "en": "paused"},
    "clock_state.met": {"de": "erfüllt", "en": "met"},
    "clock_state.missed": {"de": "verfehlt", "en": "missed"},
}

_STEPS: dict[str, dict[str, str]] = {
    "clock.promised": {
        "de": "Servicestufe {level}, Schweregrad {severity:severity}: {target:target} innerhalb von "
        + _LENGTH_DE
        + "Geschäftszeit[ („{calendar}“)]",
        "en": "Service level {level}, severity {severity:severity}: {target:target} within "
        + _LENGTH_EN
        + "of service time[ (“{calendar}”)]",
    },
    "clock.promised_real_time": {
        "de": "Servicestufe {level}, Schweregrad {severity:severity}: {target:target} innerhalb von "
        + _LENGTH_DE
        + "rund um die Uhr",
        "en": "Service level {level}, severity {severity:severity}: {target:target} within "
        + _LENGTH_EN
        + "around the clock",
    },
    "clock.since": {"de": "gezählt ab dem Eingang: {since_at}", "en": "counted from the arrival: {since_at}"},
    "clock.since_message": {
        "de": "gezählt ab der ältesten Nachricht ohne Antwort: {since_at}",
        "en": "counted from the oldest unanswered message: {since_at}",
    },
    "clock.grace": {
        "de": "außerhalb der Geschäftszeit eingegangen: " + _LENGTH_DE + "Karenz dazu",
        "en": "arrived outside the service hours: " + _LENGTH_EN + "of grace added",
    },
    "clock.paused": {
        "de": "pausiert von {since_at} bis {until_at} ({cause:pause}), nicht gezählt: " + _LENGTH_DE,
        "en": "paused from {since_at} to {until_at} ({cause:pause}), not counted: " + _LENGTH_EN,
    },
    "clock.pausing": {
        "de": "pausiert seit {since_at} ({cause:pause})",
        "en": "paused since {since_at} ({cause:pause})",
    },
    "clock.severity_changed": {
        "de": "{since_at}: Schweregrad geändert[ von {old:severity}][ auf {new:severity}]",
        "en": "{since_at}: severity changed[ from {old:severity}][ to {new:severity}]",
    },
    "clock.level_changed": {
        "de": "{since_at}: Servicestufe geändert[ von {old}][ auf {new}]",
        "en": "{since_at}: service level changed[ from {old}][ to {new}]",
    },
    "clock.target_changed": {
        "de": "{since_at}: Ziel der Servicestufe geändert[ von {old}][ auf {new}]",
        "en": "{since_at}: target of the service level changed[ from {old}][ to {new}]",
    },
    "clock.hours_changed": {
        "de": "{since_at}: Geschäftszeiten geändert, neu berechnet",
        "en": "{since_at}: service hours changed, worked out anew",
    },
    "clock.due": {"de": "fällig: {due_at}", "en": "due: {due_at}"},
    "clock.left": {
        "de": "solange das dauert, ist nichts fällig; es bleiben " + _LENGTH_DE,
        "en": "nothing is due meanwhile; left: " + _LENGTH_EN,
    },
    "clock.missed": {"de": "verfehlt, war fällig: {due_at}", "en": "missed, was due: {due_at}"},
    "clock.met": {"de": "erledigt: {stopped_at}", "en": "done: {stopped_at}"},
    "clock.withdrawn": {
        "de": "nicht mehr zugesagt: kein Servicevertrag in Kraft",
        "en": "no longer promised: no service agreement in force",
    },
}

TABLE: Mapping[str, Mapping[str, str]] = {**_TERMS, **_STEPS}
ALL_CODES = frozenset(TABLE)


def step_sentence(
    reason: Reason, language: str, *, today: date | None = None, zone: tzinfo | None = None
) -> str:
    """One step to a deadline in words, beginning with a capital."""
    said = " ".join(say(reason, language, TABLE, today=today, zone=zone).split())
    return said[:1].upper() + said[1:]


def steps_in_words(
    reasons: tuple[Reason, ...], language: str, *, today: date | None = None, zone: tzinfo | None = None
) -> list[str]:
    """All steps to a deadline in words, in order."""
    return [step_sentence(one, language, today=today, zone=zone) for one in reasons]
