"""Waking tasks by name after commit.

A wake-up is a courtesy: the work itself is a row that beat sweeps anyway. So nothing here raises or waits
when the broker is away, and actions need not import tasks.
"""

import os
import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError, OperationalError
from kombu.pools import ProducerPool
from redis import RedisError

REQUEST_ID = "request_id"
"""The header of a message that names the request which woke the task, for the log."""
REST_SECONDS = 2.0
"""After a failure nobody tries for this long, so that a page meets a broker that is away at most once."""
TIMEOUT_SECONDS = 0.5
POOL_SIZE = 8

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _WakeUp:
    """One task to wake; equal ones in one transaction are one."""

    task_name: str
    arguments: tuple[tuple[str, Hashable], ...]

    def __call__(self) -> None:
        _send(self.task_name, dict(self.arguments))


class _Breaker:
    """Remembers for a moment that the broker is away."""

    def __init__(self) -> None:
        self._rests_until = float("-inf")
        self._guard = threading.Lock()

    @property
    def is_resting(self) -> bool:
        return time.monotonic() < self._rests_until

    def trip(self) -> None:
        with self._guard:
            self._rests_until = time.monotonic() + REST_SECONDS


_breaker = _Breaker()


def wake(task_name: str, **kwargs: Hashable) -> None:
    """Have the named task run soon after this transaction commits (at once outside of one).

    Keyword arguments are the task's, JSON scalars. Never raises when the broker is away.
    """
    wake_up = _WakeUp(task_name, tuple(sorted(kwargs.items())))
    connection = transaction.get_connection()
    waiting = (entry[1] for entry in connection.run_on_commit)
    if connection.in_atomic_block and wake_up in waiting:
        return
    transaction.on_commit(wake_up)


def _send(task_name: str, kwargs: dict[str, Any]) -> None:
    """Send by name, through the signature: unlike `send_task` it honours eager mode."""
    signature = current_app.signature(task_name, kwargs=kwargs)
    if current_app.conf.task_always_eager:
        signature.apply_async()
        return
    if _breaker.is_resting:
        return
    try:
        with _producers(os.getpid()).acquire(block=True, timeout=TIMEOUT_SECONDS) as producer:
            signature.apply_async(producer=producer, retry=False, ignore_result=True, headers=_headers())
    except (KombuError, OperationalError, RedisError, OSError) as error:
        _breaker.trip()
        log.warning("wake_up_lost", task=task_name, error=type(error).__name__)


def _headers() -> dict[str, str]:
    request_id = structlog.contextvars.get_contextvars().get(REQUEST_ID)
    return {REQUEST_ID: request_id} if request_id else {}


@cache
def _producers(_process: int) -> ProducerPool:
    """Connections for sending, one pool per process: a fork must not share sockets with its parent.

    They are stricter about time than the worker's, which wait for messages.
    """
    options = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
    connections = current_app.connection_for_write(transport_options=options).Pool(limit=POOL_SIZE)
    return ProducerPool(connections, limit=POOL_SIZE, Producer=current_app.amqp.Producer)
