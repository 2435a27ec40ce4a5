"""HTML from elsewhere as Markdown of ours. It is cleaned first: nothing that runs or loads comes along."""

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

import nh3
from markdownify import markdownify

MOST_TAGS = 20_000
DEEPEST = 100
"""Cleaning takes a time that grows with the square of the depth, so it is judged before."""
_TAGS = frozenset(
    (
        *("a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i"),
        *("img", "li", "ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    )
)
_DROPPED = frozenset({"script", "style", "nav", "header", "footer", "form", "noscript", "template", "title"})
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_HEADING = re.compile(r"\A\s*# (.+)\n")
_EMPTY = frozenset(
    {"br", "hr", "img", "input", "link", "meta", "col", "area", "base", "embed", "source", "wbr"}
)
_CLOSED_BY_NEXT = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"})
"""Whose end people leave out; the next one ends them, so they stand no deeper."""


class TooTangled(ValueError):
    """More tags, or deeper ones, than a page written by people has."""


@dataclass(frozen=True)
class Converted:
    """A page as Markdown. `title` comes from its first heading or its title, and may be empty."""

    title: str
    body: str


def to_markdown(html: str) -> Converted:
    """Convert a page. Error: TooTangled."""
    _judge(html)
    found = _TITLE.search(html)
    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    body = markdownify(cleaned, heading_style="ATX", bullets="-", strip=None)
    body = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", body)).strip() + "\n"
    heading = _HEADING.match(body)
    if heading:
        return Converted(heading[1].strip(), body[heading.end() :].lstrip())
    return Converted(re.sub(r"\s+", " ", unescape(found[1])).strip() if found else "", body)


class _Depth(HTMLParser):
    """Counts tags and how deep they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.tags = self.depth = self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more, perhaps one deeper."""
        self.tags += 1
        if tag not in _EMPTY | _CLOSED_BY_NEXT:
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)

    def handle_endtag(self, tag: str) -> None:
        """One up."""
        if tag not in _EMPTY | _CLOSED_BY_NEXT:
            self.depth = max(0, self.depth - 1)


def _judge(html: str) -> None:
    if html.count("<") > MOST_TAGS * 2:
        raise TooTangled
    counted = _Depth()
    counted.feed(html)
    if counted.tags > MOST_TAGS or counted.deepest > DEEPEST:
        raise TooTangled
