"""An article's headings as a list of contents.

What comes in was rendered and cleaned by lib/markdown.py, so tags look the one way it writes them.
"""

import re
from dataclasses import dataclass
from html import unescape

FEWEST_HEADINGS = 3
_HEADING = re.compile(r'<h([23]) id="([^"]*)">(.*?)</h\1>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Heading:
    """An entry of the list of contents. `level`: 2, or 3 for what stands below."""

    level: int
    anchor: str
    words: str


def headings_of(html: str) -> tuple[Heading, ...]:
    """The list of contents; empty for a text that is easily looked through."""
    found = tuple(
        Heading(int(level), anchor, unescape(_TAG.sub("", words)).strip())
        for level, anchor, words in _HEADING.findall(html)
    )
    return found if len(found) >= FEWEST_HEADINGS else ()
