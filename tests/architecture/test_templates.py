"""Templates keep to the content policy, to the catalogue and to the URL map."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType
from django.urls import get_resolver

from tests.architecture.product import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SAMPLES_ONLY = "gallery/"
"""The gallery of components shows invented German contents to developers, nothing else does."""

MAIL = "mail/"
"""Mail is no page: it brings its styles along and knows no content policy. Code it may not hold either."""

WORDS_OF_NO_LANGUAGE = {"Vorrang", "Support"}
SPOKEN_ATTRIBUTES = {"title", "placeholder", "aria-label", "alt", "label", "data-live-say"}
ATTRIBUTE_BLOCKS = {"body_class", "card_class", "content_class", "live", "main_class", "title_class"}
"""Blocks that stand inside a tag, not between tags."""


def without_tags(source: str) -> str:
    """A template as HTML: what Django fills in is a space, translated blocks and comments are gone."""
    pieces: list[str] = []
    leaves_at, blocks = "", []
    for token in Lexer(source).tokenize():
        words = token.split_contents() if token.token_type == TokenType.BLOCK else []
        word = words[0] if words else ""
        if leaves_at:
            leaves_at = "" if word == leaves_at else leaves_at
        elif token.token_type == TokenType.TEXT:
            pieces.append(token.contents)
        elif word in {"blocktranslate", "comment"}:
            leaves_at = f"end{word}"
        elif word == "block":
            blocks.append(words[1])
            pieces.append("<b " if words[1] in ATTRIBUTE_BLOCKS else " ")
        elif word == "endblock":
            pieces.append(">" if blocks.pop() in ATTRIBUTE_BLOCKS else " ")
        else:
            pieces.append("x" if pieces and pieces[-1].endswith(("<", "</")) else " ")  # "x": a tag's name
    return "".join(pieces)


class Reader(HTMLParser):
    """Collects what a page must not hold: code of its own, and words that are in no catalogue."""

    def __init__(self) -> None:
        super().__init__()
        self.code: list[str] = []
        self.words: list[str] = []
        self._foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the tag; what it encloses may be in a language of its own or the name of a key."""
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.code.append(f"<{tag}>")
        for name, value in given.items():
            is_code = (
                name == "style"
                or re.match(r"(hx-)?on[:a-z-]", name)
                or "javascript:" in (value or "").lower()
            )
            if is_code:
                self.code.append(f"{name} of <{tag}>")
            if name in SPOKEN_ATTRIBUTES:
                self.handle_data(value or "")
        if self._foreign or tag == "kbd" or ("lang" in given and tag != "html"):
            self._foreign.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        if self._foreign and self._foreign[-1] == tag:
            self._foreign.pop()

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self._foreign:
            self.words += [
                word for word in re.findall(r"[^\W\d_]{2,}", data) if word not in WORDS_OF_NO_LANGUAGE
            ]


def read(source: str) -> Reader:
    """Read a template."""
    reader = Reader()
    reader.feed(without_tags(source))
    reader.close()
    return reader


def unknown_names(source: str) -> Iterator[str]:
    """The names in `{% url %}` that no address has."""
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK and token.contents.startswith("url "):
            name = token.split_contents()[1]
            if name[0] in "'\"" and not is_known(name[1:-1]):
                yield name[1:-1]


def is_known(name: str) -> bool:
    """Whether an address has this name, whatever its parameters are."""
    *spaces, last = name.split(":")
    resolver = get_resolver()
    for space in spaces:
        try:
            resolver = resolver.namespace_dict[space][1]
        except KeyError:
            return False
    return last in resolver.reverse_dict


def name_of(path: Path) -> str:
    """How a template is loaded."""
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_holds_code_or_untranslated_words_or_dead_names(path: Path) -> None:
    source = path.read_text()
    reader = read(source)
    assert set(reader.code) <= ({"<style>"} if name_of(path).startswith(MAIL) else set())
    assert list(unknown_names(source)) == []
    if not name_of(path).startswith(SAMPLES_ONLY):
        assert reader.words == []


def test_the_walk_finds_the_templates() -> None:
    assert len(TEMPLATES) > 60


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("<script>alert(1)</script>", ["<script>"]),
        ("<script type='module'>go()</script>", ["<script>"]),
        ("<style>a{}</style>", ["<style>"]),
        ('<p style="color:red">', ["style of <p>"]),
        ('<a onclick="go()">', ["onclick of <a>"]),
        ('<a {% if x %}hx-on:click="go()"{% endif %}>', ["hx-on:click of <a>"]),
        ('<a href="JavaScript:go()">', ["href of <a>"]),
        ('<script src="{{ url }}"></script><a class="on" data-onward="x">', []),
    ],
)
def test_code_in_a_template_is_noticed(source: str, code: list[str]) -> None:
    assert read(source).code == code


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello {{ name }}</p>", ["Hello"]),
        ('<a title="Go on">', ["Go", "on"]),
        ('<p>{% translate "Hello" %} {% blocktranslate %}World{% endblocktranslate %} Vorrang 1 h</p>', []),
        ("{% comment %}What it is for{% endcomment %}{# a note #}<p>·</p>", []),
    ],
)
def test_untranslated_words_are_noticed(source: str, words: list[str]) -> None:
    assert read(source).words == words


def test_dead_names_are_noticed() -> None:
    source = (
        "{% url 'desk:queue' %} {% url \"desk:gone\" 1 as x %} {% url 'nowhere:queue' %} {% url variable %}"
    )
    assert list(unknown_names(source)) == ["desk:gone", "nowhere:queue"]
