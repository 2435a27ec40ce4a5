"""Judging a file: name, type by content, samples of its text; archives by names and a bounded look inside."""

import io
from typing import IO

from lib.log_likeness import archives
from lib.log_likeness.kinds import held_kind, is_known_binary, packed_kind
from lib.log_likeness.likeness import ORDINARY, Likeness
from lib.log_likeness.names import has_log_ending, hints_at_log, is_packed
from lib.log_likeness.texts import PART, decoded, judge_text

_ALIGNED = 4
"""Parts begin at whole characters, of UTF-16 and UTF-32 too."""


def judge_file(name: str, file: bytes | IO[bytes]) -> Likeness:
    """Whether a file looks like a log, dump, trace, capture or an archive of such.

    `file` is read in parts from its start, its middle and its end, and left where it was. Reads at most
    some megabytes of an archive, whatever it unfolds to.
    """
    source: IO[bytes] = io.BytesIO(file) if isinstance(file, bytes) else file
    at = source.tell()
    try:
        return _judged(name, source)
    finally:
        source.seek(at)


def _judged(name: str, source: IO[bytes]) -> Likeness:
    parts = _parts(source)
    head = parts[0]
    if not head:
        return ORDINARY
    code = held_kind(head)
    if code:
        return Likeness((code,))
    packed = packed_kind(head)
    if packed or is_packed(name):
        return _judged_packed(name, source, packed)
    return judge_parts(name, parts)


def _judged_packed(name: str, source: IO[bytes], packed: str) -> Likeness:
    if has_log_ending(name) or (packed in ("closed", "") and hints_at_log(name)):
        return Likeness(("name", "archive"))
    found = archives.look_inside(name, source, packed, judge_parts)
    return Likeness(("archive", *found.codes)) if found else ORDINARY


def judge_parts(name: str, parts: list[bytes]) -> Likeness:
    """Judge parts of one file, the first from its start; archives within are not opened."""
    code = held_kind(parts[0])
    if code:
        return Likeness((code,))
    if is_known_binary(parts[0]):
        return ORDINARY
    is_named = has_log_ending(name)
    texts = decoded(parts)
    if texts is None:
        return Likeness(("name",)) if is_named else ORDINARY
    hints = is_named or hints_at_log(name)
    found = next(filter(None, (judge_text(text, is_named=hints) for text in texts)), ORDINARY)
    if is_named:
        return Likeness(("name", *found.codes))
    return found


def _parts(source: IO[bytes]) -> list[bytes]:
    size = source.seek(0, io.SEEK_END)
    if size <= 3 * PART:
        source.seek(0)
        return [source.read(3 * PART)]
    starts = (0, (size - PART) // 2 // _ALIGNED * _ALIGNED, (size - PART) // _ALIGNED * _ALIGNED)
    parts = []
    for start in starts:
        source.seek(start)
        parts.append(source.read(PART))
    return parts
