"""Dates and times read alike on pages and in the sentences of the rules, in both languages."""

from datetime import UTC, datetime

import pytest
from django.utils import formats, translation

from lib.reasons import say_moment

MOMENT = datetime(2026, 12, 3, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [
        ("de", "03.12.2026 17:05", "3. Dezember 2026 17:05"),
        ("en", "3 Dec 2026, 17:05", "3 December 2026, 17:05"),
    ],
)
def test_a_moment_is_written_as_people_here_read_it(language: str, short: str, long: str) -> None:
    with translation.override(language):
        assert formats.date_format(MOMENT, "SHORT_DATETIME_FORMAT") == short
        assert formats.date_format(MOMENT, "DATETIME_FORMAT") == long


def test_pages_and_sentences_agree_in_english() -> None:
    with translation.override("en"):
        assert formats.date_format(MOMENT, "DATETIME_FORMAT") == say_moment(MOMENT, "en")
