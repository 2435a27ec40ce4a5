"""An article's HTML as a page shows it: its headings as a list of contents, its tables in boxes of their own.

What comes in was rendered and cleaned by lib/markdown.py, so tags look the one way it writes them.
"""

import re
from dataclasses import dataclass
from html import escape, unescape

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


def for_page(html: str, table: str) -> str:
    """The HTML with tables and code that a narrow screen can push sideways, by keyboard as well.

    `table` is what such a box is called. Pictures wait until they come into sight.
    """
    box = f'<div class="article-box" role="region" aria-label="{escape(table)}" tabindex="0">'
    return (
        html.replace("<table>", f"{box}<table>")
        .replace("</table>", "</table></div>")
        .replace("<pre>", '<pre tabindex="0">')
        .replace("<img ", '<img loading="lazy" decoding="async" ')
    )
