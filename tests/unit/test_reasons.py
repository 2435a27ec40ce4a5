"""Reasons and how a wording table says them."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.reasons import Reason, WordingError, reason, reason_from_json, say, say_day, say_moment

TABLE: Mapping[str, Mapping[str, str]] = {
    "term.up": {"de": "oben", "en": "up"},
    "plain": {"de": "Stufe {level}", "en": "level {level}"},
    "dated": {"de": "endet[ am {ends_on}].", "en": "ends[ on {ends_on}]."},
    "timed": {"de": "seit {since_at}", "en": "since {since_at}"},
    "ending": {"de": "endet {ends_at:end}", "en": "ends {ends_at:end}"},
    "counted": {"de": "{n} {n:Tag|Tage}", "en": "{n} {n:day|days}"},
    "worded": {"de": "nach {where:term}", "en": "going {where:term}"},
    "german_only": {"de": "nur Deutsch"},
}
MORNING = datetime(2027, 3, 31, 8, 2, tzinfo=UTC)


def test_equal_parameters_make_equal_reasons_in_any_order() -> None:
    one, other = reason("plain", level="Gold", rank=1), reason("plain", rank=1, level="Gold")
    assert one == other
    assert len({one, other}) == 1
    assert one != reason("plain", level="Gold", rank=2)


def test_parameters_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        reason("plain", level="Gold").params["level"] = "Silver"  # type: ignore[index]


def test_a_word_of_a_vocabulary_is_kept_as_plain_text() -> None:
    class Place(StrEnum):
        UP = "up"

    kept = reason("worded", where=Place.UP)
    assert type(kept.params["where"]) is str
    assert kept == reason("worded", where="up")


@pytest.mark.parametrize(
    ("given_reason", "german", "english"),
    [
        (reason("plain", level="Gold"), "Stufe Gold", "level Gold"),
        (
            reason("plain", level="{braces} [brackets]"),
            "Stufe {braces} [brackets]",
            "level {braces} [brackets]",
        ),
        (reason("dated", ends_on=date(2027, 3, 1)), "endet am 01.03.2027.", "ends on 1 March 2027."),
        (reason("dated", ends_on=None), "endet.", "ends."),
        (reason("dated"), "endet.", "ends."),
        (reason("timed", since_at=MORNING), "seit 08:02", "since 08:02"),
        (
            reason("timed", since_at=MORNING - timedelta(days=1)),
            "seit 30.03.2027, 08:02",
            "since 30 March 2027, 08:02",
        ),
        (reason("counted", n=1), "1 Tag", "1 day"),
        (reason("counted", n=0), "0 Tage", "0 days"),
        (reason("worded", where="up"), "nach oben", "going up"),
    ],
)
def test_reasons_are_said_in_both_languages(given_reason: Reason, german: str, english: str) -> None:
    today = MORNING.date()
    assert say(given_reason, "de", TABLE, today=today) == german
    assert say(given_reason, "en", TABLE, today=today) == english
    assert say(given_reason, "de-at", TABLE, today=today) == german


def test_an_empty_text_leaves_the_optional_part_out_but_zero_does_not() -> None:
    table = {"event": {"de": "Gelöst[: {why}]"}}
    assert say(reason("event", why=""), "de", table) == "Gelöst"
    assert say(reason("event", why=0), "de", table) == "Gelöst: 0"


def test_a_moment_is_said_in_the_zone_that_is_asked_for() -> None:
    late = reason("timed", since_at=datetime(2027, 3, 30, 22, 30, tzinfo=UTC))
    said = say(late, "de", TABLE, today=date(2027, 3, 31), zone=ZoneInfo("Europe/Berlin"))
    assert said == "seit 00:30"


@pytest.mark.parametrize(
    ("hour", "said"),
    [((22, 0), "endet 31.03.2027"), ((21, 59), "endet 31.03.2027, 23:59"), ((22, 1), "endet 00:01")],
)
def test_an_end_at_midnight_is_said_by_its_last_day(hour: tuple[int, int], said: str) -> None:
    end = reason("ending", ends_at=datetime(2027, 3, 31, *hour, tzinfo=UTC))
    assert say(end, "de", TABLE, today=date(2027, 4, 1), zone=ZoneInfo("Europe/Berlin")) == said


@pytest.mark.parametrize(
    ("given_reason", "language", "names"),
    [
        (reason("unheard"), "de", "'unheard'"),
        (reason("german_only"), "en", "'en'"),
        (reason("plain"), "de", "'level'"),
        (reason("plain", level=None), "de", "None"),
        (reason("worded", where="sideways"), "de", "'term.sideways'"),
    ],
)
def test_what_cannot_be_said_is_named(given_reason: Reason, language: str, names: str) -> None:
    with pytest.raises(WordingError, match=names):
        say(given_reason, language, TABLE)


@pytest.mark.parametrize(
    "params", [{"ends": date(2027, 1, 1)}, {"since": MORNING}, {"since_at": MORNING.replace(tzinfo=None)}]
)
def test_badly_named_or_naive_times_are_refused(params: Mapping[str, date]) -> None:
    with pytest.raises(ValueError, match="must be"):
        reason("timed", **params)


@given(
    st.dictionaries(
        st.sampled_from(["level", "count", "flag"]),
        st.text("aß{}[]:|", max_size=5) | st.integers() | st.booleans(),
    ),
    st.dates() | st.none(),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=2))])) | st.none(),
)
def test_reasons_survive_json(
    params: dict[str, str | int | bool], day: date | None, at: datetime | None
) -> None:
    before = reason("any.code", ends_on=day, since_at=at, **params)
    stored = json.loads(json.dumps(before.as_json()))
    assert reason_from_json(stored["code"], stored["params"]) == before


def test_days_and_moments_follow_the_language() -> None:
    assert say_day(date(2027, 12, 24), "de") == "24.12.2027"
    assert say_day(date(2027, 12, 24), "en-gb") == "24 December 2027"
    assert say_moment(MORNING, "en") == "31 March 2027, 08:02"
