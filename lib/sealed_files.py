"""Files that are encrypted with a key of their own, piece by piece, so that none has to fit into memory.

One line for each piece: a Fernet token of its number, whether it is the last one, and its bytes. Pieces that
are missing, doubled or out of order are noticed, and so is a file that was cut. Without the key nothing of it
can be read, whoever has the file.
"""

from collections.abc import Callable, Iterable, Iterator

from cryptography.fernet import Fernet, InvalidToken
from django.core.files.base import File

from lib.crypto import Unreadable

PIECE = 256 * 1024
_NUMBER = 8
_LAST, _MORE = b"\x01", b"\x00"


class Streamed(File):  # type: ignore[type-arg]
    """A file that a storage writes as it is made: nothing of it lies anywhere before."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]], name: str) -> None:
        super().__init__(None, name)
        self._pieces = pieces

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Its bytes, made anew by each call."""
        return self._pieces()

    def __bool__(self) -> bool:
        return True


def sealed(pieces: Iterable[bytes], key: str) -> Iterator[bytes]:
    """The encrypted lines of these bytes."""
    box = Fernet(key)
    number, rest = 0, b""
    for piece in _even(pieces):
        if number:
            yield _line(box, number, _MORE, rest)
        number, rest = number + 1, piece
    yield _line(box, max(number, 1), _LAST, rest)


def unsealed(lines: Iterable[bytes], key: str) -> Iterator[bytes]:
    """The bytes that were encrypted. Error: Unreadable, as soon as something is not as it was written."""
    box, is_over = Fernet(key), False
    for number, line in enumerate(lines, start=1):
        try:
            inside = box.decrypt(line.strip())
        except InvalidToken as error:
            raise Unreadable from error
        if is_over or int.from_bytes(inside[:_NUMBER]) != number:
            raise Unreadable
        is_over = inside[_NUMBER : _NUMBER + 1] == _LAST
        yield inside[_NUMBER + 1 :]
    if not is_over:
        raise Unreadable


def _line(box: Fernet, number: int, flag: bytes, piece: bytes) -> bytes:
    return box.encrypt(number.to_bytes(_NUMBER) + flag + piece) + b"\n"


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of at most PIECE."""
    for piece in pieces:
        for start in range(0, len(piece), PIECE):
            yield piece[start : start + PIECE]
