"""How a data-processing agreement reads, in German and English: history, review, why a step is refused."""

from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Any

from lib.reasons import Reason, reason_from_json, say

_WORDS: dict[str, dict[str, str]] = {
    "dpa_party.customer": {"de": "der Kunde", "en": "the customer"},
    "dpa_party.firm": {"de": "wir", "en": "us"},
    "dpa_side.customer": {"de": "Seite des Kunden", "en": "the customer’s side"},
    "dpa_side.firm": {"de": "unsere Seite", "en": "our side"},
    "dpa_method.click": {"de": "elektronisch", "en": "electronically"},
    "dpa_method.upload": {"de": "auf Papier oder als PDF", "en": "on paper or as a PDF"},
    "dpa_source.agreement": {"de": "ein Servicevertrag hat begonnen", "en": "a service agreement started"},
    "dpa_source.portal": {"de": "Wunsch im Portal", "en": "asked for in the portal"},
    "dpa_source.agent": {"de": "von uns eröffnet", "en": "opened by us"},
    "dpa_cause.": {"de": "beendet", "en": "ended"},
    "dpa_cause.terminated": {"de": "gekündigt", "en": "terminated"},
    "dpa_cause.superseded": {"de": "durch eine neue Fassung abgelöst", "en": "superseded by a new version"},
    "dpa_cause.refused": {"de": "abgelehnt", "en": "refused"},
    "dpa_cause.withdrawn": {"de": "vom Kunden zurückgezogen", "en": "withdrawn by the customer"},
    "dpa_cause.lapsed": {"de": "ohne Servicevertrag ausgelaufen", "en": "lapsed without a service agreement"},
    "dpa_done.returned": {"de": "zurückgegeben am", "en": "returned on"},
    "dpa_done.deleted": {"de": "gelöscht am", "en": "deleted on"},
    "dpa_done.kept": {"de": "aufbewahrt:", "en": "kept:"},
    "dpa_data.none": {"de": "noch keine Wahl", "en": "nothing chosen yet"},
    "dpa_data.return": {"de": "Rückgabe, dann Löschung der Kopien", "en": "return, then deletion of copies"},
    "dpa_data.delete": {"de": "Löschung", "en": "deletion"},
    "dpa_data.both": {"de": "Rückgabe und bestätigte Löschung", "en": "return and confirmed deletion"},
}
_STATES: dict[str, dict[str, str]] = {
    "dpa_state.requested": {"de": "angefragt", "en": "requested"},
    "dpa_state.under_review": {"de": "in Prüfung", "en": "under review"},
    "dpa_state.offered": {"de": "angeboten", "en": "offered"},
    "dpa_state.in_force": {"de": "in Kraft", "en": "in force"},
    "dpa_state.ended": {"de": "beendet", "en": "ended"},
}
_EVENTS: dict[str, dict[str, str]] = {
    "dpa_event.requested": {"de": "Angefragt: {source:dpa_source}", "en": "Requested: {source:dpa_source}"},
    "dpa_event.review_begun": {"de": "Prüfung begonnen", "en": "Review begun"},
    "dpa_event.review_begun_without": {
        "de": "Prüfung begonnen, ohne dass ein Servicevertrag läuft",
        "en": "Review begun although no service agreement runs",
    },
    "dpa_event.item_settled": {
        "de": "Frage geklärt ({party:dpa_side}): {question:dpa_short}",
        "en": "Question settled ({party:dpa_side}): {question:dpa_short}",
    },
    "dpa_event.item_reopened": {
        "de": "Frage wieder offen ({party:dpa_side}): {question:dpa_short}",
        "en": "Question open again ({party:dpa_side}): {question:dpa_short}",
    },
    "dpa_event.item_noted": {
        "de": "Notiz zur Frage ({party:dpa_side}): {question:dpa_short}",
        "en": "Note on the question ({party:dpa_side}): {question:dpa_short}",
    },
    "dpa_event.offered": {
        "de": "Fassung {version} angeboten[, Unterauftragsverarbeiter nach Fassung {directory}]",
        "en": "Version {version} offered[, with version {directory} of the directory of sub-processors]",
    },
    "dpa_event.signed": {
        "de": "Unterschrieben ({party:dpa_side}), {method:dpa_method}",
        "en": "Signed ({party:dpa_side}), {method:dpa_method}",
    },
    "dpa_event.in_force": {"de": "In Kraft getreten", "en": "Came into force"},
    "dpa_event.termination_set": {
        "de": "Gekündigt, letzter Tag {last_day_on}",
        "en": "Terminated, last day {last_day_on}",
    },
    "dpa_event.termination_taken_back": {"de": "Kündigung zurückgenommen", "en": "Termination taken back"},
    "dpa_event.ended": {"de": "Beendet: {cause:dpa_cause}", "en": "Ended: {cause:dpa_cause}"},
    "dpa_event.review_due": {
        "de": "Kein Servicevertrag mehr: Prüfung fällig, ohne Entscheidung letzter Tag {holds_until_on}",
        "en": "No service agreement any more: due for review, last day without a decision {holds_until_on}",
    },
    "dpa_event.review_decided": {
        "de": "Entschieden: gilt weiter[ bis {holds_until_on}]",
        "en": "Decided: it goes on[ until {holds_until_on}]",
    },
    "dpa_event.review_moot": {
        "de": "Wieder läuft ein Servicevertrag: Prüfung erledigt",
        "en": "A service agreement runs again: nothing to decide",
    },
    "dpa_event.reminded": {
        "de": "An die Entscheidung erinnert, {days} {days:Tag|Tage} vor dem Ende",
        "en": "Reminded of the decision, {days} {days:day|days} before the end",
    },
    "dpa_event.data_chosen": {
        "de": "Wahl des Kunden für seine Daten: {choice:dpa_data}[ bis {wish_on}]",
        "en": "The customer’s choice for its data: {choice:dpa_data}[ by {wish_on}]",
    },
    "dpa_event.data_noted": {
        "de": "Noch nicht alle Daten[, zurückgegeben am {returned_on}][, gelöscht am {deleted_on}]",
        "en": "Not all data yet[, returned on {returned_on}][, deleted on {deleted_on}]",
    },
    "dpa_event.data_settled": {
        "de": "Daten: erledigt[, zurückgegeben am {returned_on}][, gelöscht am {deleted_on}]",
        "en": "Data: settled[, returned on {returned_on}][, deleted on {deleted_on}]",
    },
}
_SHORT: dict[str, dict[str, str]] = {
    "dpa_short.controller": {"de": "Verantwortlicher", "en": "controller"},
    "dpa_short.purposes": {"de": "Gegenstand und Zwecke", "en": "subject and purposes"},
    "dpa_short.data_subjects": {"de": "Daten und Betroffene", "en": "data and data subjects"},
    "dpa_short.special_categories": {"de": "besondere Kategorien", "en": "special categories"},
    "dpa_short.contact_person": {"de": "Ansprechpartner", "en": "contact person"},
    "dpa_short.relationship": {"de": "Geschäftsbeziehung", "en": "business relationship"},
    "dpa_short.measures": {"de": "technische Maßnahmen", "en": "technical measures"},
    "dpa_short.subprocessors": {"de": "Unterauftragsverarbeiter", "en": "sub-processors"},
    "dpa_short.deletion": {"de": "Löschung und Rückgabe", "en": "deletion and return"},
}
_QUESTIONS: dict[str, dict[str, str]] = {
    "dpa_question.customer.controller": {
        "de": "Wer ist verantwortlich? Firma, Anschrift und Vertretung",
        "en": "Who is the controller? Company, address and who represents it",
    },
    "dpa_question.customer.purposes": {
        "de": "Worum geht es? Gegenstand, Dauer und Zwecke der Verarbeitung",
        "en": "What is it about? Subject, duration and purposes of the processing",
    },
    "dpa_question.customer.data_subjects": {
        "de": "Welche Daten, und von wem? Arten der Daten und Gruppen betroffener Personen",
        "en": "Which data, and whose? Types of data and categories of data subjects",
    },
    "dpa_question.customer.special_categories": {
        "de": "Sind besondere Kategorien dabei (Art. 9 DSGVO), etwa Gesundheitsdaten?",
        "en": "Are special categories among them (Art. 9 GDPR), such as data on health?",
    },
    "dpa_question.customer.contact_person": {
        "de": "Wer gibt Weisungen, und wer ist für den Datenschutz ansprechbar?",
        "en": "Who gives instructions, and who is the contact for data protection?",
    },
    "dpa_question.firm.relationship": {
        "de": "Trägt eine dauerhafte Geschäftsbeziehung den Vertrag?",
        "en": "Does a lasting business relationship carry the agreement?",
    },
    "dpa_question.firm.measures": {
        "de": "Passen die technischen und organisatorischen Maßnahmen zu diesen Daten?",
        "en": "Do the technical and organisational measures fit these data?",
    },
    "dpa_question.firm.subprocessors": {
        "de": "Ist das Verzeichnis der Unterauftragsverarbeiter vollständig und aktuell?",
        "en": "Is the directory of sub-processors complete and up to date?",
    },
    "dpa_question.firm.deletion": {
        "de": "Ist geklärt, wie Daten nach dem Ende gelöscht oder zurückgegeben werden?",
        "en": "Is it settled how data are deleted or returned after the end?",
    },
    "dpa_question.firm.contact_person": {
        "de": "Wer nimmt Weisungen entgegen und meldet Verletzungen?",
        "en": "Who takes instructions and reports breaches?",
    },
}
_STEPS: dict[str, dict[str, str]] = {
    "dpa_step.begin_review": {"de": "die Prüfung beginnen", "en": "begin the review"},
    "dpa_step.settle": {"de": "eine Frage der Prüfung klären", "en": "settle a question of the review"},
    "dpa_step.offer": {"de": "anbieten", "en": "offer it"},
    "dpa_step.sign": {"de": "unterschreiben", "en": "sign it"},
    "dpa_step.come_into_force": {"de": "in Kraft treten", "en": "come into force"},
    "dpa_step.refuse": {"de": "ablehnen", "en": "refuse it"},
    "dpa_step.withdraw": {"de": "zurückziehen", "en": "withdraw it"},
    "dpa_step.terminate": {"de": "kündigen", "en": "terminate it"},
    "dpa_step.take_back": {"de": "die Kündigung zurücknehmen", "en": "take its termination back"},
    "dpa_step.decide_review": {"de": "über die Prüfung entscheiden", "en": "decide about the review"},
    "dpa_step.supersede": {"de": "ablösen", "en": "supersede it"},
    "dpa_step.end": {"de": "beenden", "en": "end it"},
    "dpa_actor.firm": {"de": "unserer Seite", "en": "our side"},
    "dpa_actor.customer": {"de": "der Seite des Kunden", "en": "the customer’s side"},
    "dpa_actor.system": {"de": "der Uhr", "en": "the clock"},
}
_NOT: dict[str, dict[str, str]] = {
    "dpa_not.by": {
        "de": "Von {actor:dpa_actor} aus geht das nicht: {verb:dpa_step}.",
        "en": "This is not for {actor:dpa_actor}: to {verb:dpa_step}.",
    },
    "dpa_not.from": {
        "de": "Der AV-Vertrag ist {state:dpa_state}: {verb:dpa_step} geht nicht (mehr).",
        "en": "The DPA is {state:dpa_state}: one cannot {verb:dpa_step} (any more).",
    },
    "dpa_not.yours": {
        "de": "Dazu sind Sie nicht berechtigt.",
        "en": "You are not entitled to do this.",
    },
    "dpa_not.review_open": {
        "de": "{count} {count:Frage|Fragen} der Prüfung {count:ist|sind} noch offen.",
        "en": "{count} {count:question|questions} of the review {count:is|are} still open.",
    },
    "dpa_not.unpublished": {
        "de": "Die Fassung {version} ist noch nicht veröffentlicht.",
        "en": "Version {version} is not published yet.",
    },
    "dpa_not.signed_already": {
        "de": "Jemand hat schon unterschrieben: Eine andere Fassung braucht eine neue Anfrage.",
        "en": "Somebody has signed already: another version needs a new request.",
    },
    "dpa_not.changed": {
        "de": "Angeboten ist inzwischen ein anderer Text. Bitte lesen Sie ihn noch einmal.",
        "en": "Another text is offered by now. Please read it once more.",
    },
    "dpa_not.nameless": {
        "de": "Zu einer Unterschrift gehören Name und Funktion.",
        "en": "A signature has a name and a role.",
    },
    "dpa_not.no_pdf": {
        "de": "Die unterschriebene Fassung fehlt oder ist kein PDF.",
        "en": "The signed document is missing or is no PDF.",
    },
    "dpa_not.day_past": {
        "de": "Der {last_day_on} ist vorbei.",
        "en": "{last_day_on} is over.",
    },
    "dpa_not.day_ahead": {
        "de": "Der {day_on} kommt erst noch.",
        "en": "{day_on} is still to come.",
    },
    "dpa_not.not_over": {
        "de": "Der AV-Vertrag ist nicht zu Ende: Über die Daten wird danach entschieden.",
        "en": "The DPA is not over: what becomes of the data is decided afterwards.",
    },
    "dpa_not.choice_missing": {
        "de": "Bitte wählen Sie: Rückgabe oder Löschung.",
        "en": "Please choose: return or deletion.",
    },
    "dpa_not.chooser_missing": {
        "de": "Wer beim Kunden hat das gewählt?",
        "en": "Who at the customer has chosen this?",
    },
    "dpa_not.data_settled": {
        "de": "Die Daten sind schon zurückgegeben oder gelöscht.",
        "en": "The data are returned or deleted already.",
    },
    "dpa_not.nothing_done": {
        "de": "Bitte vermerken Sie, was getan wurde oder was aufbewahrt werden muss.",
        "en": "Please note what was done, or what has to be kept.",
    },
    "dpa_not.reason_missing": {"de": "Der Grund fehlt.", "en": "The reason is missing."},
    "dpa_not.not_terminated": {
        "de": "Es gibt keine Kündigung, die noch zurückgenommen werden kann.",
        "en": "There is no termination that could still be taken back.",
    },
    "dpa_not.nothing_due": {
        "de": "Es ist nichts zu entscheiden: Eine Prüfung ist nicht fällig.",
        "en": "There is nothing to decide: no review is due.",
    },
}

TABLE: Mapping[str, Mapping[str, str]] = {
    **_WORDS,
    **_STATES,
    **_EVENTS,
    **_SHORT,
    **_QUESTIONS,
    **_STEPS,
    **_NOT,
}
EVENT_CODES = frozenset(_EVENTS)


def question(party: str, code: str, language: str) -> str:
    """A question of the review in words."""
    return _QUESTIONS[f"dpa_question.{party}.{code}"][language[:2]]


def word(kind: str, value: str, language: str) -> str:
    """A word of the table, such as `word("dpa_state", "offered", "de")`."""
    return TABLE[f"{kind}.{value}"][language[:2]]


def say_event(
    code: str,
    params: Mapping[str, Any],
    language: str,
    *,
    today: date | None = None,
    zone: tzinfo | None = None,
) -> str:
    """A step of the history in words."""
    if code == "dpa_event.review_begun" and params.get("without_agreement"):
        code = "dpa_event.review_begun_without"
    return say(reason_from_json(code, params), language, TABLE, today=today, zone=zone)


def say_refusal(why: Reason, language: str) -> str:
    """Why a step is refused, in words."""
    return say(why, language, TABLE)
