"""Reasons of this room as whoever reads the page reads them."""

from calls.rules.wording import TABLE
from lib.languages import page_language
from lib.reasons import Reason, say


def in_words(*why: Reason) -> list[str]:
    """Reasons in the language of the page that is being made."""
    return [say(one, page_language(), TABLE) for one in why]
