"""Markdown as blocks of plain data that a Typst template sets: what it says, never its source.

Headings, paragraphs, lists, tables, strong and emphasised words and hard breaks; anything else is its words.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

Run = dict[str, Any]
Block = dict[str, Any]
_BREAKS = {"softbreak": " ", "hardbreak": "\n"}


def blocks_of(source: str) -> list[Block]:
    """In their order: heading (level, runs), paragraph (runs), list (ordered, items), table (head, rows).

    A run is {text, strong, emph}; an item of a list and a cell of a table are runs.
    """
    tokens = MarkdownIt("commonmark", {"html": False}).enable(["table"]).parse(source)
    return list(_blocks(tokens))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    place = 0
    while place < len(tokens):
        token = tokens[place]
        end = _end_of(tokens, place)
        inner = tokens[place + 1 : end]
        if token.type == "heading_open":
            yield {"kind": "heading", "level": int(token.tag[1]), "runs": _runs(inner)}
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            yield {"kind": "list", "ordered": token.tag == "ol", "items": _each(inner, "list_item_open")}
        elif token.type == "table_open":
            head, *rows = [_cells(row) for row in _within(inner, "tr_open")]
            yield {"kind": "table", "head": head, "rows": rows}
        elif token.nesting == 1 and token.type != "paragraph_open":
            yield from _blocks(inner)
        elif runs := _runs([token, *inner]):
            yield {"kind": "paragraph", "runs": runs}
        place = end + 1


def _end_of(tokens: Sequence[Token], place: int) -> int:
    """Where what opens here closes; the place itself for what stands alone."""
    depth = 0
    for at in range(place, len(tokens)):
        depth += tokens[at].nesting
        if depth == 0:
            return at
    return len(tokens) - 1


def _within(tokens: Sequence[Token], kind: str) -> Iterator[Sequence[Token]]:
    """What stands in each of this kind that is not within another of it."""
    place = 0
    while place < len(tokens):
        if tokens[place].type == kind:
            end = _end_of(tokens, place)
            yield tokens[place + 1 : end]
            place = end
        place += 1


def _each(tokens: Sequence[Token], kind: str) -> list[list[Run]]:
    return [_runs(inner) for inner in _within(tokens, kind)]


def _cells(row: Sequence[Token]) -> list[list[Run]]:
    return [_runs([token]) for token in row if token.type == "inline"]


def _runs(tokens: Sequence[Token]) -> list[Run]:
    """The words of all inline tokens with how they are set; neighbours that are set alike are one run."""
    runs: list[Run] = []
    strong = emph = 0
    for token in (child for inline in tokens for child in inline.children or _alone(inline)):
        strong += token.nesting if token.type.startswith("strong") else 0
        emph += token.nesting if token.type.startswith("em_") else 0
        text = _BREAKS.get(token.type, token.content)
        if not text:
            continue
        if runs and (runs[-1]["strong"], runs[-1]["emph"]) == (bool(strong), bool(emph)):
            runs[-1]["text"] += text
        else:
            runs.append({"text": text, "strong": bool(strong), "emph": bool(emph)})
    return runs


def _alone(token: Token) -> list[Token]:
    """What holds its words itself, such as a block of code."""
    return [token] if token.content and token.type != "inline" else []
