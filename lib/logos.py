"""A firm's logo: an SVG drawing that holds nothing but shapes, or a whole PNG picture.

Whoever may upload one is an admin; all the same it is shown to everybody, so it is read strictly: what could
run, load or link is refused by name, what only an editor understands is left out.
"""

import re
import struct
import zlib
from dataclasses import dataclass
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

MAX_BYTES = 300_000
MAX_PIXELS = 4000
SHOWN_HEIGHT = 32
"""The height in CSS pixels at which a page shows it."""
_SVG = "http://www.w3.org/2000/svg"
_SHAPES = frozenset(
    {
        *("svg", "g", "defs", "title", "desc", "symbol", "use", "text", "tspan", "style"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern"),
    }
)
_PNG = b"\x89PNG\r\n\x1a\n"
_LINKS = re.compile(r"url\(\s*['\"]?(?!#)|@import|javascript:|expression\(|\\", re.IGNORECASE)
_NUMBER = re.compile(r"\s*([0-9]*\.?[0-9]+)")


@dataclass(frozen=True)
class Logo:
    """What is stored. `width` is in CSS pixels where it is shown `SHOWN_HEIGHT` high."""

    content: bytes
    content_type: str
    width: int


class Refused(ValueError):
    """It is no logo for us. `code` says why: size, kind, broken, unsafe (`part` names what), shape."""

    def __init__(self, code: str, part: str = "") -> None:
        super().__init__(code, part)
        self.code, self.part = code, part


def read_logo(content: bytes) -> Logo:
    """The logo as it is kept. Error: Refused."""
    if len(content) > MAX_BYTES:
        raise Refused("size")
    if content.startswith(_PNG):
        return _read_png(content)
    if b"<svg" in content or b":svg" in content:
        return _read_svg(content)
    raise Refused("kind")


def _read_png(content: bytes) -> Logo:
    """Walk its chunks to the end: each whole, nothing behind the last."""
    at, size = len(_PNG), (0, 0)
    names: list[bytes] = []
    while at < len(content):
        name, data, at = _chunk(content, at)
        if not names:
            size = _png_size(name, data)
        names.append(name)
        if name == b"IEND":
            break
    if not names or names[-1] != b"IEND" or b"IDAT" not in names:
        raise Refused("broken")
    return Logo(content[:at], "image/png", _shown_width(*size))


def _chunk(content: bytes, at: int) -> tuple[bytes, bytes, int]:
    """The name and data of the chunk here, and where the next begins."""
    try:
        (length,) = struct.unpack_from(">I", content, at)
        name = content[at + 4 : at + 8]
        (check,) = struct.unpack_from(">I", content, at + 8 + length)
    except struct.error as error:
        raise Refused("broken") from error
    data = content[at + 8 : at + 8 + length]
    if zlib.crc32(name + data) != check:
        raise Refused("broken")
    return name, data, at + 12 + length


def _png_size(name: bytes, data: bytes) -> tuple[int, int]:
    if name != b"IHDR" or len(data) != 13:  # noqa: PLR2004
        raise Refused("broken")
    width, height = struct.unpack_from(">II", data)
    if not 0 < max(width, height) <= MAX_PIXELS or not min(width, height):
        raise Refused("shape")
    return width, height


def _read_svg(content: bytes) -> Logo:
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Refused("unsafe", "<!DOCTYPE>") from error
    except (ParseError, ValueError) as error:
        raise Refused("broken") from error
    if root.tag != f"{{{_SVG}}}svg":
        raise Refused("kind")
    ElementTree.register_namespace("", _SVG)
    try:
        _clean(root)
        cleaned = ElementTree.tostring(root, encoding="utf-8")
    except RecursionError as error:  # thousands of groups within one another: nothing that a program draws
        raise Refused("broken") from error
    return Logo(cleaned, "image/svg+xml", _shown_width(*_svg_size(root)))


def _clean(element: ElementTree.Element) -> None:
    """Leave out what belongs to an editor. Error: Refused for what no drawing needs."""
    name = element.tag.partition("}")[2]
    if name not in _SHAPES or (name == "style" and _LINKS.search(element.text or "")):
        raise Refused("unsafe", f"<{name}>")
    for child in list(element):
        if not _is_of_svg(child) or child.tag == f"{{{_SVG}}}metadata":
            element.remove(child)
        else:
            _clean(child)
    for key in list(element.attrib):
        _clean_attribute(element, key)


def _is_of_svg(child: ElementTree.Element) -> bool:
    return isinstance(child.tag, str) and child.tag.startswith(f"{{{_SVG}}}")


def _clean_attribute(element: ElementTree.Element, key: str) -> None:
    space, _, name = key.rpartition("}")
    value = element.attrib[key]
    if name.lower() == "href":
        if not value.strip().startswith("#"):
            raise Refused("unsafe", name)
        element.attrib.pop(key)
        element.attrib["href"] = value.strip()
    elif name.lower().startswith("on") or _LINKS.search(value):
        raise Refused("unsafe", name)
    elif space:
        element.attrib.pop(key)


def _svg_size(root: ElementTree.Element) -> tuple[float, float]:
    box = root.get("viewBox", "").replace(",", " ").split()
    if len(box) != 4:  # noqa: PLR2004
        box = ["0", "0", root.get("width", ""), root.get("height", "")]
    found = [_NUMBER.match(text) for text in box[2:]]
    if not all(found):
        raise Refused("shape")
    width, height = (float(match[1]) for match in found if match)
    return width, height


def _shown_width(width: float, height: float) -> int:
    """Error: Refused for what would be a thread rather than a logo."""
    if not width or not height or not 0.2 <= width / height <= 10:  # noqa: PLR2004
        raise Refused("shape")
    return round(SHOWN_HEIGHT * width / height)
