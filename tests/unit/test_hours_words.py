"""Service hours in the words of a page."""

import pytest

from contracts.rules.hours import WeeklyHours, parse_hours
from contracts.rules.hours_words import hours_in_words
from portal.rules.service_words import WORDS


@pytest.mark.parametrize(
    ("hours", "german", "english"),
    [
        (
            "Mon-Fri 08:00-17:00",
            [("Montag bis Freitag", "8:00–17:00 Uhr")],
            [("Monday to Friday", "8:00–17:00")],
        ),
        (
            "Mon-Thu 08:00-12:00,13:00-17:00; Fri 08:00-14:30; Sat 09:00-12:00",
            [
                ("Montag bis Donnerstag", "8:00–12:00 und 13:00–17:00 Uhr"),
                ("Freitag", "8:00–14:30 Uhr"),
                ("Samstag", "9:00–12:00 Uhr"),
            ],
            [
                ("Monday to Thursday", "8:00–12:00 and 13:00–17:00"),
                ("Friday", "8:00–14:30"),
                ("Saturday", "9:00–12:00"),
            ],
        ),
        ("Mon-Sun 00:00-24:00", [("Täglich", "rund um die Uhr")], [("Every day", "around the clock")]),
        (
            "Sat-Sun 10:00-12:00",
            [("Samstag und Sonntag", "10:00–12:00 Uhr")],
            [("Saturday and Sunday", "10:00–12:00")],
        ),
    ],
)
def test_hours_read_as_people_say_them(
    hours: str, german: list[tuple[str, str]], english: list[tuple[str, str]]
) -> None:
    assert hours_in_words(parse_hours(hours), "de") == german
    assert hours_in_words(parse_hours(hours), "en") == english


def test_who_never_works_has_no_hours() -> None:
    assert hours_in_words(WeeklyHours(((),) * 7), "de") == []


def test_the_policy_says_the_same_things_in_both_languages() -> None:
    german, english = WORDS["de"], WORDS["en"]
    assert [section.key for section in german.sections] == [section.key for section in english.sections]
    assert set(german.labels) == set(english.labels)
    for one, other in zip(german.sections, english.sections, strict=True):
        assert len(one.points) == len(other.points)
        assert [(group.key, len(group.points)) for group in one.groups] == [
            (group.key, len(group.points)) for group in other.groups
        ]
