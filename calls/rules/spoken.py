"""What callers hear where the telephone system can speak a text itself. Pure: a code in, a sentence out."""

from collections.abc import Mapping

_SENTENCES: Mapping[str, Mapping[str, str]] = {
    "unknown_number": {
        "de": "Unter dieser Nummer ist niemand erreichbar. Bitte prüfen Sie die gewählte Nummer.",
        "en": "Nobody can be reached at this number. Please check the number you dialled.",
    },
    "closed": {
        "de": "Sie rufen außerhalb unserer Geschäftszeiten an.",
        "en": "You are calling outside our service hours.",
    },
    "offer": {
        "de": "Drücken Sie die Eins, um eine Nachricht zu hinterlassen, oder bleiben Sie in der Leitung.",
        "en": "Press one to leave a message, or stay on the line.",
    },
    "offer_closed": {
        "de": "Drücken Sie die Eins, um eine Nachricht zu hinterlassen.",
        "en": "Press one to leave a message.",
    },
    "record": {
        "de": "Bitte sprechen Sie nach dem Signalton.",
        "en": "Please speak after the tone.",
    },
    "first": {
        "de": "Sie sind als Nächstes an der Reihe.",
        "en": "You are next in line.",
    },
    "position": {
        "de": "Sie sind an Position {position} der Warteschlange.",
        "en": "You are number {position} in the queue.",
    },
    "busy": {
        "de": "Zurzeit sind alle Leitungen besetzt.",
        "en": "All lines are busy at the moment.",
    },
}
_VOICES = {"de": "de-DE", "en": "en-GB"}


def sentence(code: str, language: str, *, position: int = 0) -> str:
    """The sentence of a code, in German for "de…" and in English for all else. Error: KeyError."""
    return _SENTENCES[code][_short(language)].format(position=position)


def is_known(code: str) -> bool:
    """Whether there is a sentence for the code."""
    return code in _SENTENCES


def codes() -> tuple[str, ...]:
    """All codes, in their order: also the names under which recordings are given."""
    return tuple(_SENTENCES)


def voice(language: str) -> str:
    """The language tag for a voice that reads the sentence out."""
    return _VOICES[_short(language)]


def _short(language: str) -> str:
    return "de" if language.lower().startswith("de") else "en"
