"""How ranks, refusals and history lines read, in German and English. One entry per code.

History lines do not name who acted: the page shows the actor beside them.
"""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any, Literal

from lib import undelivered
from lib.reasons import Reason, reason, reason_from_json, say
from tickets.rules.clock_wording import TARGETS
from tickets.rules.event_wording import EVENTS, WORKS
from tickets.rules.ranking import AheadCounts, severity_name

Audience = Literal["agent", "customer"]

_TERMS: dict[str, dict[str, str]] = {
    "severity.critical": {"de": "kritisch", "en": "critical"},
    "severity.high": {"de": "hoch", "en": "high"},
    "severity.normal": {"de": "normal", "en": "normal"},
    "severity.low": {"de": "niedrig", "en": "low"},
    "status.open": {"de": "offen", "en": "open"},
    "status.waiting_customer": {"de": "wartet auf Kunde", "en": "waiting for the customer"},
    "status.waiting_third_party": {"de": "wartet auf Dritte", "en": "waiting for a third party"},
    "status.scheduled": {"de": "eingeplant", "en": "scheduled"},
    "status.solved": {"de": "gelöst", "en": "solved"},
    "status.closed": {"de": "geschlossen", "en": "closed"},
    "verb.wait_customer": {"de": "Auf Kunde warten", "en": "Wait for customer"},
    "verb.wait_third_party": {"de": "Auf Dritte warten", "en": "Wait for third party"},
    "verb.schedule": {"de": "Einplanen", "en": "Schedule"},
    "verb.resume": {"de": "Fortsetzen", "en": "Resume"},
    "verb.solve": {"de": "Lösen", "en": "Solve"},
    "verb.close": {"de": "Schließen", "en": "Close"},
    "verb.reopen": {"de": "Wieder öffnen", "en": "Reopen"},
    "verb.customer_replied": {"de": "Antwort des Kunden", "en": "Customer's reply"},
    "verb.scheduled_due": {"de": "Termin erreicht", "en": "Scheduled time reached"},
    "verb.auto_close": {"de": "Automatisch schließen", "en": "Close automatically"},
    "actor.agent": {"de": "Mitarbeiter", "en": "agents"},
    "actor.customer": {"de": "Kunden", "en": "customers"},
    "actor.system": {"de": "das System", "en": "the system"},
    "channel.portal": {"de": "Portal", "en": "portal"},
    "channel.mail": {"de": "E-Mail", "en": "e-mail"},
    "channel.phone": {"de": "Telefon", "en": "phone"},
    "channel.desk": {"de": "Servicedesk", "en": "desk"},
    "channel.api": {"de": "API", "en": "API"},
    "channel.monitoring": {"de": "Überwachung", "en": "monitoring"},
    "mail.receipt": {"de": "Eingangsbestätigung", "en": "Receipt"},
    "mail.reply": {"de": "Antwort", "en": "Reply"},
    "mail.status": {"de": "Statusmeldung", "en": "Change of status"},
    "mail.taken": {"de": "Nachricht, wer daran arbeitet", "en": "Who works on it"},
    "mail.severity": {"de": "Geänderter Schweregrad", "en": "Change of severity"},
    "mail.approval": {"de": "Bitte um Freigabe", "en": "Request for approval"},
    "answered.portal": {"de": "im Portal", "en": "in the portal"},
    "answered.link": {"de": "über den Link in der E-Mail", "en": "by the link in the e-mail"},
    "answered.recorded": {"de": "von uns eingetragen", "en": "recorded by us"},
    "consented.written": {"de": "schriftlich", "en": "in writing"},
    "consented.mail": {"de": "per E-Mail", "en": "by e-mail"},
    "consented.portal": {"de": "im Portal", "en": "in the portal"},
    "consented.phone": {"de": "am Telefon", "en": "by phone"},
    "verdict.good": {"de": "gut", "en": "good"},
    "verdict.fair": {"de": "könnte besser sein", "en": "could be better"},
    "verdict.bad": {"de": "schlecht", "en": "bad"},
    "unanswered.busy": {"de": "besetzt", "en": "busy"},
    "unanswered.missed": {"de": "nicht zustande gekommen", "en": "not answered"},
    "returned.off_duty": {"de": "nicht mehr im Dienst", "en": "no longer on duty"},
    "returned.deactivated": {"de": "Zugang deaktiviert", "en": "account deactivated"},
    "returned.silent": {"de": "zu lange nicht bearbeitet", "en": "not touched for too long"},
    "returned.declined": {"de": "abgelehnt", "en": "declined"},
    "returned.released": {"de": "zurückgegeben", "en": "given back"},
}

_AHEAD: dict[str, dict[str, str]] = {
    "ahead.pinned": {"de": "wurde vorgezogen", "en": "was pinned"},
    "ahead.earlier_pin": {"de": "wurde früher vorgezogen", "en": "was pinned earlier"},
    "ahead.contract": {"de": "hat einen Servicevertrag", "en": "has a service agreement"},
    "ahead.better_level": {"de": "hat eine höhere Servicestufe", "en": "has a higher service level"},
    "ahead.more_severe": {
        "de": "hat den höheren Schweregrad: {severity:severity} statt {than:severity}",
        "en": "is more severe: {severity:severity} instead of {than:severity}",
    },
    "ahead.earlier": {
        "de": "ging früher ein: {arrived_at} statt {than_at}",
        "en": "arrived earlier: {arrived_at} instead of {than_at}",
    },
    "ahead.lower_number": {
        "de": "ging gleichzeitig ein und hat die niedrigere Nummer",
        "en": "arrived at the same moment and has the lower number",
    },
}

# One rank sentence is put together from a head, the counts that are not zero, or "nobody".
_RANK: dict[str, dict[str, str]] = {
    "rank.agent.place": {
        "de": "Platz {place}: {standing}, Schweregrad {severity:severity}, seit {since_at}[, {pin}]; {ahead}",
        "en": "{place}: {standing}, severity {severity:severity}, since {since_at}[, {pin}]; {ahead}",
    },
    "rank.agent.contract": {"de": "Vertrag {level}", "en": "contract {level}"},
    "rank.agent.no_contract": {"de": "ohne Vertrag", "en": "without contract"},
    "rank.agent.pin": {"de": "vorgezogen", "en": "pinned"},
    "rank.agent.ahead": {"de": "davor: {ahead}", "en": "ahead: {ahead}"},
    "rank.agent.nobody": {"de": "niemand davor", "en": "nobody ahead"},
    "rank.agent.pinned": {"de": "{count} vorgezogen", "en": "{count} pinned"},
    "rank.agent.earlier_pinned": {"de": "{count} früher vorgezogen", "en": "{count} pinned earlier"},
    "rank.agent.better_level": {
        "de": "{count} mit höherer Servicestufe",
        "en": "{count} with a higher service level",
    },
    "rank.agent.better_contract": {"de": "{count} mit Vertrag", "en": "{count} with a contract"},
    "rank.agent.more_severe": {"de": "{count} mit höherem Schweregrad", "en": "{count} more severe"},
    "rank.agent.earlier": {"de": "{count} früher eingegangen", "en": "{count} earlier"},
    "rank.customer.place": {
        "de": "{standing}, Schweregrad {severity:severity}, seit {since_at}[, {pin}]. {ahead}.",
        "en": "{standing}, severity {severity:severity}, since {since_at}[, {pin}]. {ahead}.",
    },
    "rank.customer.contract": {"de": "Ihr Vertrag {level}", "en": "Your contract {level}"},
    "rank.customer.no_contract": {"de": "Ohne Servicevertrag", "en": "Without a service agreement"},
    "rank.customer.pin": {"de": "von uns vorgezogen", "en": "moved forward by us"},
    "rank.customer.ahead": {"de": "Vor Ihnen: {ahead}", "en": "Ahead of you: {ahead}"},
    "rank.customer.nobody": {"de": "Vor Ihnen ist niemand", "en": "Nobody is ahead of you"},
    "rank.customer.pinned": {
        "de": "{count} {count:vorgezogenes Ticket|vorgezogene Tickets}",
        "en": "{count} {count:ticket|tickets} moved forward",
    },
    "rank.customer.earlier_pinned": {
        "de": "{count} früher {count:vorgezogenes Ticket|vorgezogene Tickets}",
        "en": "{count} {count:ticket|tickets} moved forward earlier",
    },
    "rank.customer.better_level": {
        "de": "{count} {count:Ticket|Tickets} mit höherer Servicestufe",
        "en": "{count} {count:ticket|tickets} with a higher service level",
    },
    "rank.customer.better_contract": {
        "de": "{count} {count:Ticket|Tickets} mit Servicevertrag",
        "en": "{count} {count:ticket|tickets} with a service agreement",
    },
    "rank.customer.more_severe": {
        "de": "{count} {count:Ticket|Tickets} mit höherem Schweregrad",
        "en": "{count} more severe {count:ticket|tickets}",
    },
    "rank.customer.earlier": {
        "de": "{count} früher {count:eingegangenes Ticket|eingegangene Tickets}",
        "en": "{count} earlier {count:ticket|tickets}",
    },
}

_REFUSALS: dict[str, dict[str, str]] = {
    "lifecycle.not_from": {
        "de": "„{verb:verb}“ geht nicht: Das Ticket ist im Status „{status:status}“.",
        "en": "“{verb:verb}” is not possible: the ticket is in the state “{status:status}”.",
    },
    "lifecycle.not_by": {
        "de": "„{verb:verb}“ ist für {actor:actor} nicht vorgesehen.",
        "en": "“{verb:verb}” is not for {actor:actor}.",
    },
    "lifecycle.no_way": {
        "de": "Von „{status:status}“ führt kein Weg nach „{target:status}“.",
        "en": "There is no way from “{status:status}” to “{target:status}”.",
    },
    "lifecycle.schedule_needs_future": {
        "de": "Zum Einplanen braucht es einen Zeitpunkt in der Zukunft.",
        "en": "Scheduling needs a moment in the future.",
    },
    "lifecycle.reopen_too_late": {
        "de": "Das Ticket ist seit mehr als {days} {days:Tag|Tagen} geschlossen. "
        "Bitte eröffnen Sie ein neues.",
        "en": "The ticket has been closed for more than {days} {days:day|days}. Please open a new one.",
    },
    "lifecycle.rate_too_late": {
        "de": "Das Ticket ist seit mehr als {days} {days:Tag|Tagen} geschlossen. "
        "Bewerten lässt es sich nicht mehr.",
        "en": "The ticket has been closed for more than {days} {days:day|days}. It can no longer be rated.",
    },
    "lifecycle.rate_not_yet": {
        "de": "Bewerten lässt sich ein Ticket erst, wenn es gelöst oder geschlossen ist.",
        "en": "A ticket can be rated once it is solved or closed.",
    },
}

TABLE: Mapping[str, Mapping[str, str]] = {
    **_TERMS, **TARGETS, **_AHEAD, **_RANK, **_REFUSALS, **EVENTS, **WORKS, **undelivered.TABLE,
}  # fmt: skip
ALL_CODES = frozenset(TABLE)
EVENT_KINDS = tuple(code.removeprefix("event.") for code in EVENTS)
"""What `TicketEvent.kind` may hold; each verb of the lifecycle has its "status.<verb>"."""


def sentence(
    reason: Reason,
    language: str,
    *,
    audience: Audience = "agent",
    today: date | None = None,
    zone: tzinfo | None = None,
) -> str:
    """Any reason of this room in words; `rank.place` (from `ranking.explain`) for the given audience."""
    if reason.code != "rank.place":
        return say(reason, language, TABLE, today=today, zone=zone)
    return _place(reason.params, language, audience, today, zone)


def rank_sentence(
    language: str,
    audience: Audience,
    *,
    position: int,
    level_name: str | None,
    severity: int,
    since: datetime,
    today: date | None,
    counts: AheadCounts,
    pinned: bool = False,
) -> str:
    """Why a ticket stands where it stands, in one sentence; `since` in the reader's zone.

    "4th: contract Gold, severity high, since 08:12; ahead: 2 more severe, 1 earlier" for agents,
    "Your contract Gold, severity high, since 08:12. Ahead of you: 1 earlier ticket." for customers.
    """
    place = {
        "position": position,
        "level": level_name,
        "severity": severity_name(severity),
        "since_at": since,
        "is_pinned": pinned,
        "pinned": counts.pinned,
        "better_band": counts.better_band,
        "more_severe": counts.more_severe,
        "earlier": counts.earlier,
    }
    return _place(place, language, audience, today, None)


def event_sentence(
    kind: str,
    params: Mapping[str, Any],
    language: str,
    *,
    today: date | None = None,
    zone: tzinfo | None = None,
) -> str:
    """A history line in words; `params` as stored (JSON)."""
    return say(reason_from_json(f"event.{kind}", params), language, TABLE, today=today, zone=zone)


def level_event(old: str | None, new: str | None, why: str = "") -> tuple[str, dict[str, Any]]:
    """Kind and params of the history line for a change of service level; None stands for no contract."""
    if old is None:
        return "level_gained", {"new": new, "why": why}
    if new is None:
        return "level_lost", {"old": old, "why": why}
    return "level_changed", {"old": old, "new": new, "why": why}


def _place(
    place: Mapping[str, Any], language: str, audience: Audience, today: date | None, zone: tzinfo | None
) -> str:
    def part(code: str, **params: Any) -> str:
        return say(reason(f"rank.{audience}.{code}", **params), language, TABLE, today=today, zone=zone)

    level = place["level"]
    counted = {
        "earlier_pinned" if place["is_pinned"] else "pinned": place["pinned"],
        "better_level" if level else "better_contract": place["better_band"],
        "more_severe": place["more_severe"],
        "earlier": place["earlier"],
    }
    ahead = ", ".join(part(code, count=count) for code, count in counted.items() if count)
    return part(
        "place",
        place=_ordinal(place["position"], language),
        standing=part("contract", level=level) if level else part("no_contract"),
        severity=place["severity"],
        since_at=place["since_at"],
        pin=part("pin") if place["is_pinned"] else None,
        ahead=part("ahead", ahead=ahead) if ahead else part("nobody"),
    )


def _ordinal(number: int, language: str) -> str:
    """4 in German (Platz 4), 4th in English."""
    if language[:2] != "en":
        return str(number)
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
