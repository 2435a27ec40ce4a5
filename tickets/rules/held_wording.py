"""How held files read, in German and English: what gave them away, and what stands where a text was cut."""

from collections.abc import Iterable

WHAT: dict[str, dict[str, str]] = {
    "held.name": {"de": "heißt wie eine Logdatei", "en": "is named like a log file"},
    "held.event_log": {"de": "ist ein Ereignisprotokoll", "en": "is an event log"},
    "held.capture": {"de": "ist ein Mitschnitt von Netzwerkverkehr", "en": "is a capture of network traffic"},
    "held.memory_dump": {"de": "ist ein Speicherabbild", "en": "is a memory dump"},
    "held.database_dump": {"de": "ist ein Abzug einer Datenbank", "en": "is a dump of a database"},
    "held.journal": {"de": "ist ein Systemprotokoll", "en": "is a system journal"},
    "held.log_lines": {"de": "hat Zeilen wie eine Logdatei", "en": "has lines like a log file"},
    "held.trace": {"de": "enthält eine lange Fehlerspur", "en": "holds a long error trace"},
    "held.archive": {"de": "ist ein Archiv mit solchem Inhalt", "en": "is an archive of such files"},
}
_FILE = {"de": "eingefügter Text", "en": "pasted text"}


def what_words(codes: Iterable[str], language: str) -> list[str]:
    """What gave a file away, one phrase for each code."""
    return [WHAT[f"held.{code}"][language[:2]] for code in codes]


def cut_sentence(lines: int, language: str) -> str:
    """What stands in a message in place of `lines` lines that are held."""
    if language[:2] == "de":
        how_many = "stand eine Zeile" if lines == 1 else f"standen {lines} Zeilen"
        what = "eingefügter Text, der wie eine Logdatei aussieht"
        return f"[Hier {how_many} {what}. Wir halten ihn ungelesen zurück.]"
    how_many = "was one line" if lines == 1 else f"were {lines} lines"
    return f"[Here {how_many} of pasted text that looks like a log file. We are holding it back unread.]"


def pasted_name(number: int, language: str) -> str:
    """The file name of a pasted text."""
    return f"{_FILE[language[:2]]} {number}.txt"
