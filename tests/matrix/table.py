"""Reads the tables of docs/permissions.md, which people read, too."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.architecture.product import ROOT

PAGE = ROOT / "docs" / "permissions.md"
METHODS = ("GET", "POST", "PATCH", "DELETE", "CALL")


@dataclass(frozen=True)
class Row:
    """One request and what becomes of it, by person. `thing`: what it concerns; `deed`: what is sent."""

    door: str
    method: str
    thing: str
    deed: str
    cells: Mapping[str, str]

    def __str__(self) -> str:
        on = ", ".join(filter(None, (self.thing, self.deed)))
        return f"{self.method} {self.door}" + (f" on {on}" if on else "")


@dataclass(frozen=True)
class Table:
    """The page: its people, every request, and which texts who may read anywhere at all."""

    people: Sequence[str]
    rows: Sequence[Row]
    readers: Mapping[str, frozenset[str]]


def read_table() -> Table:
    """All tables of the page as one. Error: AssertionError where a row does not have a cell for everybody."""
    people: list[str] = []
    rows: list[Row] = []
    readers: dict[str, frozenset[str]] = {}
    for heading, cells in _lines(PAGE.read_text()):
        if heading[:3] == ["at", "method", "what"]:
            people = heading[3:]
            rows += _rows(cells, people)
        elif heading[0] == "may ever read":
            assert heading[1:] == people or not people
            readers[cells[0]] = frozenset(
                who for who, word in zip(heading[1:], cells[1:], strict=True) if word == "yes"
            )
    return Table(people, rows, readers)


def _lines(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Every line of every table, with its heading."""
    heading: list[str] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            heading = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not heading:
            heading = cells
        elif not set(line) <= set("|-: "):
            yield heading, cells


def _rows(cells: Sequence[str], people: Sequence[str]) -> Iterator[Row]:
    doors, method, what, *words = cells
    assert len(words) == len(people), f"{doors} {method} {what} has {len(words)} cells for {len(people)}"
    assert method in METHODS, f"{doors}: {method} is none of {METHODS}"
    thing, _, deed = what.partition(", ")
    for door in _spelt_out(doors.strip("`")):
        yield Row(door, method, thing, deed, dict(zip(people, words, strict=True)))


def _spelt_out(doors: str) -> Iterator[str]:
    """`a_{b,c}_d` stands for `a_b_d` and `a_c_d`."""
    found = re.search(r"\{([^{}]*)\}", doors)
    if not found:
        yield doors
        return
    for one in found[1].split(","):
        yield from _spelt_out(doors[: found.start()] + one + doors[found.end() :])
