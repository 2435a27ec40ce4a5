"""What may stand in a header: one line without characters that control anything, of a bounded length."""

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

MAX_SUBJECT = 150
MAX_REFERENCES = 10
MAX_FILE_NAME_OCTETS = 800
LONGEST_SUFFIX = 20

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Control, format (bidi, zero width), surrogate, private, unassigned, line and paragraph separators."""
_BODY_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ADDRESS = re.compile(r"\S+@\S+")


def header_text(text: str, limit: int = MAX_SUBJECT) -> str:
    """Foreign words as one harmless line: no line ends, control or direction characters, cut at `limit`."""
    kept = "".join(" " if unicodedata.category(each) in _HIDDEN else each for each in text)
    line = " ".join(kept.split()).replace("=?", "= ?")  # else a reader decodes what only looks encoded
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def file_name(text: str) -> str:
    """The name of a file that goes along. Its header is one line, and servers refuse more than 998 octets."""
    name = header_text(text, 200)
    suffix = PurePosixPath(name).suffix
    suffix = suffix if len(suffix) <= LONGEST_SUFFIX else ""
    stem = name.removesuffix(suffix)
    while len(quote(f"{stem}{suffix}")) > MAX_FILE_NAME_OCTETS:
        stem = stem[:-1]
    return f"{stem}{suffix}"


def subject_line(number: str, subject: str) -> str:
    """`[#2026-000123] Printer on fire`: the same for all mail of a ticket, so that it stays together."""
    return header_text(f"[#{number}] {subject}")


def body_text(text: str) -> str:
    """Foreign words for a mail's body: line ends alike, and nothing that a terminal would obey."""
    return _BODY_CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def references(earlier: list[str]) -> str:
    """The Message-IDs of earlier mails, oldest first; of many the first and the newest."""
    kept = earlier if len(earlier) <= MAX_REFERENCES else [earlier[0], *earlier[1 - MAX_REFERENCES :]]
    return " ".join(kept)


def unsubscribing(url: str) -> dict[str, str]:
    """By which a mail program ends this kind of mail with one click (RFC 8058, which asks for https)."""
    headers = {"List-Unsubscribe": f"<{url}>"}
    if url.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def server_answer(code: int, text: str) -> str:
    """What a mail server said, as we keep it: without addresses, one line."""
    return header_text(f"{code} {_ADDRESS.sub('…', text)}", 200)
