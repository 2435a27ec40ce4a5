"""Which subjects are taken for the same matter."""

import pytest

from portal.rules.similarity import similar

OPEN = [
    "Outlook verliert nach dem Update die Verbindung",
    "Drucker im Lager druckt nicht",
    "Neuer Arbeitsplatz für Frau Huber",
    "Printer 4711 prints blank pages",
]


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Verbindung von Outlook bricht ab, verliert sie ständig", [0]),
        ("Der Drucker druckt nicht mehr", [1]),
        ("der drukcer im lager druckt nicht", [1]),
        ("Blank pages from printer 4711", [3]),
        ("Printer 4712 smells", []),
        ("Drucker", [1]),
        ("Bildschirm bleibt schwarz", []),
        ("nicht mehr", []),
        ("Neu", []),
        ("", []),
    ],
)
def test_words_that_are_alike_make_subjects_alike(subject: str, found: list[int]) -> None:
    assert similar(subject, OPEN) == found


def test_the_most_alike_comes_first() -> None:
    assert (
        similar("Drucker im Lager druckt nicht", ["Drucker im Lager", "Drucker druckt im Flur", *OPEN])[0]
        != 1
    )
