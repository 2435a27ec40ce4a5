"""Asterisk's REST interface (ARI): its channels, its phones, its recordings, and calls that we begin.

The standard library's HTTP is enough: a handful of requests to one machine that an admin named. No redirect
is followed (it would take the password elsewhere), every answer has a limit, and every request ends at its
deadline, also when the other side sends a byte now and then.
"""

import json
import re
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from calls.gateways.deadlines import cut_off
from calls.models import PhoneSystem
from lib.crypto import Sealed

SECONDS = 5.0
"""A telephone system that says nothing for so long is taken for unreachable."""
SECONDS_OF_SOUND = 30.0
LONGEST_LIST = 8 * 1024 * 1024
LONGEST_RECORDING = 32 * 1024 * 1024
_PIECE = 64 * 1024
_NAME = re.compile(r"(?!\.)[\w.@+-]{1,200}", re.ASCII)


class Unreachable(Exception):
    """It could not be asked, or its answer is none. `why`: a code of calls.rules.wording ("link.…")."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Refused(Unreachable):
    """It knows nobody of this name and password, or does not let them do this."""


class NotThere(Exception):
    """It has nothing of this name."""


class TooLarge(Exception):
    """There is more of it than we take."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One leg of a call, as ARI lists it. `id`: what the dialplan knows as UNIQUEID."""

    id: str
    name: str = ""
    state: str = ""
    caller: str = ""
    context: str = ""
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A phone. `state`: online, offline or unknown; `channels`: the legs that it has."""

    name: str
    state: str
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request."""

    path: str
    method: str = "GET"
    query: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    limit: int = LONGEST_LIST
    is_sound: bool = False


def is_known(system: PhoneSystem) -> bool:
    """Whether an admin said how ARI is reached."""
    return bool(system.ari_url and system.ari_user)


def recording(system: PhoneSystem, name: str) -> bytes:
    """The sound of a stored recording. Errors: Unreachable, NotThere, TooLarge."""
    asked = _Asked(f"{_stored(name)}/file", limit=LONGEST_RECORDING, is_sound=True)
    return _answer(system, asked)


def delete_recording(system: PhoneSystem, name: str) -> None:
    """Have a stored recording deleted. Errors: Unreachable, NotThere."""
    _answer(system, _Asked(_stored(name), method="DELETE"))


def channels(system: PhoneSystem) -> list[Channel]:
    """Every leg of every call at this moment. Error: Unreachable."""
    return [_channel(each) for each in _list(system, "channels")]


def phones(system: PhoneSystem) -> list[Endpoint]:
    """Every PJSIP endpoint, trunks too. Error: Unreachable."""
    return [_endpoint(each) for each in _list(system, "endpoints/PJSIP")]


def started_at(system: PhoneSystem) -> datetime:
    """When it was started, by its own clock. Error: Unreachable."""
    told = _json(system, _Asked("asterisk/info", query={"only": "status"}))
    try:
        moment = datetime.fromisoformat(told["status"]["startup_time"])
    except (TypeError, KeyError, ValueError) as error:
        raise Unreachable("garbage") from error
    if moment.utcoffset() is None:
        raise Unreachable("garbage")
    return moment


def originate(
    system: PhoneSystem,
    *,
    channel_id: str,
    endpoint: str,
    context: str,
    extension: str,
    caller: str,
    ring_seconds: int,
    variables: Mapping[str, str],
) -> None:
    """Ring an endpoint ("PJSIP/agent1"); whoever answers gets to the extension.

    Errors: Unreachable, NotThere. After Unreachable it may ring all the same: `hang_up`.
    """
    body = {
        "endpoint": endpoint,
        "context": context,
        "extension": extension,
        "priority": 1,
        "callerId": caller,
        "timeout": ring_seconds,
        "channelId": channel_id,
        "variables": dict(variables),
    }
    _answer(system, _Asked("channels", method="POST", body=body))


def hang_up(system: PhoneSystem, channel_id: str) -> None:
    """End a leg of a call. Errors: Unreachable, NotThere."""
    _answer(system, _Asked(f"channels/{quote(channel_id, safe='')}", method="DELETE"))


def _stored(name: str) -> str:
    """The path of a recording; names that could lead elsewhere are nobody's. Error: NotThere."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise NotThere(name)
    return f"recordings/stored/{quote(name, safe='')}"


def _channel(told: Mapping[str, Any]) -> Channel:
    caller, dialplan = told.get("caller") or {}, told.get("dialplan") or {}
    try:
        return Channel(
            id=str(told["id"]),
            name=str(told.get("name", "")),
            state=str(told.get("state", "")),
            caller=str(caller.get("number", "")),
            context=str(dialplan.get("context", "")),
            extension=str(dialplan.get("exten", "")),
        )
    except (KeyError, AttributeError) as error:
        raise Unreachable("garbage") from error


def _endpoint(told: Mapping[str, Any]) -> Endpoint:
    try:
        legs = tuple(str(each) for each in told.get("channel_ids") or ())
        return Endpoint(str(told["resource"]), str(told.get("state", "unknown")), legs)
    except (KeyError, TypeError) as error:
        raise Unreachable("garbage") from error


def _list(system: PhoneSystem, path: str) -> list[dict[str, Any]]:
    told = _json(system, _Asked(path))
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise Unreachable("garbage")
    return told


def _json(system: PhoneSystem, asked: _Asked) -> Any:
    """Error: Unreachable, also where there is no such thing as a list of its channels."""
    try:
        return json.loads(_answer(system, asked))
    except (ValueError, RecursionError, TooLarge, NotThere) as error:
        raise Unreachable("garbage") from error


def _answer(system: PhoneSystem, asked: _Asked) -> bytes:
    """What it answers. Errors: Unreachable, NotThere, TooLarge."""
    try:
        with _connected(system, SECONDS_OF_SOUND if asked.is_sound else SECONDS) as (connection, prefix):
            return _ask(connection, prefix, system, asked)
    except TimeoutError as error:
        raise Unreachable("timeout") from error
    except ssl.SSLError as error:
        raise Unreachable("certificate") from error
    except OSError as error:
        raise Unreachable("unreachable") from error
    except (HTTPException, ValueError) as error:
        raise Unreachable("garbage") from error


@contextmanager
def _connected(system: PhoneSystem, seconds: float) -> Iterator[tuple[HTTPConnection, str]]:
    """A connection that is cut at its deadline, and the path under which ARI lies."""
    place = _place(system.ari_url)
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=seconds)
    began = time.monotonic()
    try:
        connection.connect()
        with cut_off(connection.sock, seconds - (time.monotonic() - began)):
            yield connection, f"{place.path.rstrip('/').removesuffix('/ari')}/ari/"
    finally:
        connection.close()


def _place(address: str) -> Any:
    """Error: Unreachable for what is no address of HTTP."""
    try:
        place = urlsplit(address)
        is_address = place.scheme in {"http", "https"} and bool(place.hostname) and place.port != 0
    except ValueError as error:
        raise Unreachable("address") from error
    if not is_address:
        raise Unreachable("address")
    return place


def _ask(connection: HTTPConnection, prefix: str, system: PhoneSystem, asked: _Asked) -> bytes:
    path = prefix + asked.path + (f"?{urlencode(asked.query)}" if asked.query else "")
    headers = {"Authorization": f"Basic {_keys(system)}", "Accept": "*/*", "Connection": "close"}
    body = None
    if asked.body is not None:
        body, headers["Content-Type"] = json.dumps(asked.body).encode(), "application/json"
    connection.request(asked.method, path, body=body, headers=headers)
    with connection.getresponse() as response:
        _check(response.status)
        return _read(response, asked.limit)


def _keys(system: PhoneSystem) -> str:
    """User and password for HTTP Basic. Error: Refused for a password that our keys do not open."""
    if isinstance(system.ari_password, Sealed):
        raise Refused("sealed")
    return b64encode(f"{system.ari_user}:{system.ari_password or ''}".encode()).decode()


def _check(status: int) -> None:
    """Errors: NotThere, Refused, Unreachable for what is no success."""
    if status == HTTPStatus.NOT_FOUND:
        raise NotThere
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise Refused("refused")
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise Unreachable("failed")


def _read(response: HTTPResponse, limit: int) -> bytes:
    """The whole body. Errors: TooLarge; OSError for one that broke off."""
    if (response.length or 0) > limit:
        raise TooLarge
    pieces, size = [], 0
    while piece := response.read(min(_PIECE, limit + 1 - size)):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise TooLarge
    if response.length:
        raise ConnectionResetError
    return b"".join(pieces)
