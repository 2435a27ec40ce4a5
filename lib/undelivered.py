"""Why a mail was not delivered, in words. What a mail server said stands for itself."""

from collections.abc import Mapping

PREFIX = "undelivered."
RESTORED = f"{PREFIX}restored"
"""Of mail that waited when a backup was taken: the installation that was restored from it sends it not."""

TABLE: Mapping[str, Mapping[str, str]] = {
    "undelivered.no_address": {
        "de": "Es ist keine E-Mail-Adresse mehr hinterlegt",
        "en": "There is no e-mail address any more",
    },
    "undelivered.bad_address": {
        "de": "Die E-Mail-Adresse ist ungültig",
        "en": "The e-mail address is not valid",
    },
    "undelivered.inactive": {
        "de": "Die Person ist nicht mehr aktiv",
        "en": "The person is not active any more",
    },
    "undelivered.not_theirs": {
        "de": "Die Person darf das Ticket nicht mehr lesen",
        "en": "The person may not read the ticket any more",
    },
    "undelivered.internal": {
        "de": "Die Nachricht ist intern",
        "en": "The message is internal",
    },
    "undelivered.too_late": {
        "de": "Die E-Mail konnte zu lange nicht gesendet werden",
        "en": "The mail could not be sent for too long",
    },
    "undelivered.unreachable": {
        "de": "Der Mailserver ist nicht erreichbar",
        "en": "The mail server cannot be reached",
    },
    "undelivered.cut_off": {
        "de": "Die Verbindung zum Mailserver brach ab",
        "en": "The connection to the mail server broke off",
    },
    "undelivered.backend_failed": {
        "de": "Der Versandweg meldet einen Fehler, er steht im Protokoll des Workers",
        "en": "The way out reports an error, which is in the worker's log",
    },
    "undelivered.interrupted": {
        "de": "Das Senden brach zweimal ab; vielleicht ist die E-Mail angekommen",
        "en": "Sending broke off twice; the mail may have arrived",
    },
    RESTORED: {
        "de": "Die E-Mail wartete, als die Sicherung entstand; vielleicht ist sie seither angekommen",
        "en": "The mail waited when the backup was taken; it may have arrived since",
    },
    "undelivered.cannot_render": {
        "de": "Die E-Mail konnte nicht geschrieben werden",
        "en": "The mail could not be written",
    },
}


def in_words(error: str, language: str) -> str:
    """An `error` of an outgoing mail: a code of the table in words, a server's answer as it is."""
    words = TABLE.get(error)
    return words["de" if language.startswith("de") else "en"] if words else error
