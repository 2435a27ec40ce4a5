"""How files of a folder become articles: which belong together, and where their links lead."""

import posixpath
import re
from collections.abc import Callable
from urllib.parse import unquote

MARKDOWN = (".md", ".markdown")
HTML = (".html", ".htm")
LANGUAGES = ("de", "en")
_LINK = re.compile(r"(!?\[[^\]\n]{0,1000}\]\()(<[^>\n]*>|[^()\s]+)((?:\s+\"[^\"\n]*\")?\))")
_REFERENCE = re.compile(r"^( {0,3}\[[^\]\n]+\]:\s+)(<[^>\n]*>|\S+)()", re.MULTILINE)
_FENCED = re.compile(r"(^ {0,3}(?:```|~~~).*?(?:^ {0,3}(?:```|~~~)\s*$|\Z))", re.MULTILINE | re.DOTALL)

Answer = Callable[[str], str | None]
"""What to write instead of a relative address; None leaves it as it is."""


def is_page(path: str) -> bool:
    """Whether a file becomes an article (others are images and files of articles)."""
    return path.lower().endswith((*MARKDOWN, *HTML))


def is_html(path: str) -> bool:
    """Whether it is to be turned into Markdown first."""
    return path.lower().endswith(HTML)


def key_of(path: str) -> tuple[str, str]:
    """Which article a file belongs to, and the language its name says: `vpn.en.md` gives ("vpn", "en")."""
    stem = posixpath.splitext(path)[0]
    base, dot, ending = stem.rpartition(".")
    if dot and ending.lower() in LANGUAGES and posixpath.basename(base):
        return base, ending.lower()
    return stem, ""


def target_of(address: str, path: str) -> str | None:
    """The path in the folder that a relative address in the file at `path` means.

    None for whatever is not relative: other sites, addresses from the root, places on the same page. A path
    that leads out of the folder begins with "..".
    """
    plain = address.partition("#")[0].partition("?")[0]
    if not plain or plain.startswith(("/", "\\")) or ":" in plain.partition("/")[0]:
        return None
    decoded = unquote(plain).replace("\\", "/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), decoded))


def readdressed(body: str, answer: Answer) -> str:
    """The text with each relative address replaced by what `answer` says. Fenced code stays as it is."""
    parts = _FENCED.split(body)
    return "".join(part if at % 2 else _in_words(part, answer) for at, part in enumerate(parts))


def _in_words(part: str, answer: Answer) -> str:
    def put(found: re.Match[str]) -> str:
        address = found[2][1:-1] if found[2].startswith("<") else found[2]
        instead = answer(address)
        return found[0] if instead is None else f"{found[1]}{instead}{found[3]}"

    return _REFERENCE.sub(put, _LINK.sub(put, part))
