"""Every text that a page shows is in the German catalogue, and what is missing or wrong there is noticed."""

import re
from collections.abc import Mapping

import polib
import pytest

from helpdesk.msgids import Message, UnreadableText, all_messages, messages_in
from helpdesk.translations import LANGUAGES, METADATA, catalogue_path, merge, problems_of

PYTHON = """
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy, ngettext, npgettext, pgettext_lazy

_("Simple") + gettext_lazy("Put "
    "together") + pgettext_lazy("verb", "Open") + translation.gettext("By its module")
ngettext("%(n)s ticket", "%(n)s tickets", 3)
npgettext("door", "%(n)s lock", "%(n)s locks", 3)
_(marked_elsewhere)
unrelated("Not a text")
"""

TEMPLATE = """{% load i18n %}{# {% translate "In a comment" %} #}Bare text {{ value|default:_("By default") }}
{% translate "Tag" %} {% translate 'Open' context "verb" %} {% translate "As a variable" as label %}
{% include "x.html" with label=_("Handed on") %}
{% blocktranslate with name=user.name %}Hello {{ name }}, 100%{% endblocktranslate %}
{% blocktranslate trimmed count n=3 %}
  One ticket (of {{ n }})
{% plural %}
  {{ n }} tickets
{% endblocktranslate %}"""


def test_the_texts_of_python_are_found() -> None:
    assert set(messages_in(PYTHON, "x.py")) == {
        Message("Simple"),
        Message("Put together"),
        Message("Open", context="verb"),
        Message("By its module"),
        Message("%(n)s ticket", plural="%(n)s tickets"),
        Message("%(n)s lock", context="door", plural="%(n)s locks"),
    }


@pytest.mark.parametrize("text", ['f"{n} tickets"', '"Tick" + "et"', '""', '"%s" % n'])
def test_a_text_that_no_catalogue_can_hold_is_refused(text: str) -> None:
    with pytest.raises(UnreadableText):
        list(messages_in(f"from django.utils.translation import gettext as _\n_({text})", "x.py"))


def test_the_texts_of_templates_are_found() -> None:
    assert set(messages_in(TEMPLATE, "x.html")) == {
        Message("By default"),
        Message("Tag"),
        Message("Open", context="verb"),
        Message("As a variable"),
        Message("Handed on"),
        Message("Hello %(name)s, 100%%"),
        Message("One ticket (of %(n)s)", plural="%(n)s tickets"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated(language: str) -> None:
    messages = all_messages()
    assert len(messages) > 300, "the scan finds too little: it no longer knows how texts are marked"
    assert list(problems_of(polib.pofile(str(catalogue_path(language))), messages)) == []


OUT_OF_TONE = re.compile(r"(?<!-)\b(du|dich|dir|deine?[mnrs]?|Email|Mail|Login|Queue|Agent(en)?|Kontakt)\b")
"""German pages say "Sie" and the words of the glossary."""


def test_german_keeps_its_tone() -> None:
    catalogue = polib.pofile(str(catalogue_path("de")))
    said = [text for entry in catalogue for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert [text for text in said if OUT_OF_TONE.search(text)] == []
    assert OUT_OF_TONE.search("Bitte wähle deinen Agent")


MESSAGES: Mapping[Message, list[str]] = {
    Message("Send"): ["a.html"],
    Message("Hello %(name)s"): ["a.html"],
    Message("%(n)s ticket", plural="%(n)s tickets"): ["a.html", "b.py"],
}
Translations = Mapping[str, str | dict[int, str]]
SOUND: Translations = {
    "Send": "Senden",
    "Hello %(name)s": "Guten Tag, %(name)s",
    "%(n)s ticket": {0: "Ein Ticket", 1: "%(n)s Tickets"},
}


def a_catalogue(translations: Translations) -> polib.POFile:
    """A catalogue of the messages above."""
    catalogue = polib.POFile()
    catalogue.metadata = METADATA
    for message in MESSAGES:
        said = translations[message.singular]
        plural = isinstance(said, dict)
        entry = polib.POEntry(msgid=message.singular, msgid_plural=message.plural if plural else "")
        entry.msgstr, entry.msgstr_plural = ("", said) if isinstance(said, dict) else (said, {})
        catalogue.append(entry)
    return catalogue


def entry_of(catalogue: polib.POFile, msgid: str) -> polib.POEntry:
    """The entry of a text."""
    entry = catalogue.find(msgid)
    assert entry is not None
    return entry


def test_a_sound_catalogue_has_no_problems() -> None:
    assert list(problems_of(a_catalogue(SOUND), MESSAGES)) == []


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"Send": ""}, "not translated: 'Send'"),
        ({"%(n)s ticket": {0: "Ein Ticket", 1: ""}}, "not translated: '%(n)s ticket'"),
        ({"%(n)s ticket": {0: "Ein Ticket"}}, "not translated: '%(n)s ticket'"),
        ({"%(n)s ticket": {0: "Ein Ticket", 1: "Tickets"}}, "other placeholders: 'Tickets'"),
        ({"Hello %(name)s": "Guten Tag"}, "other placeholders: 'Guten Tag'"),
        ({"Hello %(name)s": "Guten Tag, %(nmae)s"}, "other placeholders: 'Guten Tag, %(nmae)s'"),
        ({"Send": "Senden {n}"}, "other placeholders: 'Senden {n}'"),
        ({"Send": "Senden "}, "other spaces at its ends: 'Senden '"),
        ({"%(n)s ticket": "Ein Ticket"}, "not in the catalogue: '%(n)s ticket' in a.html"),
    ],
)
def test_a_wrong_translation_is_noticed(wrong: Translations, problem: str) -> None:
    found = list(problems_of(a_catalogue({**SOUND, **wrong}), MESSAGES))
    assert len(found) == 1
    assert found[0].startswith(problem)


def test_missing_idle_fuzzy_and_obsolete_entries_are_noticed() -> None:
    catalogue = a_catalogue(SOUND)
    catalogue.remove(entry_of(catalogue, "Send"))
    entry_of(catalogue, "Hello %(name)s").flags.append("fuzzy")
    catalogue.append(polib.POEntry(msgid="Idle", msgstr="Müßig"))
    catalogue.append(polib.POEntry(msgid="Gone", msgstr="Weg", obsolete=True))

    assert list(problems_of(catalogue, MESSAGES)) == [
        "obsolete: 'Gone'",
        "used nowhere: 'Idle' (run update)",
        "fuzzy: 'Hello %(name)s'",
        "not in the catalogue: 'Send' in a.html (run update)",
    ]


def test_an_update_keeps_what_was_translated_and_drops_what_nobody_uses() -> None:
    old = a_catalogue(SOUND)
    old.append(polib.POEntry(msgid="Idle", msgstr="Müßig"))

    merged = merge(old, {**MESSAGES, Message("New"): ["c.html"]}, "de")

    assert [entry.msgid for entry in merged] == ["%(n)s ticket", "Hello %(name)s", "New", "Send"]
    assert entry_of(merged, "Send").msgstr == "Senden"
    assert entry_of(merged, "%(n)s ticket").msgstr_plural == SOUND["%(n)s ticket"]
    assert entry_of(merged, "New").msgstr == ""
    assert [file for file, _ in entry_of(merged, "%(n)s ticket").occurrences] == ["a.html", "b.py"]
