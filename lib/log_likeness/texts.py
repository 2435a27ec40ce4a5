"""How much of a text looks like a log: lines are counted by kind, shares decide."""

import codecs
from collections import Counter
from collections.abc import Sequence

from lib.log_likeness import lines as kinds_of_lines
from lib.log_likeness.likeness import ORDINARY, Likeness
from lib.log_likeness.lines import BARE, CHAT, SQL, STRONG, TRACE, kind_of, opening_code

PART = 48 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\x0c\x1b\x07\x08")
_MAX_CONTROLS = 0.01
_WIDE = 0.3
_LONGEST_LINE = 4_000
_FEWEST, _FEWEST_IF_NAMED, _FEWEST_TRACE, _FEWEST_BARE = 5, 2, 10, 8
_SHARE, _SHARE_IF_NAMED, _SHARE_BARE, _SHARE_SQL = 0.3, 0.15, 0.7, 0.4
_SAME_COLUMNS, _TABLE_COLUMNS = 0.8, 2


def decoded(parts: Sequence[bytes]) -> list[str] | None:
    """The parts of a file (the first one from its start) as texts; None where they are none."""
    first = parts[0]
    for bom, encoding in _BOMS:
        if first.startswith(bom):
            return [part.decode(encoding, "replace").lstrip("\ufeff") for part in parts]
    encoding = _wide(first)
    if encoding:
        return [part.decode(encoding, "replace") for part in parts]
    if not all(map(_is_plain, parts)):
        return None
    return [_narrow(part) for part in parts]


def judge_text(text: str, *, is_named: bool = False) -> Likeness:
    """What the look of a file's text says. `is_named`: its name hints at a log, so that less is enough."""
    code = opening_code(text[:_LONGEST_LINE])
    if code:
        return Likeness((code,))
    lines = [line[:_LONGEST_LINE] for line in text.splitlines() if line.strip()]
    if not lines:
        return ORDINARY
    count = Counter(map(kind_of, lines))
    return _judged(count, lines, is_named=is_named)


def _judged(count: Counter[str], lines: Sequence[str], *, is_named: bool) -> Likeness:
    total = len(lines)
    strong = sum(count[kind] for kind in STRONG) - count[TRACE]
    weight = strong + count[TRACE] / 2
    if count[SQL] >= _FEWEST and count[SQL] / total >= _SHARE_SQL:
        return Likeness(("database_dump",))
    fewest, share = (_FEWEST_IF_NAMED, _SHARE_IF_NAMED) if is_named else (_FEWEST, _SHARE)
    if weight >= fewest and (strong + count[TRACE]) / total >= share:
        return Likeness(("log_lines" if strong > count[TRACE] else "trace",))
    if count[TRACE] >= _FEWEST_TRACE and count[TRACE] / total >= _SHARE:
        return Likeness(("trace",))
    stamped = strong + count[BARE]
    fewest = _FEWEST_IF_NAMED if is_named else _FEWEST_BARE
    if (
        stamped >= fewest
        and stamped / total >= _SHARE_BARE
        and count[CHAT] < stamped
        and not _is_table(lines)
    ):
        return Likeness(("log_lines",))
    return _judged_in_one(lines)


def _judged_in_one(lines: Sequence[str]) -> Likeness:
    """A log that lost its line breaks on its way."""
    if any(kinds_of_lines.entries_within(line) >= _FEWEST for line in lines):
        return Likeness(("log_lines",))
    return ORDINARY


def _is_table(lines: Sequence[str]) -> bool:
    """Whether the lines have columns, as a list that was saved from a spreadsheet."""
    for delimiter in ";\t,|":
        columns = Counter(line.count(delimiter) for line in lines)
        (number, often), *_ = columns.most_common(1)
        if number >= _TABLE_COLUMNS and often / len(lines) >= _SAME_COLUMNS:
            return True
    return False


def _is_plain(part: bytes) -> bool:
    sample = part[:PART]
    controls = sum(byte in _CONTROLS for byte in sample)
    return bool(sample) and controls / len(sample) <= _MAX_CONTROLS


def _wide(first: bytes) -> str:
    """UTF-16 without a mark: every other byte of European text is zero."""
    sample = first[:2_000]
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) / half > _WIDE and sample[::2].count(0) / half < _WIDE / 10:
        return "utf-16-le"
    if sample[::2].count(0) / half > _WIDE and sample[1::2].count(0) / half < _WIDE / 10:
        return "utf-16-be"
    return ""


def _narrow(part: bytes) -> str:
    try:
        return part.decode()
    except UnicodeDecodeError as error:
        is_cut = error.start >= len(part) - 3 or error.start < 3  # noqa: PLR2004 (a character, cut)
        return part.decode("utf-8", "replace") if is_cut else part.decode("cp1252", "replace")
