"""How decisions about calls and the states of numbers read, in German and English. One entry per code.

Codes are kept without their family: `Decision.rule` "closed" is worded as "rule.closed", `line_why` as
"why.…", the reason of a pause as "pause.…".
"""

from collections.abc import Mapping

from calls.rules.entry_wording import ENTRIES
from calls.rules.link_wording import TABLE as LINKS
from lib.reasons import Param, reason, say

_RULES = {
    "rule.contract_free": {
        "de": "Service-Rufnummer: durchgestellt zu jemandem, der frei war.",
        "en": "Service number: put through to somebody who was free.",
    },
    "rule.contract_busy": {
        "de": "Service-Rufnummer: Niemand war frei, darum sofort das Besetztzeichen.",
        "en": "Service number: nobody was free, so busy at once.",
    },
    "rule.contract_nobody": {
        "de": "Service-Rufnummer: Niemand war am Telefon, darum sofort das Besetztzeichen.",
        "en": "Service number: nobody was at the phone, so busy at once.",
    },
    "rule.on_call": {
        "de": "Service-Rufnummer außerhalb der Geschäftszeiten: zur Rufbereitschaft durchgestellt.",
        "en": "Service number outside of the service hours: put through to the phone on call.",
    },
    "rule.closed": {
        "de": "Außerhalb der Geschäftszeiten: Ansage und Voicemail.",
        "en": "Outside of the service hours: announcement and voicemail.",
    },
    "rule.public_head": {
        "de": "Vorderster Anruf der Warteschlange: durchgestellt zu jemandem, der frei war.",
        "en": "First in the queue: put through to somebody who was free.",
    },
    "rule.public_known": {
        "de": "Anrufer mit Servicevertrag erkannt: vor der Warteschlange durchgestellt.",
        "en": "Caller known to have a service agreement: put through ahead of the queue.",
    },
    "rule.public_waits": {
        "de": "Als Nächstes an der Reihe: Noch ist niemand frei, oder nur für Service-Rufnummern.",
        "en": "Next in line: nobody is free yet, or for service numbers only.",
    },
    "rule.public_behind": {
        "de": "Wartet[ auf Platz {position}]: Frühere Anrufe sind zuerst an der Reihe.",
        "en": "Waits[ in place {position}]: earlier calls come first.",
    },
    "rule.offer_due": {
        "de": "Lange genug gewartet: Voicemail angeboten.",
        "en": "Waited long enough: voicemail offered.",
    },
    "rule.key_pressed": {
        "de": "Taste gedrückt: Die Nachricht wird aufgenommen.",
        "en": "Key pressed: the message is recorded.",
    },
    "rule.no_key": {"de": "Keine Taste gedrückt: aufgelegt.", "en": "No key pressed: hung up."},
    "rule.recorded": {"de": "Nachricht aufgenommen: aufgelegt.", "en": "Message recorded: hung up."},
    "rule.talked": {"de": "Gespräch zu Ende: aufgelegt.", "en": "Conversation over: hung up."},
    "rule.caller_gave_up": {"de": "Der Anrufer hat aufgelegt.", "en": "The caller hung up."},
    "rule.late": {
        "de": "Verspätete Anfrage: Es bleibt bei der letzten Antwort.",
        "en": "A late question: the last answer stands.",
    },
    "rule.rings_already": {
        "de": "Noch einmal gefragt, während es schon klingelt: dasselbe Telefon.",
        "en": "Asked again while it rings: the same phone.",
    },
    "rule.call_is_over": {"de": "Der Anruf war schon zu Ende.", "en": "The call was over already."},
    "rule.unknown_number": {
        "de": "Keine unserer Nummern: Ansage.",
        "en": "None of our numbers: announcement.",
    },
}
# Codes of steps that are answered without deciding anew (calls/actions/stepping.py).
_ANSWERED_BEFORE = {
    "rule.late": {
        "de": "Kam zu spät: Die jüngere Antwort gilt weiter.",
        "en": "Came too late: the later answer still holds.",
    },
    "rule.rings_already": {
        "de": "Für diesen Anruf klingelt es schon.",
        "en": "A phone rings for this call already.",
    },
}

_WHYS = {
    "why.unknown_number": {
        "de": "Diese Nummer ist hier nicht eingetragen.",
        "en": "This number is not entered here.",
    },
    "why.quarantined": {
        "de": "Wie die öffentliche Nummer behandelt: Die Nummer ruht, bis sie neu vergeben wird.",
        "en": "Treated as the public number: the number rests before somebody else is given it.",
    },
    "why.number_not_valid": {
        "de": "Wie die öffentliche Nummer behandelt: Die Nummer gilt an diesem Tag nicht.",
        "en": "Treated as the public number: the number is not valid on this day.",
    },
    "why.agreement_suspended": {
        "de": "Wie die öffentliche Nummer behandelt: Der Servicevertrag ist ausgesetzt.",
        "en": "Treated as the public number: the service agreement is suspended.",
    },
    "why.agreement_ended": {
        "de": "Wie die öffentliche Nummer behandelt: Der Servicevertrag ist beendet.",
        "en": "Treated as the public number: the service agreement has ended.",
    },
    "why.agreement_not_yet": {
        "de": "Wie die öffentliche Nummer behandelt: Der Servicevertrag hat noch nicht begonnen.",
        "en": "Treated as the public number: the service agreement has not started yet.",
    },
    "why.agreement_none": {
        "de": "Wie die öffentliche Nummer behandelt: Die Nummer gehört zu keinem Servicevertrag.",
        "en": "Treated as the public number: the number belongs to no service agreement.",
    },
    "why.known_caller": {
        "de": "An der Nummer erkannt, ungeprüft. Die Einstellung lässt solche Anrufe vor.",
        "en": "Known by the number, unverified. The setting lets such calls come first.",
    },
}

_PAUSES = {
    "pause.no_answer": {"de": "nicht abgenommen", "en": "did not answer"},
    "pause.unreachable": {"de": "Telefon nicht erreichbar", "en": "phone not reachable"},
    "pause.busy": {"de": "Telefon besetzt", "en": "phone busy"},
    "pause.by_lead": {"de": "von der Teamleitung", "en": "by a lead"},
    "pause.break": {"de": "Pause", "en": "break"},
    "pause.meeting": {"de": "Besprechung", "en": "meeting"},
    "pause.work": {"de": "Arbeit an einem Ticket", "en": "work on a ticket"},
}

_PHONES = {
    "phone.talks": {"de": "spricht", "en": "talks"},
    "phone.rings": {"de": "es klingelt", "en": "rings"},
    "phone.off_duty": {"de": "nicht im Dienst", "en": "off duty"},
    "phone.off": {"de": "nicht am Telefon", "en": "not at the phone"},
    "phone.paused": {"de": "Pause", "en": "paused"},
    "phone.unreachable": {"de": "Telefon nicht erreichbar", "en": "phone not reachable"},
    "phone.notes": {"de": "schreibt Notizen", "en": "writes notes"},
    "phone.held": {"de": "frei, zuerst für Service-Rufnummern", "en": "free, service numbers first"},
    "phone.free": {"de": "frei", "en": "free"},
}

# What an agent was for a decision of the past (calls/rules/replaying.py), and the sentence that says why.
_THEN = {
    "then.chosen": {"de": "{name} war frei und wurde angerufen", "en": "{name} was free and was rung"},
    "then.free": {"de": "{name} war frei", "en": "{name} was free"},
    "then.talked": {"de": "{name} sprach seit {since_at}", "en": "{name} talked since {since_at}"},
    "then.rang": {
        "de": "bei {name} klingelte es seit {since_at}",
        "en": "{name}’s phone rang since {since_at}",
    },
    "then.taken": {
        "de": "das Telefon von {name} war vergeben oder nicht erreichbar",
        "en": "{name}’s phone was taken or not reachable",
    },
    "then.notes": {
        "de": "{name} schrieb Notizen bis {until_at}",
        "en": "{name} wrote notes until {until_at}",
    },
    "then.tried": {"de": "{name} nahm nicht ab", "en": "{name} did not answer"},
    "then.held": {
        "de": "{name} war bis {until_at} nur für Service-Rufnummern frei",
        "en": "{name} was free for service numbers only until {until_at}",
    },
    "then.reserved": {
        "de": "{name} war Service-Rufnummern vorbehalten",
        "en": "{name} was kept for service numbers",
    },
    "verdict.contract_busy": {
        "de": "Besetzt, weil niemand frei war[: {agents}].",
        "en": "Busy because no agent was free[: {agents}].",
    },
    "verdict.contract_nobody": {
        "de": "Besetzt, weil niemand am Telefon war: Alle waren in Pause, abgemeldet oder nicht im Dienst.",
        "en": "Busy because nobody was at the phone: all were paused, signed off or off duty.",
    },
    "verdict.public_waits": {
        "de": "Wartete an erster Stelle, weil niemand für die öffentliche Nummer frei war[: {agents}].",
        "en": "Waited in first place because nobody was free for the public number[: {agents}].",
    },
    "verdict.contract_free": {
        "de": "Durchgestellt[ zu {name}]: Dort war jemand frei.",
        "en": "Put through[ to {name}]: somebody was free there.",
    },
    "verdict.public_head": {
        "de": "Aus der Warteschlange durchgestellt[ zu {name}]: Der Anruf war an der Reihe.",
        "en": "Put through[ to {name}] from the queue: it was this call’s turn.",
    },
    "verdict.public_known": {
        "de": "Vor der Warteschlange durchgestellt[ zu {name}], weil die Nummer erkannt wurde.",
        "en": "Put through[ to {name}] ahead of the queue, because the number was known.",
    },
}

# Why a call ended, beside the codes of the rules: ours, and those of the telephone network (ITU-T Q.850).
_CAUSES = {
    "cause.lost": {
        "de": "Ohne Nachricht vom Ende; die Telefonanlage meldete sich nicht mehr zu diesem Anruf.",
        "en": "Its end was never told; the telephone system said no more about this call.",
    },
    "cause.said_free": {
        "de": "Von der Bearbeiterin oder dem Bearbeiter für beendet erklärt.",
        "en": "Its agent said that it was over.",
    },
    "cause.pbx_restarted": {
        "de": "Die Telefonanlage wurde neu gestartet.",
        "en": "The telephone system was restarted.",
    },
    "cause.16": {"de": "aufgelegt", "en": "hung up"},
    "cause.17": {"de": "besetzt", "en": "busy"},
    "cause.18": {"de": "Telefon antwortet nicht", "en": "phone does not respond"},
    "cause.19": {"de": "nicht abgenommen", "en": "did not answer"},
    "cause.20": {"de": "Telefon nicht angemeldet", "en": "phone not registered"},
    "cause.21": {"de": "abgelehnt", "en": "rejected"},
    "cause.27": {"de": "Ziel gestört", "en": "destination out of order"},
    "cause.34": {"de": "keine Leitung frei", "en": "no line free"},
    "cause.38": {"de": "Netz gestört", "en": "network out of order"},
    "cause.44": {"de": "Kanal nicht verfügbar", "en": "channel not available"},
}

_STEPS = {
    "event.incoming": {"de": "Anruf kommt an", "en": "Call arrives"},
    "event.dial_result": {"de": "Ergebnis des Klingelns", "en": "Result of ringing"},
    "event.wait_tick": {"de": "Fragt wartend nach", "en": "Asks again while waiting"},
    "event.voicemail_offer": {
        "de": "Antwort auf das Angebot der Voicemail",
        "en": "Answer to the voicemail offer",
    },
    "event.voicemail_recorded": {"de": "Nachricht aufgenommen", "en": "Message recorded"},
    "event.answered": {"de": "Gespräch beginnt", "en": "Conversation begins"},
    "event.hangup": {"de": "Aufgelegt", "en": "Hung up"},
    "event.voicemail": {"de": "Voicemail liegt bereit", "en": "Voicemail is ready"},
    "event.outgoing": {"de": "Wir rufen an", "en": "We call"},
    "event.pbx_restarted": {"de": "Telefonanlage neu gestartet", "en": "Telephone system restarted"},
    "action.connect": {"de": "durchstellen", "en": "put through"},
    "action.busy": {"de": "besetzt", "en": "busy"},
    "action.wait": {"de": "warten", "en": "wait"},
    "action.offer_voicemail": {"de": "Voicemail anbieten", "en": "offer voicemail"},
    "action.record": {"de": "aufnehmen", "en": "record"},
    "action.announce": {"de": "Ansage", "en": "announcement"},
    "action.hangup": {"de": "auflegen", "en": "hang up"},
}

_NUMBERS = {
    "number.free": {"de": "frei", "en": "free"},
    "number.reserved": {"de": "vorgemerkt", "en": "reserved"},
    "number.in_service": {"de": "in Betrieb", "en": "in service"},
    "number.dormant": {"de": "zugeteilt, aber außer Kraft", "en": "given, but not in force"},
    "number.resting": {"de": "ruht", "en": "rests"},
    "refused.public": {
        "de": "Die öffentliche Nummer wird keinem Servicevertrag zugeteilt.",
        "en": "The public number is not given to a service agreement.",
    },
    "refused.taken": {
        "de": "Die Nummer ist schon zugeteilt. Geben Sie sie zuerst frei.",
        "en": "The number is given to somebody already. Release it first.",
    },
    "refused.resting": {
        "de": "Die Nummer ruht bis zum {until_on}; so lange bekommt sie nur ihr voriger Kunde zurück.",
        "en": "The number rests until {until_on}; until then only its former customer may have it back.",
    },
    "refused.agreement_over": {
        "de": "Der Servicevertrag ist beendet.",
        "en": "The service agreement has ended.",
    },
    "refused.not_given": {
        "de": "Die Nummer ist niemandem zugeteilt.",
        "en": "The number is given to nobody.",
    },
    "refused.not_resting": {"de": "Die Nummer ruht nicht.", "en": "The number does not rest."},
    "refused.in_use": {
        "de": "Nur eine freie Nummer kann gelöscht werden.",
        "en": "Only a free number can be deleted.",
    },
}

TABLE: Mapping[str, Mapping[str, str]] = {
    **_RULES, **_ANSWERED_BEFORE, **_WHYS, **_PAUSES, **_PHONES, **_THEN, **_CAUSES, **_STEPS, **_NUMBERS,
    **ENTRIES, **LINKS,
}  # fmt: skip
ALL_CODES = frozenset(TABLE)


def words(family: str, code: str, language: str, **params: Param) -> str:
    """A kept code in words: `words("rule", step.rule, "de")`. What is no code stays as it is.

    Agents write reasons of their own beside our codes, and what was kept outlives a code.
    """
    key = f"{family}.{code}"
    return say(reason(key, **params), language, TABLE) if key in TABLE else code


def cause_words(cause: str, language: str) -> str:
    """Why a call ended, in words: by a rule, by us, or as the network says; else as it was told."""
    family = "rule" if f"rule.{cause}" in TABLE else "cause"
    return words(family, cause, language)
