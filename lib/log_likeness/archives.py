"""A bounded look into archives: names of what is inside, and the beginnings of some of it.

What an archive says of itself is not believed: everything is read through limits in bytes and members, so
that a bomb costs no more than any other file.
"""

import bz2
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO

from lib.log_likeness.kinds import held_kind, packed_kind
from lib.log_likeness.likeness import ORDINARY, Likeness
from lib.log_likeness.names import has_log_ending, hints_at_log, strip_packing

Judge = Callable[[str, list[bytes]], Likeness]

MAX_MEMBERS = 2_000
MAX_LOOKS = 24
MAX_UNFOLDED = 16 * 1024 * 1024
SAMPLE = 64 * 1024
_READ = 64 * 1024
_BIGGEST_DIRECTORY = 4 * 1024 * 1024
_MEMBER = b"PK\x03\x04"
_OFFICE = frozenset({"[content_types].xml", "mimetype", "androidmanifest.xml", "meta-inf/manifest.mf"})
_NEVER = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".pdf",
    ".docx",
    ".xlsx",
    ".pptx",
    ".py",
    ".js",
    ".css",
    ".html",
    ".svg",
)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    KeyError,
    OverflowError,
    MemoryError,
)


def look_inside(name: str, source: IO[bytes], packed: str, judge: Judge) -> Likeness:
    """What one of its members gives away, if any; nothing for what is broken or cannot be opened."""
    source.seek(0)
    try:
        if packed == "zip":
            return _zip(source, judge)
        if packed == "tar":
            return _tar(source, judge)
        if packed in ("gz", "bz2", "xz"):
            return _compressed(name, _Unfolded(source, packed), judge)
    except _BROKEN:
        return ORDINARY
    return ORDINARY


def _zip(source: IO[bytes], judge: Judge) -> Likeness:
    if _directory_size(source) > _BIGGEST_DIRECTORY:
        return ORDINARY
    with zipfile.ZipFile(source) as archive:
        members = [one for one in archive.infolist()[:MAX_MEMBERS] if not one.is_dir()]
        if any(one.filename.lower() in _OFFICE for one in members):
            return ORDINARY
        if any(has_log_ending(one.filename) for one in members):
            return Likeness(("name",))
        worth = [
            one for one in members if not one.filename.lower().endswith(_NEVER) and not one.flag_bits & 1
        ]
        for member in worth[:MAX_LOOKS]:
            with archive.open(member) as inside:
                found = _judged(member.filename, inside.read(SAMPLE), judge)
            if found:
                return found
    return ORDINARY


def _directory_size(source: IO[bytes]) -> int:
    """As the archive's end says it: a list of millions of names is read by nobody."""
    size = source.seek(0, io.SEEK_END)
    source.seek(max(size - 65_557, 0))
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    source.seek(0)
    return int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0


def _tar(source: "IO[bytes] | _Joined", judge: Judge) -> Likeness:
    looks = 0
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for member in _members(archive):
            if not member.isfile():
                continue
            if has_log_ending(member.name):
                return Likeness(("name",))
            if looks >= MAX_LOOKS or member.name.lower().endswith(_NEVER):
                continue
            looks += 1
            inside = archive.extractfile(member)
            found = _judged(member.name, inside.read(SAMPLE), judge) if inside else ORDINARY
            if found:
                return found
    return ORDINARY


def _members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The first members, as far as the limits let them be read."""
    try:
        for number, member in enumerate(archive):
            if number >= MAX_MEMBERS:
                return
            yield member
    except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError):
        return


def _compressed(name: str, unfolded: "_Unfolded", judge: Judge) -> Likeness:
    head = unfolded.read(SAMPLE)
    if packed_kind(head) == "tar":
        return _tar(_Joined(head, unfolded), judge)
    return judge(strip_packing(name), [head]) if head else ORDINARY


def _judged(name: str, head: bytes, judge: Judge) -> Likeness:
    """One member; one that is compressed by itself (rotated logs are) is unfolded as far as a sample goes.

    Of an archive within the archive the names count, those that stand in the sample.
    """
    packed = packed_kind(head)
    if packed in ("gz", "bz2", "xz"):
        try:
            head = _Unfolded(io.BytesIO(head), packed).read(SAMPLE)
        except _BROKEN:
            return ORDINARY
        packed = packed_kind(head)
    if packed or not head:
        return _judged_by_names(name, packed, head)
    code = held_kind(head)
    return Likeness((code,)) if code else judge(strip_packing(name), [head])


def _judged_by_names(name: str, packed: str, head: bytes) -> Likeness:
    names = set(_names_in_zip(head) if packed == "zip" else _names_in_tar(head) if packed == "tar" else ())
    if any(one.lower() in _OFFICE for one in names):
        return ORDINARY
    is_closed_log = packed == "closed" and hints_at_log(name)
    return Likeness(("name",)) if is_closed_log or any(map(has_log_ending, names)) else ORDINARY


def _names_in_zip(head: bytes) -> Iterator[str]:
    """As they stand before each member: the list at the end is not in a sample."""
    at = head.find(_MEMBER)
    while at >= 0:
        length = int.from_bytes(head[at + 26 : at + 28], "little")
        yield head[at + 30 : at + 30 + length].decode(errors="replace")
        at = head.find(_MEMBER, at + len(_MEMBER))


def _names_in_tar(head: bytes) -> Iterator[str]:
    try:
        with tarfile.open(fileobj=io.BytesIO(head), mode="r|") as archive:
            yield from (member.name for member in _members(archive))
    except _BROKEN:
        return


class _Unfolded(io.RawIOBase):
    """What a compressed file unfolds to, up to MAX_UNFOLDED bytes; what is missing at its end is no error."""

    def __init__(self, source: IO[bytes], packed: str) -> None:
        self._source = source
        self._left = MAX_UNFOLDED
        self._rest = b""
        self._step = _gunzip() if packed == "gz" else _decompressor(packed)

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; fewer at the end or at the limit."""
        wanted = min(size if size >= 0 else _READ, self._left)
        pieces = bytearray()
        while len(pieces) < wanted:
            piece = self._piece(wanted - len(pieces))
            if not piece:
                break
            pieces += piece
        self._left -= len(pieces)
        return bytes(pieces)

    def _piece(self, wanted: int) -> bytes:
        while True:
            fresh = b"" if self._rest else self._source.read(_READ)
            given = self._rest or fresh
            piece, self._rest, is_done = self._step(given, wanted)
            if piece or is_done or not given:
                return piece


_Step = Callable[[bytes, int], tuple[bytes, bytes, bool]]


def _gunzip() -> _Step:
    box = zlib.decompressobj(wbits=31)

    def step(given: bytes, wanted: int) -> tuple[bytes, bytes, bool]:
        piece = box.decompress(given, wanted)
        return piece, box.unconsumed_tail, box.eof

    return step


def _decompressor(packed: str) -> _Step:
    box = bz2.BZ2Decompressor() if packed == "bz2" else lzma.LZMADecompressor(memlimit=64 * 1024 * 1024)

    def step(given: bytes, wanted: int) -> tuple[bytes, bytes, bool]:
        if box.eof:
            return b"", b"", True
        piece = box.decompress(given, wanted)
        return piece, b"", box.eof

    return step


class _Joined(io.RawIOBase):
    """A head that was read already, and what follows it."""

    def __init__(self, head: bytes, rest: _Unfolded) -> None:
        self._head, self._more = head, rest

    def read(self, size: int = -1) -> bytes:
        """The head first."""
        if self._head:
            piece, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return piece
        return self._more.read(size)
