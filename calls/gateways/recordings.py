"""Fetching what a caller said from where the telephone system keeps it.

Asterisk is asked over ARI. A provider sends an address, which anybody could have written into a request: it
is followed only to that provider's own hosts, over https, and never to a machine that is not on the internet.
"""

import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from socket import IPPROTO_TCP, SHUT_RDWR, create_connection, getaddrinfo, socket
from threading import Timer
from urllib.parse import SplitResult, urljoin, urlsplit

import structlog
from django.conf import settings

from calls.gateways import ari
from calls.models import PhoneSystem
from lib.uploads import MEGABYTE

SECONDS = 30.0
"""A recording that takes longer is tried again later."""
HOPS = 2
"""So many times a provider may send us on, among its own hosts."""
_PIECE = 64 * 1024
_PORT = 443
_PLACES: Mapping[str, tuple[str, ...]] = {
    "twilio": (".twilio.com/",),
    "signalwire": (".signalwire.com/",),
    "telnyx": (".telnyx.com/", "s3.amazonaws.com/telephony-recorder-prod/"),
}
"""Where a provider keeps recordings, by the scheme of its signatures: a host (any below, with a dot in front)
and how its paths begin."""

log = structlog.get_logger(__name__)

Where = tuple[str, int]
"""An address and a port."""


class NotToBeHad(Exception):
    """Trying again will not help: it is too large, no sound, or not to be asked for. The text is a code."""


class NotThere(NotToBeHad):
    """There is none of this name; right after the call that may change."""


class TryLater(Exception):
    """It could not be fetched this time. The text is a code for people who keep the system running."""


def largest() -> int:
    """Bytes that a recording may have: as many as any file of a ticket."""
    return int(settings.ATTACHMENT_MAX_MEGABYTES * MEGABYTE)


def fetch(system: PhoneSystem, name: str) -> bytes:
    """The recording that a telephone system told of. Errors: NotToBeHad, NotThere, TryLater."""
    if name.startswith("https://"):
        return over_https(system, name)
    if system.kind == PhoneSystem.Kind.TWIML:
        raise NotThere("not_told")
    if not has_its_own(system):
        raise NotToBeHad("nobody_to_ask")
    try:
        sound = ari.recording(system, name)
    except ari.NotThere as error:
        raise NotThere("not_there") from error
    except ari.TooLarge as error:
        raise NotToBeHad("too_large") from error
    except ari.Unreachable as error:
        raise TryLater(error.why) from error
    if len(sound) > largest():
        raise NotToBeHad("too_large")
    return sound


def forget(system: PhoneSystem, name: str) -> None:
    """Have Asterisk delete a recording, if it is there; providers are not asked. Error: TryLater."""
    if not has_its_own(system):
        return
    try:
        ari.delete_recording(system, name)
    except ari.NotThere:
        return
    except ari.Unreachable as error:
        raise TryLater(error.why) from error


def has_its_own(system: PhoneSystem) -> bool:
    """Whether recordings lie on the telephone system itself, where we may ask for them."""
    return system.kind == PhoneSystem.Kind.ASTERISK and ari.is_known(system)


def over_https(
    system: PhoneSystem,
    address: str,
    *,
    trusted: ssl.SSLContext | None = None,
    resolve: Callable[[str], Where] | None = None,
) -> bytes:
    """A recording from its provider. `trusted`, `resolve`: instead of the system's. Errors: as `fetch`."""
    place = _place(system, address)
    context, place_of = trusted or ssl.create_default_context(), resolve or public_address
    for _hop in range(HOPS + 1):
        sound, further = _ask(system, place, context, place_of)
        if not further:
            return sound
        place = _place(system, urljoin(place.geturl(), further))
    raise NotToBeHad("sent_on")


def public_address(host: str) -> Where:
    """Where the host is, once all its addresses are on the internet. Errors: NotToBeHad, TryLater."""
    try:
        found = getaddrinfo(host, _PORT, proto=IPPROTO_TCP)
    except OSError as error:
        raise TryLater("no_such_host") from error
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(ip_address(one).is_global for one in addresses):
        raise NotToBeHad("private_address")
    return addresses[0], _PORT


def _place(system: PhoneSystem, address: str) -> SplitResult:
    """Error: NotToBeHad for anything but https on the provider's hosts."""
    try:
        place = urlsplit(address)
        host, port = (place.hostname or "").lower(), place.port or _PORT
    except ValueError as error:
        raise NotToBeHad("address") from error
    if place.scheme != "https" or place.username is not None or port != _PORT:
        raise NotToBeHad("address")
    allowed = _PLACES.get(_signing(system, "scheme"), ())
    if not any(_is_within(host, place.path, one) for one in allowed):
        raise NotToBeHad("host")
    return place


def _is_within(host: str, path: str, allowed: str) -> bool:
    home, slash, beginning = allowed.partition("/")
    is_theirs = host.endswith(home) if home.startswith(".") else host == home
    return is_theirs and path.startswith(slash + beginning) and "/../" not in path


def _signing(system: PhoneSystem, part: str) -> str:
    key = system.signing_key
    return str(key.get(part, "")) if isinstance(key, dict) else ""


def _ask(
    system: PhoneSystem, place: SplitResult, context: ssl.SSLContext, resolve: Callable[[str], Where]
) -> tuple[bytes, str]:
    """The recording, or where it is instead. Errors: NotToBeHad, TryLater."""
    host = place.hostname or ""
    try:
        with _connected(host, resolve(host), context) as connection:
            path = (place.path or "/") + (f"?{place.query}" if place.query else "")
            connection.request("GET", path, headers=_headers(system, place))
            with connection.getresponse() as response:
                return _answer(response)
    except (HTTPException, OSError, ValueError) as error:
        raise TryLater(type(error).__name__) from error


@contextmanager
def _connected(host: str, where: Where, context: ssl.SSLContext) -> Iterator[HTTPSConnection]:
    """A connection to this very address, with a certificate for the host, cut at its deadline."""
    deadline = time.monotonic() + SECONDS
    connection = HTTPSConnection(host, timeout=SECONDS, context=context)
    plain = create_connection(where, timeout=SECONDS)
    cut = Timer(SECONDS, _cut, (plain,))
    cut.daemon = True
    cut.start()
    try:
        connection.sock = context.wrap_socket(plain, server_hostname=host)
        cut.cancel()
        cut = Timer(max(0.0, deadline - time.monotonic()), _cut, (connection.sock,))
        cut.daemon = True
        cut.start()
        yield connection
    finally:
        cut.cancel()
        connection.close()
        plain.close()
    if time.monotonic() >= deadline:  # what was cut off may look like an end
        raise TimeoutError


def _cut(connected: socket) -> None:
    with suppress(OSError):
        connected.shutdown(SHUT_RDWR)


def _headers(system: PhoneSystem, place: SplitResult) -> dict[str, str]:
    """Twilio may want the account and its token, which is what it signs with; nobody else is told it."""
    headers = {"Accept": "audio/wav, audio/x-wav", "Connection": "close"}
    parts = place.path.split("/")
    is_twilio = _signing(system, "scheme") == "twilio" and place.hostname == "api.twilio.com"
    if is_twilio and "Accounts" in parts[:-1]:
        account = parts[parts.index("Accounts") + 1]
        keys = b64encode(f"{account}:{_signing(system, 'key')}".encode()).decode()
        headers["Authorization"] = f"Basic {keys}"
    return headers


def _answer(response: HTTPResponse) -> tuple[bytes, str]:
    """Errors: NotToBeHad, TryLater."""
    status = response.status
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        raise NotThere("not_there")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return b"", response.headers.get("Location", "") or _nowhere()
    if status != HTTPStatus.OK:
        raise TryLater(f"status_{status}")
    if (response.length or 0) > largest():
        raise NotToBeHad("too_large")
    return _read(response), ""


def _nowhere() -> str:
    raise NotToBeHad("sent_on")


def _read(response: HTTPResponse) -> bytes:
    pieces, size, limit = [], 0, largest()
    while piece := response.read(min(_PIECE, limit + 1 - size)):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise NotToBeHad("too_large")
    if response.length:
        raise ConnectionResetError
    return b"".join(pieces)
