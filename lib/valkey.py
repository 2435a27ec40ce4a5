"""The connection to Valkey (or Redis): an index and a bell, never the only place of anything."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

# A page must not wait for a server that is away: after a failure nobody asks again for this long.
REST_SECONDS = 1.0
TIMEOUT_SECONDS = 0.5


class Unavailable(Exception):
    """Valkey did not answer, or does not hold what was asked for; PostgreSQL does."""


class _Breaker:
    """Remembers for a moment that the server is away, so that each request does not find out anew."""

    def __init__(self) -> None:
        self._closed_until = 0.0
        self._guard = threading.Lock()

    def check(self) -> None:
        if time.monotonic() < self._closed_until:
            raise Unavailable

    def trip(self) -> None:
        with self._guard:
            self._closed_until = time.monotonic() + REST_SECONDS


_breaker = _Breaker()


@cache
def _client(url: str, timeout: float) -> redis.Redis:
    # redis-py would repeat a failed command several times with growing pauses; once more is enough to
    # replace a connection that the server has closed.
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=timeout,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )


@contextmanager
def valkey(timeout: float | None = None) -> Iterator[redis.Redis]:
    """Yield a client. Error: Unavailable, at once while the server was just found to be away.

    `timeout` in seconds replaces the short default for work nobody waits for on a page.
    """
    if timeout is None:
        _breaker.check()
    try:
        yield _client(settings.REDIS_URL, timeout or TIMEOUT_SECONDS)
    except (redis.RedisError, OSError) as error:
        _breaker.trip()
        raise Unavailable from error
