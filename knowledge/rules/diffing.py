"""What one text has that another has not, line by line."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CONTEXT = 2
MOST_LINES = 4_000
"""Comparing is quadratic at worst: what is longer is shown as a whole, old and then new."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison. `kind`: ``same``, ``gone``, ``new``, or ``gap`` (`count` lines left out)."""

    kind: str
    text: str = ""
    count: int = 0


def compare(old: str, new: str) -> list[Line]:
    """The lines that differ, each with a little around it; empty where nothing does."""
    before, after = old.splitlines(), new.splitlines()
    if before == after:
        return []
    if len(before) + len(after) > MOST_LINES:
        return [*(Line("gone", line) for line in before), *(Line("new", line) for line in after)]
    return list(_lines(before, after))


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    blocks = matcher.get_opcodes()
    for place, (tag, start, end, new_start, new_end) in enumerate(blocks):
        if tag == "equal":
            yield from _around(before[start:end], place == 0, place == len(blocks) - 1)
            continue
        yield from (Line("gone", line) for line in before[start:end])
        yield from (Line("new", line) for line in after[new_start:new_end])


def _around(same: Sequence[str], is_first: bool, is_last: bool) -> Iterator[Line]:  # noqa: FBT001
    head = 0 if is_first else CONTEXT
    tail = 0 if is_last else CONTEXT
    if len(same) <= head + tail + 1:
        yield from (Line("same", line) for line in same)
        return
    yield from (Line("same", line) for line in same[:head])
    yield Line("gap", count=len(same) - head - tail)
    yield from (Line("same", line) for line in same[len(same) - tail :])
