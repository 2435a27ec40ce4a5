"""The whole text of a data-processing agreement as it is offered, and what stands for it: its SHA-256. Pure.

One text with everything in it: parties, body, measures, sub-processors, what the controller stated. It is
kept as it was offered and signed, so that nothing that changes later changes it. First the German text,
which is authoritative, then the English one, with a form feed between them.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from lib.reasons import say_day

BREAK = "\n\f\n"
_MARKED = re.compile(r"([\\`*_\[\]<>|#&~])")
_PLACE = re.compile(r"\{\{ *([a-z_]+) *\}\}")

PLACES = frozenset({"customer", "firm", "firm_contact"})
"""What a document may leave open for each offer, as {{customer}}."""

_WORDS: dict[str, dict[str, str]] = {
    "de": {
        "title": "Vertrag zur Auftragsverarbeitung",
        "about": "nach Art. 28 Datenschutz-Grundverordnung · {reference} · Fassung {version}",
        "between": "Zwischen",
        "and": "und",
        "controller": "Verantwortlicher",
        "processor": "Auftragsverarbeiter",
        "officer": "Datenschutzbeauftragte Person: {officer}",
        "measures": "Anlage 1: Technische und organisatorische Maßnahmen",
        "directory": "Anlage 2: Unterauftragsverarbeiter",
        "directory_version": "Verzeichnis in der Fassung {number}, in Kraft seit {day}.",
        "nobody": "Bei Abschluss dieses Vertrags sind keine Unterauftragsverarbeiter eingesetzt.",
        "columns": "Name | Leistung | Art der Daten | Ort der Verarbeitung | Garantien (Drittland)",
        "stated": "Anlage 3: Angaben des Verantwortlichen",
        "stated_about": "Aus der gegenseitigen Prüfung vor dem Abschluss:",
    },
    "en": {
        "title": "Data Processing Agreement",
        "about": "under Art. 28 General Data Protection Regulation · {reference} · version {version}",
        "between": "Between",
        "and": "and",
        "controller": "controller",
        "processor": "processor",
        "officer": "Data-protection officer: {officer}",
        "measures": "Annex 1: Technical and organisational measures",
        "directory": "Annex 2: Sub-processors",
        "directory_version": "Directory in version {number}, in effect since {day}.",
        "nobody": "When this agreement is concluded no sub-processors are engaged.",
        "columns": "Name | Service | Types of data | Place of processing | Safeguards (third country)",
        "stated": "Annex 3: Statements of the controller",
        "stated_about": "From the mutual review before the conclusion:",
    },
}


@dataclass(frozen=True, slots=True)
class Party:
    """One side: its name and the lines below it."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A sub-processor as Annex 2 lists it."""

    name: str
    service: str
    data: str
    place: str
    safeguards: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one offer is made of. `texts` and `stated` are by language: (body, measures), (question, answer).

    `directory`: the number of the directory's version and its first day; None where there is none.
    `officer`: our data-protection officer in a line; empty where none is designated.
    """

    reference: str
    version: str
    customer: Party
    firm: Party
    firm_contact: str
    texts: Mapping[str, tuple[str, str]]
    directory: tuple[int, date] | None = None
    entries: Sequence[Entry] = ()
    stated: Mapping[str, Sequence[tuple[str, str]]] | None = None
    officer: str = ""


def party(name: str, address: str) -> Party:
    """One side by its name and address; where the address begins with the full name, that is its name."""
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    if lines and name.casefold() in lines[0].casefold():
        return Party(lines[0], tuple(lines[1:]))
    return Party(name, tuple(lines))


def compose(offer: Offer) -> str:
    """The text of an offer in German and, where it is translated, in English."""
    return BREAK.join(_part(offer, language) for language in ("de", "en") if offer.texts[language][0])


def part_of(text: str, language: str) -> str:
    """The German or the English part; the German one where there is no other."""
    parts = text.split(BREAK)
    return parts[1] if language[:2] == "en" and len(parts) > 1 else parts[0]


def is_translated(text: str) -> bool:
    """Whether there is an English part."""
    return BREAK in text


def digest(text: str) -> str:
    """The SHA-256 of a text in UTF-8, as `sha256sum` says it of the downloaded file."""
    return hashlib.sha256(text.encode()).hexdigest()


def document_text(version: str, texts: Sequence[str]) -> str:
    """The texts of a document in the form its SHA-256 is of: one after the other, with plain line ends."""
    return BREAK.join(normal(text) for text in (version, *texts))


def unknown_places(text: str) -> list[str]:
    """What a text leaves open that no offer fills in."""
    return sorted({name for name in _PLACE.findall(text) if name not in PLACES})


def normal(text: str) -> str:
    """With plain line ends, no form feeds and nothing around it, as it is kept and signed."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "").strip()


def literal(text: str) -> str:
    """Words from outside on one line, with nothing that Markdown would read as markup."""
    return _MARKED.sub(r"\\\1", " ".join(text.split()))


def _part(offer: Offer, language: str) -> str:
    words = _WORDS[language]
    body, measures = (_filled(text, offer) for text in offer.texts[language])
    about = words["about"].format(reference=literal(offer.reference), version=literal(offer.version))
    return "\n\n".join(
        [
            f"# {words['title']}",
            about,
            words["between"],
            _party(offer.customer, words["controller"]),
            words["and"],
            _party(_with_officer(offer, words["officer"]), words["processor"]),
            body,
            f"# {words['measures']}",
            measures,
            f"# {words['directory']}",
            *_directory(offer, language),
            *_stated(offer, language),
        ]
    )


def _party(party: Party, role: str) -> str:
    lines = [f"**{literal(party.name)}**", *(literal(line) for line in party.lines if line.strip())]
    return "\\\n".join([*lines, f"({role})"])


def _with_officer(offer: Offer, said: str) -> Party:
    if not offer.officer:
        return offer.firm
    return replace(offer.firm, lines=(*offer.firm.lines, said.format(officer=offer.officer)))


def _filled(text: str, offer: Offer) -> str:
    values = {"customer": offer.customer.name, "firm": offer.firm.name, "firm_contact": offer.firm_contact}
    return _PLACE.sub(lambda place: literal(values.get(place[1], "")), normal(text))


def _directory(offer: Offer, language: str) -> list[str]:
    words = _WORDS[language]
    if offer.directory is None or not offer.entries:
        return [words["nobody"]]
    number, day = offer.directory
    said = words["directory_version"].format(number=number, day=say_day(day, language))
    rows = [
        f"| {' | '.join(literal(cell) or '–' for cell in cells)} |"
        for cells in ((one.name, one.service, one.data, one.place, one.safeguards) for one in offer.entries)
    ]
    return [said, "\n".join([f"| {words['columns']} |", "|---|---|---|---|---|", *rows])]


def _stated(offer: Offer, language: str) -> list[str]:
    answers = [(asked, said) for asked, said in (offer.stated or {}).get(language, ()) if said.strip()]
    if not answers:
        return []
    words = _WORDS[language]
    listed = "\n".join(f"- **{literal(asked)}** {literal(said)}" for asked, said in answers)
    return [f"# {words['stated']}", words["stated_about"], listed]
