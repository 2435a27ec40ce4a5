"""A logo is a drawing of shapes or a whole picture, and nothing else."""

import struct
import zlib

import pytest

from lib.logos import MAX_BYTES, Refused, read_logo

OPEN = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 120 30">'
)


def svg(inside: str) -> bytes:
    """A drawing."""
    return f"{OPEN}{inside}</svg>".encode()


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 4, height: int = 2, *, behind: bytes = b"") -> bytes:
    """A grey picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks + behind


def test_a_drawing_is_kept_with_its_width() -> None:
    logo = read_logo(svg('<g fill="url(#a)"><path d="M0 0h9"/><use xlink:href="#b"/></g>'))
    assert (logo.content_type, logo.width) == ("image/svg+xml", 128)
    assert b'<path d="M0 0h9"' in logo.content
    assert b'href="#b"' in logo.content


def test_what_only_an_editor_understands_is_left_out() -> None:
    inside = (
        '<metadata>who drew it</metadata><sodipodi:view xmlns:sodipodi="http://sodipodi" x="1"/><!-- note -->'
    )
    content = read_logo(svg(inside + '<path d="M0 0"/>')).content
    assert b"path" in content
    for word in (b"who drew it", b"sodipodi", b"note"):
        assert word not in content


@pytest.mark.parametrize(
    ("inside", "part"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<g><script href="https://elsewhere.example/x.js"/></g>', "<script>"),
        ("<foreignObject><p>x</p></foreignObject>", "<foreignObject>"),
        ('<image href="https://elsewhere.example/x.png"/>', "<image>"),
        ('<path onload="alert(1)"/>', "onload"),
        ('<path ONCLICK="alert(1)"/>', "ONCLICK"),
        ('<use href="https://elsewhere.example/x.svg#a"/>', "href"),
        ('<use xlink:href="data:image/svg+xml,x"/>', "href"),
        ('<path fill="url(https://elsewhere.example/a)"/>', "fill"),
        ("<path style=\"background:url( '//elsewhere.example/a')\"/>", "style"),
        ("<style>@import '//elsewhere.example';</style>", "<style>"),
        ("<style>path{fill:u\\72l(//elsewhere.example)}</style>", "<style>"),
        ("<a href='#x'><path/></a>", "<a>"),
        ("<animate attributeName='href' to='javascript:alert(1)'/>", "<animate>"),
        ("<set attributeName='onload' to='x'/>", "<set>"),
    ],
)
def test_what_could_run_load_or_link_is_refused_by_name(inside: str, part: str) -> None:
    with pytest.raises(Refused) as refused:
        read_logo(svg(inside))
    assert (refused.value.code, refused.value.part) == ("unsafe", part)


def test_a_picture_is_kept_up_to_its_end() -> None:
    logo = read_logo(png(behind=b"<script>alert(1)</script>"))
    assert (logo.content, logo.content_type, logo.width) == (png(), "image/png", 64)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "kind"),
        (b"GIF89a<svg", "broken"),
        (b"\xff\xd8\xff\xe0JFIF", "kind"),
        (b"<html><svg></svg></html>", "kind"),
        (b"<svg viewBox='0 0 2 1'/>", "kind"),  # no namespace: no browser would draw it
        (b"<svg", "broken"),
        (svg("<g>" * 5_000 + "</g>" * 5_000), "broken"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "unsafe"),
        (svg("<path/>") + b" " * MAX_BYTES, "size"),
        (svg("").replace(b' viewBox="0 0 120 30"', b""), "shape"),
        (svg("").replace(b"120 30", b"1200 30"), "shape"),
        (png()[:-5], "broken"),
        (png().replace(b"IDAT", b"IDAX"), "broken"),
        (b"\x89PNG\r\n\x1a\n", "broken"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "broken"),
        (png(9000, 9000)[:60] + png()[60:], "shape"),
        (png(40, 2), "shape"),
    ],
)
def test_what_is_no_logo_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_logo(content)
    assert refused.value.code == code
