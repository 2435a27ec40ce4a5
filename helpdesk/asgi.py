"""One port for everything: pages as WSGI on a few threads, event streams async.

Django's own ASGI handler gives each page a fresh thread and so a fresh database connection; bounded threads
keep theirs. Event streams stand open for minutes and hold neither thread nor connection.
"""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

import structlog
from a2wsgi import WSGIMiddleware

from helpdesk.wsgi import application as pages  # first: it sets Django up

from tickets.views.events import application as events, end_all  # isort: skip

THREADS = 4

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

log = structlog.get_logger(__name__)

_pages = cast("Application", WSGIMiddleware(cast("Any", pages), workers=THREADS))
_events = cast("Application", events)


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Hand a request to pages or events by its path."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        is_event_stream = scope["path"].startswith("/events/")
        await (_serve_events if is_event_stream else _pages)(scope, _as_coroutine(receive), send)
    else:
        await send({"type": "websocket.close", "code": 1000})


async def _serve_events(scope: Message, receive: Receive, send: Send) -> None:
    """The server would log a failure with all that its message holds."""
    try:
        await _events(scope, receive, send)
    except Exception:
        log.exception("event_stream_failed")


def _as_coroutine(receive: Receive) -> Receive:
    """Granian's `receive` returns a mere awaitable; a2wsgi's reading of bodies takes coroutines only."""

    async def received() -> Message:
        return await receive()

    return received


async def _live(receive: Receive, send: Send) -> None:
    """Answer the server's start and end.

    The server says that it ends when all answers have ended, and event streams would stand open for minutes.
    So they hear the signal themselves; the server's own way of hearing it stays as it is.
    """
    loop = asyncio.get_running_loop()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end_all))
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
