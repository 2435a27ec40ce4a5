"""One port for everything: pages as WSGI on a few threads, event streams async.

Django's own ASGI handler gives each page a fresh thread and so a fresh database connection; bounded threads
keep theirs. Event streams stand open for minutes and hold neither thread nor connection.
"""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, cast

import structlog
from a2wsgi.wsgi import WSGIResponder

from helpdesk.wsgi import application as pages  # first: it sets Django up

from tickets.views.events import application as events, end_all  # isort: skip

THREADS = 4
LONGEST_NUMBER = 20
AT_ONCE = 64 * 1024
"""Bytes of a question or an answer that cross between the loop and a thread as a whole."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

log = structlog.get_logger(__name__)

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="pages")
_events = cast("Application", events)


class _Answer(WSGIResponder):
    """One page, worked out on a thread.

    Each step from a thread to the loop and back waits for Python's lock twice, and where several pages are
    worked out at once for some milliseconds each time. So a short question is read before a thread has it,
    and a short answer sent when the thread is done with it: no step between.
    """

    def __init__(self) -> None:
        super().__init__(cast("Any", pages), _threads, send_queue_size=10)
        self._question: BytesIO | None = None
        self._kept: list[Any] = []
        self._room = AT_ONCE

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if _length(scope) in range(1, AT_ONCE + 1):
            self._question = await _whole(receive)
        await super().__call__(scope, receive, send)

    def wsgi(self, environ: Any, start_response: Any) -> None:
        if self._question is not None:
            environ["wsgi.input"] = self._question
        super().wsgi(environ, start_response)

    def send(self, message: Any) -> None:
        """On the thread: keep it for the end, until there is too much of it."""
        self._room -= len(message.get("body", b""))
        self._kept.append(message)
        if self._room < 0:
            for each in self._kept:
                super().send(each)
            self._kept.clear()

    async def sender(self, send: Any) -> None:
        """On the loop: what was too much, as it comes; then what was kept."""
        await super().sender(send)
        for each in self._kept:
            await send(each)


def _length(scope: Message) -> int:
    """The bytes of a request's body as it says; 0 for none, and for one that does not say."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(said) if said.isdigit() and len(said) < LONGEST_NUMBER else 0


async def _whole(receive: Receive) -> BytesIO:
    """A request's body; of one whose sender went away, what came of it."""
    body, has_more = BytesIO(), True
    while has_more:
        message = await receive()
        body.write(message.get("body", b""))
        has_more = message.get("more_body", False)
    body.seek(0)
    return body


async def _pages(scope: Message, receive: Receive, send: Send) -> None:
    await _Answer()(scope, receive, send)


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
