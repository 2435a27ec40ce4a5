"""Whether a request comes from the vendor that it names. Pure: no clock, no key store.

Each function takes what was received and the key, compares in constant time, and says False for all that
is missing or malformed. `url` is the address as the vendor called it, with its query.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

FRESH = timedelta(minutes=5)
_ED25519_BYTES = 32
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came. `headers`: by their names in small letters."""

    url: str
    body: bytes
    form: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]


def is_signed(received: Received, *, scheme: str, key: str, now: datetime) -> bool:
    """Whether the request is signed as this vendor signs: never as another one, whatever its headers say.

    Some keys are public (Telnyx, sipgate): taken for the key of an HMAC, anybody could sign with them. So the
    scheme is kept with the key (`SCHEMES`) and never guessed from the request.
    """
    check = SCHEMES.get(scheme)
    return check is not None and check(received, key, now)


def _by_twilio(received: Received, key: str, now: datetime) -> bool:
    signature = received.headers.get("x-twilio-signature", "")
    return is_twilio(url=received.url, form=received.form, signature=signature, token=key)


def _by_signalwire(received: Received, key: str, now: datetime) -> bool:
    headers = received.headers
    signature = headers.get("x-signalwire-signature", "") or headers.get("x-twilio-signature", "")
    return is_signalwire(
        url=received.url, body=received.body, form=received.form, signature=signature, key=key
    )


def _by_telnyx(received: Received, key: str, now: datetime) -> bool:
    signature = received.headers.get("telnyx-signature-ed25519", "")
    timestamp = received.headers.get("telnyx-timestamp", "")
    return is_telnyx(body=received.body, timestamp=timestamp, signature=signature, public_key=key, now=now)


def _by_sipgate(received: Received, key: str, now: datetime) -> bool:
    signature = received.headers.get("x-sipgate-signature", "")
    return is_sipgate(body=received.body, signature=signature, public_key=key)


def _by_placetel(received: Received, key: str, now: datetime) -> bool:
    signature = received.headers.get("x-placetel-signature", "")
    return is_placetel(body=received.body, signature=signature, secret=key)


SCHEMES: Mapping[str, Callable[[Received, str, datetime], bool]] = {
    "twilio": _by_twilio,
    "signalwire": _by_signalwire,
    "telnyx": _by_telnyx,
    "sipgate": _by_sipgate,
    "placetel": _by_placetel,
}


SHARED_KEYS = frozenset({"sipgate"})
"""The vendor signs for all its customers with one key: that tells who asks, but not on whose behalf."""


def asks_for_password(kept: object) -> bool:
    """Whether a request needs the secret in its address besides what signs it: no key, or one for all.

    `kept`: the `signing_key` of a telephone system.
    """
    return not kept or (isinstance(kept, dict) and kept.get("scheme") in SHARED_KEYS)


def is_twilio(*, url: str, form: Mapping[str, Sequence[str]], signature: str, token: str) -> bool:
    """X-Twilio-Signature: HMAC-SHA1, in Base64, over the address and the sorted fields. `token`: auth token.

    Whether the vendor signs the address with or without its port depends on the call, so both count.
    """
    if not token or not signature:
        return False
    return _is_any(signature, (_twilio(token, each, form) for each in _with_and_without_port(url)))


def is_signalwire(
    *, url: str, body: bytes, form: Mapping[str, Sequence[str]], signature: str, key: str
) -> bool:
    """X-SignalWire-Signature: as Twilio's for forms, or HMAC-SHA1, in hex, over the address and the body."""
    if not key or not signature:
        return False
    addresses = _with_and_without_port(url)
    plain = (_hex(key, _encoded(each) + body, "sha1") for each in addresses)
    return _is_any(signature, plain) or is_twilio(url=url, form=form, signature=signature, token=key)


def is_telnyx(*, body: bytes, timestamp: str, signature: str, public_key: str, now: datetime) -> bool:
    """telnyx-signature-ed25519 over "timestamp|body", not older or newer than five minutes.

    `public_key` and `signature`: Base64, `timestamp`: seconds, as the header says it.
    """
    key, signed = _bytes(public_key), _bytes(signature)
    if len(key) != _ED25519_BYTES or not _SECONDS.fullmatch(timestamp):
        return False
    if abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signed, timestamp.encode() + b"|" + body)
    except InvalidSignature:
        return False
    return True


def is_sipgate(*, body: bytes, signature: str, public_key: str) -> bool:
    """X-Sipgate-Signature: RSA with SHA-256, in Base64, over the body. `public_key`: sipgate's, as PEM."""
    try:
        key = load_pem_public_key(public_key.encode())
    except ValueError:
        return False
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(_bytes(signature), body, PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def is_placetel(*, body: bytes, signature: str, secret: str) -> bool:
    """X-PLACETEL-SIGNATURE: HMAC-SHA256, in hex, over the body."""
    return bool(secret and signature) and _is_any(signature, [_hex(secret, body, "sha256")])


def _twilio(token: str, url: str, form: Mapping[str, Sequence[str]]) -> str:
    fields = "".join(name + each for name in sorted(form) for each in sorted(set(form[name])))
    # SHA-1 is what the vendor signs with; as a key-bound hash it still holds.
    digest = hmac.new(token.encode(), _encoded(url + fields), "sha1").digest()
    return base64.b64encode(digest).decode()


def _hex(key: str, signed: bytes, algorithm: str) -> str:
    return hmac.new(key.encode(), signed, algorithm).hexdigest()


def _is_any(signature: str, expected: Iterable[str]) -> bool:
    given = _encoded(signature)
    return any(hmac.compare_digest(given, each.encode()) for each in expected)


def _with_and_without_port(url: str) -> tuple[str, ...]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return (url,)
    usual = _PORTS.get(parts.scheme)
    if usual is None or port not in {None, usual}:
        return (url,)
    bare = parts.netloc.removesuffix(f":{usual}")
    return (url, *(urlunsplit(parts._replace(netloc=each)) for each in (bare, f"{bare}:{usual}")))


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(_encoded(text), validate=True)
    except binascii.Error:
        return b""


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")
