"""Markdown as people write it, to HTML that browsers may have.

What `markdown-it` makes of it is cleaned by `nh3` in any case, so raw HTML in the source can do nothing.
"""

import re
from collections.abc import Callable
from html import escape
from itertools import count

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

Resolve = Callable[[str], str]

_TAGS = frozenset(
    (
        *("a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "hr", "img", "li", "ol", "p"),
        *("pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul", "kbd", "sub", "sup"),
    )
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    **{name: {"id"} for name in ("h2", "h3", "h4", "h5")},
}
_DEEPEST = 5
_IGNORED = re.compile(r"[\x00-\x20]")
"""What browsers leave out of an address before they read it."""
_NO_WORD = re.compile(r"[^\w]+")


def to_html(source: str, *, resolve: Resolve = lambda address: address) -> str:
    """Render Markdown. `resolve` gets each address of a link or image and says what stands there instead.

    Headings begin at the second level, since the page's title is the first, and have ids to link to.
    Links lead only to http, https, mailto, tel or addresses of this site; images come only from this site.
    """
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parser.parse(source)
    _lower_headings(tokens)
    for token in _all(tokens):
        _readdress(token, resolve)
    html = parser.renderer.render(tokens, parser.options, {})
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filtered,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )


def to_plain(html: str) -> str:
    """The words of rendered HTML, to be searched."""
    spaced = re.sub(r"(?=<(?:p|li|h\d|td|th|br|tr|pre|blockquote)\b)", " ", html)
    text = nh3.clean(spaced, tags=set())
    return re.sub(r"\s+", " ", _unescaped(text)).strip()


def addresses_in(source: str) -> set[str]:
    """Every address that the text links to or shows."""
    found: set[str] = set()

    def note(address: str) -> str:
        found.add(address)
        return address

    to_html(source, resolve=note)
    return found


def _unescaped(text: str) -> str:
    from html import unescape

    return unescape(text)


def _all(tokens: list[Token]) -> list[Token]:
    return [one for token in tokens for one in (token, *(token.children or []))]


def _readdress(token: Token, resolve: Resolve) -> None:
    name = {"link_open": "href", "image": "src"}.get(token.type)
    if name:
        token.attrSet(name, resolve(str(token.attrGet(name) or "")))


def _lower_headings(tokens: list[Token]) -> None:
    """Headings from the second level on, whichever a text begins with; each with an id of its words."""
    taken: set[str] = set()
    headings = [(place, token) for place, token in enumerate(tokens) if token.type.startswith("heading_")]
    deeper = 2 - min((int(token.tag[1]) for _, token in headings), default=1)
    for place, token in headings:
        token.tag = f"h{min(int(token.tag[1]) + deeper, _DEEPEST)}"
        if token.type == "heading_open":
            token.attrSet("id", _free_id(tokens[place + 1].content, taken))


def _free_id(words: str, taken: set[str]) -> str:
    """An id such as "h-restart-the-router", numbered where a page says the same twice."""
    wanted = "h-" + (_NO_WORD.sub("-", words.lower()).strip("-")[:60] or "part")
    found = wanted
    number = 2
    while found in taken:
        found = f"{wanted}-{number}"
        number += 1
    taken.add(found)
    return found


def _filtered(tag: str, name: str, value: str) -> str | None:
    """Images from elsewhere would tell strangers who reads; so would addresses without a scheme."""
    read = _IGNORED.sub("", value)
    is_ours = read.startswith("/") and not read.startswith(("//", "/\\"))
    if tag == "img" and name == "src":
        return value if is_ours else None
    return value


def for_page(html: str, table: str) -> str:
    """The HTML with tables and code that a narrow screen can push sideways, by keyboard as well.

    `table` is what such a box is called; they are numbered, since no two regions may have one name. Pictures
    wait until they come into sight.
    """
    numbers = count(1)

    def boxed(_: re.Match[str]) -> str:
        name = escape(f"{table} {next(numbers)}")
        return f'<div class="article-box" role="region" aria-label="{name}" tabindex="0"><table>'

    return (
        re.sub("<table>", boxed, html)
        .replace("</table>", "</table></div>")
        .replace("<pre>", '<pre tabindex="0">')
        .replace("<img ", '<img loading="lazy" decoding="async" ')
    )
