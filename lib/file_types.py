"""What a file is, told from what is in it. Its name and what the browser says of it prove nothing."""

UNKNOWN = "application/octet-stream"
HEAD = 512
"""As many first bytes are enough."""
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Pictures that a page may show. SVG is none: it can hold a script, so it is only ever a download."""
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0c\x1b")


def type_of(head: bytes) -> str:
    """The type of a file that begins with `head` (at least `HEAD` bytes of it, or all)."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if not _is_text(head):
        return UNKNOWN
    return "image/svg+xml" if b"<svg" in head.lower() else "text/plain"


def _is_text(head: bytes) -> bool:
    """UTF-8 (its last character may be cut) without the control characters that no text has."""
    if not head or any(byte < 32 and byte not in _TEXT_CONTROLS for byte in head):  # noqa: PLR2004
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and error.reason == "unexpected end of data"
    return True
