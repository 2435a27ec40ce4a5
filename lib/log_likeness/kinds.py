"""A file's type by its content: our own marks for what is held, puremagic for everything else."""

import puremagic

_HELD: tuple[tuple[int, bytes, str], ...] = (
    (0, b"ElfFile\x00", "event_log"),
    (4, b"LfLe", "event_log"),
    (0, b"\xd4\xc3\xb2\xa1", "capture"),
    (0, b"\xa1\xb2\xc3\xd4", "capture"),
    (0, b"\x4d\x3c\xb2\xa1", "capture"),
    (0, b"\xa1\xb2\x3c\x4d", "capture"),
    (0, b"\x0a\x0d\x0d\x0a", "capture"),
    (0, b"snoop\x00\x00\x00", "capture"),
    (0, b"GMBU", "capture"),
    (0, b"RTSS", "capture"),
    (0, b"MDMP", "memory_dump"),
    (0, b"PAGEDU", "memory_dump"),
    (0, b"JAVA PROFILE 1.", "memory_dump"),
    (0, b"portable heap dump", "memory_dump"),
    (0, b"KDUMP   ", "memory_dump"),
    (0, b"EMiL", "memory_dump"),
    (0, b"FLR\x00", "trace"),
    (0, b"Nettrace", "trace"),
    (0, b"PERFILE2", "trace"),
    (0, b"PGDMP", "database_dump"),
    (0, b"TAPE\x00\x00", "database_dump"),
    (0, b"\xfebin", "database_dump"),
    (0, b"LPKSHHRH", "journal"),
)
_ELF_TYPE, _CORE = 16, 4
_PACKED: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "closed"),
    (b"Rar!\x1a\x07", "closed"),
    (b"\x28\xb5\x2f\xfd", "closed"),
    (b"\x04\x22\x4d\x18", "closed"),
    (b"MSCF", "closed"),
)
_TAR_AT = 257
_SURE = 0.5


def held_kind(head: bytes) -> str:
    """The code of a binary log, dump, trace or capture; empty for everything else."""
    for at, mark, code in _HELD:
        if head[at : at + len(mark)] == mark:
            return code
    is_core = head[:4] == b"\x7fELF" and _CORE in (head[_ELF_TYPE : _ELF_TYPE + 1] or b"\0")
    return "memory_dump" if is_core else ""


def packed_kind(head: bytes) -> str:
    """`zip`, `gz`, `bz2`, `xz`, `tar`, `closed` for what we cannot look into, or nothing."""
    for mark, kind in _PACKED:
        if head.startswith(mark):
            return kind
    return "tar" if head[_TAR_AT : _TAR_AT + 5] == b"ustar" else ""


def is_known_binary(head: bytes) -> bool:
    """Whether it is surely of a type that people use: a picture, a PDF, a film, an office file."""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return False
    return any(one.confidence >= _SURE and one.mime_type and not _is_text(one.mime_type) for one in found)


def _is_text(mime_type: str) -> bool:
    return mime_type.startswith("text/") or mime_type.endswith(("xml", "json", "html"))
