"""How a person is recognised in a text, and what is left alone."""

import pytest

from privacy.rules.marks import Finder, Marks, is_telling, without_title

MARKS = Marks(
    names=frozenset({"Jürgen Müller-Lüdenscheidt"}),
    own_names=frozenset({"juergen77"}),
    addresses=frozenset({"j.mueller@x.example"}),
    phones=frozenset({"+4971112345678"}),
)
EVERYWHERE = [
    ("Hallo JÜRGEN  Müller-lüdenscheidt!", "Hallo [x]!"),
    ("Ju\u0308rgen Mu\u0308ller-Lu\u0308denscheidt", "[x]"),
    ("Müller-Lüdenscheidt, Jürgen", "[x]"),
    ("Frau Müller-Lüdenscheidt, Jürgen Müller-Lüdenscheidt kam", "Frau Müller-Lüdenscheidt, [x] kam"),
    ("Jürgen Müller-Lüdenscheidts Drucker", "[x] Drucker"),
    ("Jürgen Müller-Lüdenscheidter", None),
    ("an J.Mueller@X.example.", "an [x]."),
    ("aj.mueller@x.example, j.mueller@x.example-firma.example", None),
    ("0711 / 123 456-78", "[x]"),
    ("+49 (0)711 12345678 und 0049 711 12345678", "[x] und [x]"),
    ("071112345678", "[x]"),
    ("4971112345678", "[x]"),
    ("1071112345678 0711 1234567", None),
    ("juergen77 und Jürgen", None),
]


@pytest.mark.parametrize(("text", "after"), EVERYWHERE)
def test_the_person_is_replaced_and_nobody_else(text: str, after: str | None) -> None:
    assert Finder(MARKS, "[x]").replaced(text) == (text if after is None else after)


def test_on_own_rows_logins_and_salutations_count_as_well() -> None:
    own = Finder(MARKS, "[x]", is_own=True)
    said = "Guten Tag Herr Müller-Lüdenscheidt (juergen77), Frau Müller kennt Jürgen"
    assert own.replaced(said) == "Guten Tag [x] ([x]), Frau Müller kennt Jürgen"


def test_json_is_searched_to_its_ends_and_keeps_its_shape() -> None:
    found = Finder(MARKS, "[x]")
    value = {"j.mueller@x.example": [{"n": "Jürgen Müller-Lüdenscheidt"}, 7, None, True]}
    assert found.replaced_in(value) == {"[x]": [{"n": "[x]"}, 7, None, True]}


def test_without_marks_nothing_is_looked_for() -> None:
    assert Finder(Marks(), "[x]", is_own=True).needle == ""
    assert Finder(Marks(), "[x]").replaced("Jürgen") == "Jürgen"
    assert Marks.from_json(MARKS.as_json()) == MARKS


def test_names_of_files_lose_the_person_in_any_spelling() -> None:
    assert MARKS.without_names("bewerbung_müller-lüdenscheidt_2.pdf", "[x]") == "[x].pdf"
    assert MARKS.without_names("rechnung.pdf", "[x]") == "rechnung.pdf"


def test_titles_are_no_part_of_a_name() -> None:
    names = ("Anna Huber", "Support", "A B", "Dr. Hofmann", "Dr. med. Claudia Hofmann")
    assert [is_telling(name) for name in names] == [True, False, False, False, True]
    assert without_title("Dr. med. Claudia Hofmann") == "Claudia Hofmann"
    own = Finder(Marks(names=frozenset({"Claudia Hofmann"})), "[x]", is_own=True)
    said = "Frau Dr. Hofmann von der Praxis Dr. Hofmann, Dr. Claudia Hofmann"
    assert own.replaced(said) == "[x] von der Praxis Dr. Hofmann, Dr. [x]"
