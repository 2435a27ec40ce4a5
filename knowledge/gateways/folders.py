"""A folder to import, read with care: nothing outside of it, nothing through a link, nothing huge."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.rules.importing import is_page

LARGEST_PAGE = 1_000_000
MOST_FILES = 20_000


class NotAFolder(Exception):
    """There is no such folder, or it is a link to one."""


@dataclass(frozen=True)
class Found:
    """A file of the folder: its path within, with slashes. `refused`: why it is left alone, in one word.

    ``link`` (a symbolic link), ``special`` (a pipe, a device), ``large``, ``empty``, ``encoding``,
    ``unreadable``, ``many`` (the folder holds more files than are looked at).
    """

    path: str
    refused: str = ""


def files_of(folder: Path) -> list[Found]:
    """Every file below the folder by its path; hidden ones are passed over. Error: NotAFolder."""
    if folder.is_symlink() or not folder.is_dir():
        raise NotAFolder
    return sorted(_walk(folder), key=lambda found: found.path)


def _walk(folder: Path) -> Iterator[Found]:
    count = 0
    for at, names, files in os.walk(folder, followlinks=False):
        links = [name for name in names if (Path(at) / name).is_symlink()]
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in links)
        for name in sorted([*links, *files]):
            if name.startswith("."):
                continue
            count += 1
            path = (Path(at) / name).relative_to(folder).as_posix()
            if count > MOST_FILES:
                yield Found(path, "many")
                return
            yield Found(path, _refusal(Path(at) / name))


def _refusal(path: Path) -> str:
    try:
        status = path.lstat()
        str(path).encode()
    except (OSError, UnicodeEncodeError):
        return "unreadable"
    if stat.S_ISLNK(status.st_mode):
        return "link"
    if not stat.S_ISREG(status.st_mode):
        return "special"
    if not status.st_size:
        return "empty"
    return "large" if is_page(path.name) and status.st_size > LARGEST_PAGE else ""


def read_page(folder: Path, path: str) -> str | None:
    """A page's text; None where it is not UTF-8 or holds what no text does."""
    content = _content(folder, path, LARGEST_PAGE)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def read_file(folder: Path, path: str, limit: int) -> bytes | None:
    """A file's content; None where it is larger than `limit`."""
    content = _content(folder, path, limit)
    return None if len(content) > limit else content


def _content(folder: Path, path: str, limit: int) -> bytes:
    """Read it without following a link that was put there meanwhile. Error: OSError."""
    handle = os.open(folder / path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        return file.read(limit + 1)
