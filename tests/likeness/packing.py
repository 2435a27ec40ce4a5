"""Samples, and the shapes in which the same log comes: encodings, line ends, compression, archives."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

NAMES = (
    "ausgabe.txt",
    "Neu.txt",
    "daten",
    "anhang.txt",
    "fehlerbild.txt",
    "export.txt",
    "1234.txt",
    "console.txt",
)
"""What people call what they save: names that tell nothing."""


@dataclass(frozen=True)
class Sample:
    """A labelled file. `key` names it for the split; `name` is the sender's."""

    key: str
    name: str
    content: bytes
    is_log: bool


def varied(logs: Iterable[tuple[str, str, str | bytes]], source: str) -> Iterator[Sample]:
    """Each log as it comes, in one of the shapes, in turn; the name tells of it only now and then."""
    for number, (key, own_name, log) in enumerate(logs):
        content = log if isinstance(log, bytes) else _encoded(log, number)
        name = own_name if number % 3 == 0 or isinstance(log, bytes) else NAMES[number % len(NAMES)]
        pack = _SHAPES[number // 3 % len(_SHAPES)] if not isinstance(log, bytes) else _as_it_is
        name, content = pack(name, content)
        yield Sample(f"{source}/{key}", name, content, is_log=True)


def zipped(name: str, content: bytes, *others: tuple[str, bytes]) -> bytes:
    """A zip archive of a file and others."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, inside in ((name, content), *others):
            archive.writestr(one, inside)
    return out.getvalue()


def tarred(name: str, content: bytes, mode: str) -> bytes:
    """A tar archive, compressed as its mode says, with a note beside the file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for one, inside in (("LIESMICH", b"Siehe unten.\n"), (name, content)):
            info = tarfile.TarInfo(f"ablage/{one}")
            info.size = len(inside)
            archive.addfile(info, io.BytesIO(inside))
    return out.getvalue()


def _encoded(log: str, number: int) -> bytes:
    text = log if number % 4 else log.replace("\n", "\r\n")
    encodings = ("utf-8", "utf-8", "utf-16", "cp1252", "utf-8-sig", "utf-16-le")
    return text.encode(encodings[number % len(encodings)], "replace")


def _as_it_is(name: str, content: bytes) -> tuple[str, bytes]:
    return name, content


def _zip(name: str, content: bytes) -> tuple[str, bytes]:
    return "unterlagen.zip", zipped(name, content, ("liesmich.md", b"# Hinweise\n"))


def _gzip(name: str, content: bytes) -> tuple[str, bytes]:
    return f"{name}.gz", gzip.compress(content, mtime=0)


def _tar(mode: str, ending: str) -> Callable[[str, bytes], tuple[str, bytes]]:
    def pack(name: str, content: bytes) -> tuple[str, bytes]:
        return f"ablage.{ending}", tarred(name, content, mode)

    return pack


_SHAPES: tuple[Callable[[str, bytes], tuple[str, bytes]], ...] = (
    _as_it_is,
    _as_it_is,
    _zip,
    _as_it_is,
    _gzip,
    _as_it_is,
    _tar("w", "tar"),
    _as_it_is,
    _tar("w:gz", "tgz"),
    lambda name, content: (f"{name}.bz2", bz2.compress(content)),
    _as_it_is,
    lambda name, content: (f"{name}.xz", lzma.compress(content)),
)
