"""What admins type about telephone systems and phones, checked before it is kept. Pure.

Each function returns what is wrong as reasons of calls/rules/wording.py, none where all is well.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from calls.rules import spoken
from calls.rules.peers import is_number, is_sip
from lib.reasons import Reason, reason

HMAC = "hmac"
SCHEMES_OF: Mapping[str, tuple[str, ...]] = {
    "asterisk": (HMAC,),
    "twiml": ("twilio", "signalwire", "telnyx"),
    "sipgate": ("sipgate",),
    "placetel": ("placetel",),
    "events": (),
}
"""How a telephone system of each kind can sign; the first is the usual one."""
SOUNDS = ("hold", *spoken.codes())
SHORTEST_KEY = 16

_ED25519_BYTES = 32
_EXTENSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", re.ASCII)
_SOUND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", re.ASCII)
_PROMPT = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)
_HOST = re.compile(r"(?=.{1,200}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?", re.ASCII)
_ADDRESS = re.compile(r"[\x21-\x7e]{1,500}", re.ASCII)
_AMI_WORD = re.compile(r"[\x21-\x7e]{0,200}", re.ASCII)


def faulty_networks(text: str) -> list[Reason]:
    """One network (or address) to a line, such as 10.0.0.0/24. Each fault names its line."""
    return [
        reason("entry.network", line=number, text=line)
        for number, line in _lines(text)
        if not _is_network(line)
    ]


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def faulty_sounds(text: str, *, kind: str) -> list[Reason]:
    """One recording to a line, as `sounds_in` reads them: its name and its address (Placetel: its number)."""
    return [fault for number, line in _lines(text) for fault in _faulty_sound(number, line, kind)]


def _faulty_sound(number: int, line: str, kind: str) -> Iterator[Reason]:
    name, _blank, place = (part.strip() for part in line.partition(" "))
    if not _SOUND_NAME.fullmatch(name) or not place:
        yield reason("entry.sound", line=number, text=line)
    elif kind == "placetel":
        if not _PROMPT.fullmatch(place):
            yield reason("entry.prompt", line=number, text=place)
    elif faulty_address(place):
        yield reason("entry.sound_address", line=number, text=place)


def sounds_in(text: str) -> dict[str, str]:
    """The recordings by their names; of a name that is there twice the last one."""
    parted = (line.partition(" ") for _number, line in _lines(text))
    return {name.strip(): place.strip() for name, _blank, place in parted}


def sounds_as_text(sounds: Mapping[str, str]) -> str:
    """As they are typed."""
    return "\n".join(f"{name} {place}" for name, place in sounds.items())


def faulty_address(url: str) -> list[Reason]:
    """An address that is asked or played: http or https with a host, and no password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return [reason("entry.address")]
    is_whole = bool(parts.scheme in {"http", "https"} and parts.hostname and port != 0)
    if not is_whole or not _ADDRESS.fullmatch(url) or not is_host(parts.hostname or ""):
        return [reason("entry.address")]
    return [reason("entry.address_password")] if parts.username or parts.password else []


def is_host(text: str) -> bool:
    """Whether it is an IP address or can be the name of a machine."""
    try:
        ip_address(text)
    except ValueError:
        return bool(_HOST.fullmatch(text))
    return True


def is_login(text: str) -> bool:
    """Whether it can stand in a line of AMI and of a configuration: printable, without blanks."""
    return bool(_AMI_WORD.fullmatch(text))


def faulty_target(target: str, *, kind: str) -> list[Reason]:
    """What is dialled: an extension or a number for Asterisk, a number or an address of SIP for a provider.

    Asterisk's dialplan leaves letters, digits and `_.+@-` of it, so nothing else is kept. A connector only
    names who talks, in words of its own. `kind` "": any telephone system's.
    """
    if is_number(target) or (kind != "asterisk" and is_sip(target)):
        return []
    if kind == "events":
        return [] if target.strip() and target.isprintable() else [reason("entry.target")]
    if kind in {"asterisk", ""}:
        return [] if _EXTENSION.fullmatch(target) else [reason("entry.target")]
    return [reason("entry.target_far")]


def faulty_sound_name(name: str) -> list[Reason]:
    """The name of a recording on the telephone system, as the dialplan lets it through."""
    return [] if not name or _SOUND_NAME.fullmatch(name) else [reason("entry.announcement")]


def faulty_key(scheme: str, key: str) -> list[Reason]:
    """The key that a vendor signs with, or by which its signature is checked."""
    check = {"telnyx": _is_telnyx, "sipgate": _is_sipgate}.get(scheme)
    if check is not None:
        return [] if check(key) else [reason(f"entry.key_{scheme}")]
    return [] if len(key) >= SHORTEST_KEY else [reason("entry.key_short", least=SHORTEST_KEY)]


def _is_telnyx(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == _ED25519_BYTES
    except (binascii.Error, ValueError):
        return False


def _is_sipgate(key: str) -> bool:
    try:
        return isinstance(load_pem_public_key(key.encode()), RSAPublicKey)
    except ValueError:
        return False


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with something in them, with their numbers from 1."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line.strip()
