"""Short spans read the same whatever their length, and say when a moment lies ahead."""

from datetime import UTC, datetime, timedelta

import pytest

from lib.spans import short_span

NOW = datetime(2026, 12, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=43), "43 min"),
        (timedelta(minutes=62), "1 h 02"),
        (timedelta(hours=9, minutes=59), "9 h 59"),
        (timedelta(hours=10, minutes=59), "10 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(hours=48), "2 T"),
        (timedelta(seconds=-59), "0 min"),
        (timedelta(minutes=-5), "in 5 min"),
        (timedelta(days=-3), "in 3 T"),
    ],
)
def test_a_span_in_a_few_characters(ago: timedelta, words: str) -> None:
    assert short_span(NOW - ago, NOW, "de") == words


def test_english_counts_days_with_a_d() -> None:
    assert short_span(NOW - timedelta(days=9), NOW, "en") == "9 d"
