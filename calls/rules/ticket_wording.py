"""What the tickets say that calls become, in German and English: their customers read it."""

from collections.abc import Mapping
from datetime import datetime

from lib.reasons import reason, say

TABLE: Mapping[str, Mapping[str, str]] = {
    "subject.callback": {"de": "Rückruf: {who}", "en": "Call back: {who}"},
    "subject.voicemail": {"de": "Voicemail: {who}", "en": "Voicemail: {who}"},
    "who.withheld": {"de": "Nummer unterdrückt", "en": "number withheld"},
    "who.nobody": {"de": "Unbekannte Anrufer", "en": "Unknown callers"},
    "call.busy": {
        "de": "Anruf[ unter {dialled}] am {called_at}. Es war niemand frei, darum kam das Besetztzeichen.",
        "en": "Call[ to {dialled}] on {called_at}. Nobody was free, so the line was busy.",
    },
    "call.missed": {
        "de": "Anruf[ unter {dialled}] am {called_at}. Das Gespräch kam nicht zustande.",
        "en": "Call[ to {dialled}] on {called_at}. It was not answered.",
    },
    "call.silent": {
        "de": "Anruf[ unter {dialled}] am {called_at}. Auf die Voicemail wurde nichts gesprochen.",
        "en": "Call[ to {dialled}] on {called_at}. Nothing was said to the voicemail.",
    },
    "call.voicemail": {
        "de": "Nachricht auf der Voicemail[ unter {dialled}] vom {called_at}, {length} Minuten.",
        "en": "Message on the voicemail[ of {dialled}] from {called_at}, {length} minutes.",
    },
    "call.voicemail_elsewhere": {
        "de": "Nachricht auf der Voicemail[ unter {dialled}] vom {called_at}. "
        "Die Aufnahme liegt beim Telefonanbieter oder kommt von ihm per E-Mail.",
        "en": "Message on the voicemail[ of {dialled}] from {called_at}. "
        "The recording is kept by the telephone provider, or comes from them by mail.",
    },
    "call.voicemail_lost": {
        "de": "Nachricht auf der Voicemail[ unter {dialled}] vom {called_at}. "
        "Die Aufnahme fehlt: Sie ließ sich nicht von der Telefonanlage holen.",
        "en": "Message on the voicemail[ of {dialled}] from {called_at}. "
        "The recording is missing: it could not be fetched from the telephone system.",
    },
    "caller.number": {
        "de": "Rückrufnummer: {caller} (ungeprüft, Rufnummern lassen sich fälschen)",
        "en": "Call back: {caller} (caller ID unverified: numbers can be forged)",
    },
    "caller.withheld": {
        "de": "Die Nummer des Anrufs wurde nicht übermittelt.",
        "en": "The caller’s number was not sent.",
    },
    "file.voicemail": {"de": "Voicemail {stamp}.wav", "en": "Voicemail {stamp}.wav"},
}


def words(code: str, language: str, /, **params: str | datetime) -> str:
    """One sentence. Moments (`*_at`) are taken to be in the firm's zone, and said with their day."""
    return say(reason(code, **params), language, TABLE)


def length(seconds: float) -> str:
    """Minutes and seconds: "2:05"."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"
