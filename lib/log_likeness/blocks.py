"""Long log-like blocks within what somebody wrote. Short quoted errors and pieces of code stay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lib.log_likeness.lines import BARE, SQL, STRONG, entries_within, kind_of, names_error

FEWEST_LINES = 10
_FEWEST_CHARACTERS = 400
_SHARE = 0.4
_GAP = 3
_ENTRIES_IN_ONE = 5
_LONGEST_LINE = 4_000


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    is_log: bool
    is_whole: bool
    is_edge: bool


def log_blocks(text: str) -> list[tuple[int, int]]:
    """Where the long log-like blocks of a text are: `[start, end)` in characters, in order.

    A block has at least ten lines that look like a log's, with at most three others between two of them. The
    error with which a trace begins or ends belongs to it.
    """
    lines = list(_lines(text))
    return [
        _with_error(lines, first, last)
        for first, last in _groups(lines)
        if any(line.is_whole for line in lines[first : last + 1]) or _is_long(lines[first : last + 1])
    ]


def _with_error(lines: Sequence[_Line], first: int, last: int) -> tuple[int, int]:
    near = range(max(first - 2, 0), first)
    first = next((number for number in near if lines[number].is_edge), first)
    if last + 1 < len(lines) and lines[last + 1].is_edge:
        last += 1
    elif last + 2 < len(lines) and lines[last + 2].is_edge:
        last += 2
    return lines[first].start, lines[last].end


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    for raw in text.splitlines(keepends=True):
        line = raw.rstrip("\r\n")[:_LONGEST_LINE]
        is_whole = entries_within(line) >= _ENTRIES_IN_ONE
        is_log = is_whole or kind_of(line) in (*STRONG, BARE, SQL)
        yield _Line(at, at + len(raw.rstrip("\r\n")), is_log, is_whole, names_error(line))
        at += len(raw)


def _groups(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """First and last line of runs that begin and end with a log's line and have only small gaps."""
    first = last = -1
    for number, line in enumerate(lines):
        if not line.is_log:
            continue
        if first >= 0 and number - last > _GAP + 1:
            yield first, last
            first = -1
        first, last = number if first < 0 else first, number
    if first >= 0:
        yield first, last


def _is_long(group: Sequence[_Line]) -> bool:
    logs = sum(line.is_log for line in group)
    size = group[-1].end - group[0].start
    return logs >= FEWEST_LINES and size >= _FEWEST_CHARACTERS and logs / len(group) >= _SHARE
