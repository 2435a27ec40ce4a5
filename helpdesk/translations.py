"""The message catalogues, kept without gettext's own tools.

    python -m helpdesk.translations update|check|compile

English is the source: a text stands in the code and is its own key. `update` brings new texts into each
catalogue and drops those that no code uses any more; then somebody translates; `check` says what is missing.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polib

from helpdesk import assets
from helpdesk.msgids import Message, all_messages

LANGUAGES = ("de",)
METADATA = {
    "Project-Id-Version": "Vorrang",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
FORMS = (0, 1)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")

Messages = Mapping[Message, list[str]]


def main(arguments: list[str]) -> None:
    """Run one of the commands."""
    commands: dict[str, Callable[[], None]] = {
        "update": update,
        "check": check,
        "compile": assets.compile_catalogues,
    }
    if len(arguments) != 1 or arguments[0] not in commands:
        raise SystemExit(f"Usage: python -m helpdesk.translations {'|'.join(commands)}")
    commands[arguments[0]]()


def update() -> None:
    """Bring every catalogue up to what the code uses, and compile it."""
    messages = all_messages()
    for language in LANGUAGES:
        path = catalogue_path(language)
        old = polib.pofile(str(path)) if path.exists() else polib.POFile()
        path.parent.mkdir(parents=True, exist_ok=True)
        merged = merge(old, messages, language)
        merged.save(str(path))
        print(f"{language}: {len(merged)} texts, {len(merged.untranslated_entries())} to translate")
    assets.compile_catalogues()


def check() -> None:
    """Error: exit with a list of what is missing or wrong."""
    messages = all_messages()
    problems = [
        f"{language}: {problem}"
        for language in LANGUAGES
        for problem in problems_of(polib.pofile(str(catalogue_path(language))), messages)
    ]
    if problems:
        raise SystemExit("\n".join([*problems, f"{len(problems)} problems in the message catalogues."]))


def catalogue_path(language: str) -> Path:
    """Where a language's catalogue stands."""
    return assets.ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def merge(old: polib.POFile, messages: Messages, language: str) -> polib.POFile:
    """The catalogue of these messages, with what the old one had translated, sorted by text."""
    merged = polib.POFile(wrapwidth=0)  # one line a text: a changed word is a changed line
    merged.header = "Kept by `python -m helpdesk.translations update`; the translations are written here."
    merged.metadata = {**METADATA, "Language": language}
    known = {_key(entry): entry for entry in old if not entry.obsolete}
    for message, files in sorted(messages.items()):
        merged.append(_entry(message, files, known.get((message.singular, message.context))))
    return merged


def problems_of(catalogue: polib.POFile, messages: Messages) -> Iterator[str]:
    """What stands between this catalogue and a page that is wholly translated."""
    wanted = {(message.singular, message.context): message for message in messages}
    entries = {_key(entry): entry for entry in catalogue if not entry.obsolete}
    for entry in catalogue.obsolete_entries():
        yield f"obsolete: {entry.msgid!r}"
    for key in sorted(entries.keys() - wanted.keys()):
        yield f"used nowhere: {key[0]!r} (run update)"
    for key, message in sorted(wanted.items()):
        if key not in entries or entries[key].msgid_plural != message.plural:
            yield f"not in the catalogue: {message.singular!r} in {messages[message][0]} (run update)"
        else:
            yield from _problems_of_entry(entries[key])


def _key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgid, entry.msgctxt or ""


def _entry(message: Message, files: list[str], old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.singular,
        msgctxt=message.context or None,
        occurrences=[(file, "") for file in files],
        flags=["python-format"] if "%(" in message.singular + message.plural else [],
    )
    said = _texts(old) if old else [""]
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = {form: said[form] if form < len(said) else "" for form in FORMS}
    else:
        entry.msgstr = said[0]
    if old and old.fuzzy:
        entry.flags.append("fuzzy")
    return entry


def _texts(entry: polib.POEntry) -> list[str]:
    """What an entry is translated to: one text, or one for each plural form."""
    if not entry.msgid_plural:
        return [entry.msgstr]
    return [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)]


def _problems_of_entry(entry: polib.POEntry) -> Iterator[str]:
    texts = _texts(entry)
    if not all(texts) or (entry.msgid_plural and len(texts) != len(FORMS)):
        yield f"not translated: {entry.msgid!r}"
        return
    if entry.fuzzy:
        yield f"fuzzy: {entry.msgid!r}"
    sources = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
    for source, text in zip(sources, texts, strict=True):
        if not _says_the_same(source, text, may_omit_the_number=source != sources[-1]):
            yield f"other placeholders: {text!r} for {source!r}"
        if _edges(source) != _edges(text):
            yield f"other spaces at its ends: {text!r} for {source!r}"


def _says_the_same(source: str, text: str, *, may_omit_the_number: bool) -> bool:
    """Whether both have the same placeholders; a singular may leave some out ("one ticket")."""
    given, used = (Counter(_PLACEHOLDER.findall(each)) for each in (source, text))
    return used <= given if may_omit_the_number else used == given


def _edges(text: str) -> tuple[str, str]:
    """The white space in front and behind."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


if __name__ == "__main__":
    main(sys.argv[1:])
