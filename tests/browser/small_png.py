"""Makes screenshots small: a 24-bit PNG becomes one with a palette of its 256 most frequent colours."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256

Colour = tuple[int, int, int]


def with_palette(png: bytes) -> bytes:
    """The same picture; a colour outside the palette becomes the nearest one inside."""
    width, height, pixels = _pixels_of(png)
    counted = Counter(pixels)
    palette = [colour for colour, _count in counted.most_common(COLOURS)]
    index = {colour: _nearest(colour, palette) for colour in counted}
    rows = (
        b"\0" + bytes(index[pixel] for pixel in pixels[start : start + width])
        for start in range(0, width * height, width)
    )
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0),
        b"PLTE": bytes(value for colour in palette for value in colour),
        b"IDAT": zlib.compress(b"".join(rows), 9),
        b"IEND": b"",
    }
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts.items())


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    distances = [sum((a - b) ** 2 for a, b in zip(colour, one, strict=True)) for one in palette]
    return distances.index(min(distances))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        yield kind, png[at + 8 : at + 8 + size]
        at += 12 + size


def _pixels_of(png: bytes) -> tuple[int, int, list[Colour]]:
    """Width, height and colours of a picture with 8 bits for each of red, green and blue."""
    chunks = list(_chunks(png))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    if (depth, kind) != (8, 2):
        raise ValueError("not a 24-bit picture")
    data = zlib.decompress(b"".join(part for name, part in chunks if name == b"IDAT"))
    pixels: list[Colour] = []
    above = bytes(width * 3)
    for start in range(0, len(data), width * 3 + 1):
        line = data[start + 1 : start + 1 + width * 3]
        above = _unfiltered(data[start], line, above)
        pixels.extend(zip(above[0::3], above[1::3], above[2::3], strict=True))
    return width, height, pixels


def _unfiltered(method: int, line: bytes, above: bytes) -> bytes:
    """A line of pixels, of its differences to the pixels left of and above it."""
    out = bytearray(line)
    for at, value in enumerate(line):
        left, corner = (out[at - 3], above[at - 3]) if at >= 3 else (0, 0)
        up = above[at]
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[method]
        out[at] = (value + guess) & 255
    return bytes(out)


def _paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    return min((left, up, corner), key=lambda one: abs(estimate - one))
