"""How long a target is, and when to warn, as people write and read it."""

import pytest

from contracts.rules.targets import long_minutes, parse_length, parse_percents, say_percents, short_minutes


@pytest.mark.parametrize(
    ("text", "minutes", "has_days"),
    [
        ("30 min", 30, False),
        ("90", 90, False),
        ("2 h", 120, False),
        ("2h", 120, False),
        ("2 Std.", 120, False),
        ("1 h 30", 90, False),
        ("1 h 30 min", 90, False),
        ("1:30", 90, False),
        (" 1 d ", 1440, True),
        ("2 Tage 4 Stunden", 3120, True),
    ],
)
def test_lengths_are_read_as_people_write_them(text: str, minutes: int, *, has_days: bool) -> None:
    assert parse_length(text) == (minutes, has_days)


@pytest.mark.parametrize(
    "text", ["", "0", "0 h", "soon", "-5", "30 min 5", "2 30", "1:70", "2 weeks", "99999 d", "٣"]
)
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_length(text)


@pytest.mark.parametrize("minutes", [1, 30, 59, 60, 61, 90, 1440, 2880, 5000])
def test_what_is_shown_in_a_cell_is_read_back_the_same(minutes: int) -> None:
    assert parse_length(short_minutes(minutes)).minutes == minutes


def test_lengths_in_words() -> None:
    assert long_minutes(90, "en") == "1 hour 30 minutes"
    assert long_minutes(61, "de") == "1 Stunde 1 Minute"
    assert long_minutes(2880, "de", in_days=True) == "2 Tage"
    assert long_minutes(2880, "de") == "48 Stunden"
    assert long_minutes(0, "en") == "0 minutes"


def test_shares_at_which_is_warned() -> None:
    assert parse_percents("90 %, 75; 75") == (75, 90)
    assert parse_percents("") == ()
    assert say_percents((75, 90)) == "75, 90"
    for wrong in ("0", "100", "often", "1,2,3,4,5,6", "75.5"):
        with pytest.raises(ValueError, match=r".*"):
            parse_percents(wrong)
