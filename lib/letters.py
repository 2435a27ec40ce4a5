"""Rendered HTML as a plain letter: what a message can hold that knows no marks."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "h2", "h3", "h4", "h5", "ul", "ol", "pre", "blockquote", "table", "hr"})
_BLANKS = re.compile(r"\n{3,}")


class _Letter(HTMLParser):
    """Collects words, blank lines between paragraphs, signs before list items, addresses behind links."""

    def __init__(self, site: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._site = site
        self._lists: list[int] = []
        self._links: list[tuple[str, int]] = []
        self._is_verbatim = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, an item, a link."""
        given = dict(attrs)
        if tag in _BLOCKS and not (tag == "p" and self._is_at_item()):
            self.parts.append("" if tag in ("ul", "ol") and self._lists else "\n\n")
        if tag in ("ul", "ol"):
            self._lists.append(_first_number(given.get("start")) if tag == "ol" else 0)
        elif tag == "li":
            self._item()
        elif tag == "a":
            self._links.append((given.get("href") or "", len(self.parts)))
        elif tag == "img" and given.get("alt"):
            self.parts.append(f"[{given['alt']}]")
        elif tag in ("br", "tr"):
            self.parts.append("\n")
        self._is_verbatim = self._is_verbatim or tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """End a block, a list, a cell; write out where a link led."""
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "a" and self._links:
            self._address(*self._links.pop())
        elif tag in ("td", "th"):
            self.parts.append("  ")
        elif tag == "pre":
            self._is_verbatim = False
        if tag in _BLOCKS and not self._lists:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Keep the words; line breaks of the source mean nothing outside of code."""
        if self._is_verbatim:
            self.parts.append(data)
        elif data.strip():
            self.parts.append(re.sub(r"\s+", " ", data))
        elif self.parts and not self.parts[-1].endswith(("\n", " ")):
            self.parts.append(" ")

    def _is_at_item(self) -> bool:
        return bool(self.parts) and self.parts[-1].endswith((". ", "- "))

    def _item(self) -> None:
        if not self._lists:
            return
        number = self._lists[-1]
        sign = f"{number}. " if number else "- "
        self._lists[-1] += 1 if number else 0
        self.parts.append("\n" + "  " * (len(self._lists) - 1) + sign)

    def _address(self, address: str, begins: int) -> None:
        whole = self._site + address if address.startswith("/") else address
        words = "".join(self.parts[begins:])
        if whole and not whole.startswith("#") and words.strip() != whole:
            self.parts.append(f" ({whole})")


def _first_number(start: str | None) -> int:
    """What a numbered list begins with; an author's raw HTML may say anything."""
    text = start or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) else 1  # noqa: PLR2004


def to_letter(html: str, *, site: str) -> str:
    """Cleaned HTML (lib/markdown.py) as plain text; `site` completes addresses of this installation."""
    letter = _Letter(site)
    letter.feed(html)
    letter.close()
    lines = "".join(letter.parts).splitlines()
    return _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()
