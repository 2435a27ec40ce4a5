"""Server-sent events over ASGI: the protocol's furniture, without knowing what is told."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy in front must pass each event on at once
    (b"x-content-type-options", b"nosniff"),
)


def event(name: str, data: Any = None) -> bytes:
    """One event. Browsers drop events without data, so there always is some."""
    return f"event: {name}\ndata: {json.dumps({} if data is None else data)}\n\n".encode()


def retry(milliseconds: int) -> bytes:
    """How long the browser waits before it comes back after the stream has ended."""
    return f"retry: {milliseconds}\n\n".encode()


class EventStream:
    """One open answer of events."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def start(self) -> None:
        """Send the head."""
        await self._send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})

    async def write(self, chunk: bytes) -> None:
        """Send some bytes. Error: OSError or the server's own where nobody listens any more."""
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end(self) -> None:
        """End the answer; the browser comes back by itself."""
        with suppress(OSError, RuntimeError):
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})


async def refuse(send: Send, status: int) -> None:
    """Answer with nothing but a status."""
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def until_gone(receive: Receive) -> None:
    """Return when the other side has hung up."""
    while (await receive())["type"] != "http.disconnect":
        continue


def cookie_of(scope: Scope, name: str) -> str:
    """A cookie's value, or nothing."""
    for header, value in scope["headers"]:
        if header.lower() != b"cookie":
            continue
        for part in value.decode("latin-1").split(";"):
            key, _, text = part.strip().partition("=")
            if key == name:
                return str(text)
    return ""
