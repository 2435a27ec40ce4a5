"""Hearing the bell: one subscription per process, passed on to whoever listens.

Valkey away means that nothing is heard: listeners are told, and told again when it is back. What rang in
between is lost, so a listener that is told "back" looks at everything anew.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import redis.asyncio
import structlog
from django.conf import settings
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from tickets.gateways import events

CONNECT_SECONDS = 1.0
LOOK_SECONDS = 5.0
"""After so much silence the server is asked whether it is still there."""
REST_SECONDS = 1.0

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Listener:
    """Whoever waits for topics. `heard` collects them until they are taken; it is as small as `topics`."""

    topics: frozenset[str]
    news: asyncio.Event = field(default_factory=asyncio.Event)
    heard: set[str] = field(default_factory=set)

    def ring(self, topics: Iterable[str]) -> None:
        """Note what of these topics is wanted."""
        mine = self.topics.intersection(topics)
        if mine:
            self.heard |= mine
            self.news.set()

    def take(self) -> set[str]:
        """What was heard since the last time."""
        taken, self.heard = self.heard, set()
        self.news.clear()
        return taken


class Hub:
    """The one subscription of an event loop. It exists while somebody listens."""

    def __init__(self, on_end: Callable[[], None]) -> None:
        self.is_up = False
        self._listeners: set[Listener] = set()
        self._first_try = asyncio.Event()
        self._on_end = on_end
        self._task = asyncio.create_task(self._run())

    async def join(self, listener: Listener) -> None:
        """Start hearing. Returns when the subscription holds, or is known not to."""
        self._listeners.add(listener)
        await self._first_try.wait()

    def leave(self, listener: Listener) -> None:
        """Stop hearing; the last one out ends the subscription."""
        self._listeners.discard(listener)
        if not self._listeners:
            self._on_end()
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError, ValueError, TypeError) as error:
                # Also what somebody else sent: one who listened no more would not be missed.
                log.warning("bell_is_away", error=type(error).__name__)
            self._become(is_up=False)
            await asyncio.sleep(REST_SECONDS)

    async def _listen(self) -> None:
        # No silent reconnecting: what rings meanwhile would be missed without anybody knowing.
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL,
            decode_responses=True,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=CONNECT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        pubsub = client.pubsub()
        try:
            await pubsub.subscribe(events.CHANNEL)
            while True:
                self._pass_on(await _next(pubsub))
        finally:
            with suppress(RedisError, OSError):
                await pubsub.aclose()  # type: ignore[no-untyped-call]
                await client.aclose()

    def _pass_on(self, message: dict[str, str]) -> None:
        if message["type"] == "subscribe":
            self._become(is_up=True)
        elif message["type"] == "message":
            topics = events.topics_of(message["data"])
            for listener in self._listeners:
                listener.ring(topics)

    def _become(self, *, is_up: bool) -> None:
        self.is_up = is_up
        self._first_try.set()
        for listener in self._listeners:
            listener.news.set()


async def _next(pubsub: PubSub) -> dict[str, str]:
    """The next message. Error: TimeoutError when the server does not even answer a ping."""
    is_asked = False
    while True:
        message = await pubsub.get_message(timeout=LOOK_SECONDS)
        if message is not None:
            return dict(message)
        if is_asked:
            raise TimeoutError
        await pubsub.ping()
        is_asked = True


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


async def listen(topics: Iterable[str]) -> tuple[Hub, Listener]:
    """Hear these topics from now on. The caller leaves the hub when done."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub(on_end=lambda: _forget(loop))
    listener = Listener(frozenset(topics))
    try:
        await hub.join(listener)
    except BaseException:
        hub.leave(listener)
        raise
    return hub, listener


def _forget(loop: asyncio.AbstractEventLoop) -> None:
    _hubs.pop(loop, None)
