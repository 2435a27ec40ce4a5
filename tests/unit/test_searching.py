"""What is typed becomes a question that PostgreSQL understands, whatever it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.rules.searching import (
    MOST_WORDS,
    Width,
    highlighted,
    question_of,
    recordable,
    synonym_table,
    to_tsquery,
    words_to_learn,
)


@pytest.mark.parametrize(
    ("typed", "width", "asked"),
    [
        ("Drucker druckt", Width.EXACT, "'drucker' & 'druckt':*"),
        ("Drucker druckt", Width.BEGINNINGS, "'drucker':* & 'druckt':*"),
        ("Drucker druckt", Width.ANY, "'drucker':* | 'druckt':*"),
        ("a", Width.EXACT, "'a'"),
        ("don't & drop | (tables):*", Width.EXACT, "'don' & 't' & 'drop' & 'tables':*"),
        ("VPN vpn", Width.EXACT, "'vpn':*"),
        (" ,.;", Width.EXACT, ""),
    ],
)
def test_words_become_a_question(typed: str, width: Width, asked: str) -> None:
    assert to_tsquery(question_of(typed), {}, width) == asked


def test_synonyms_widen_their_word_and_only_it() -> None:
    table = synonym_table(["Printer, Plotter, multi function device", "vpn"])

    assert to_tsquery(question_of("my printer"), table) == (
        "'my' & ('printer':* | ('plotter') | ('multi' <-> 'function' <-> 'device'))"
    )
    assert to_tsquery(question_of("plotter offline"), table).startswith("('plotter' | ('printer')")
    assert to_tsquery(question_of("function"), table) == "'function':*"


@given(st.text(max_size=400))
def test_no_text_smuggles_an_operator_in(typed: str) -> None:
    question = question_of(typed)

    assert len(question.words) <= MOST_WORDS
    assert all(word.isalnum() for word in question.words)


def test_reports_keep_no_addresses_and_numbers() -> None:
    assert recordable("  Mail von Eva@Kunde.example an 0891234567 ") == "mail von … an …"
    assert recordable("a\0b") == "a b"
    assert len(recordable("x" * 1000)) == 100


def test_words_to_learn_are_words() -> None:
    assert words_to_learn("Der VPN-Zugang", "Zugang 4711 x2y abcd") == ["abcd", "zugang"]


def test_what_was_looked_for_is_marked_where_it_stands() -> None:
    text = "Netzlaufwerk: so verbinden Sie es."

    pieces = highlighted(text, question_of("netzlaufwerke verbunden (.*"))

    assert [piece for piece, is_hit in pieces if is_hit] == ["Netzlaufwerk"]
    assert "".join(piece for piece, _ in pieces) == text
    assert highlighted(text, question_of("")) == [(text, False)]
