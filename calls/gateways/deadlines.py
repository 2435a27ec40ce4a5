"""Ending a talk with another machine in time, also when it sends a byte now and then."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, socket
from threading import Timer


@contextmanager
def cut_off(connected: socket, seconds: float) -> Iterator[None]:
    """Cut the connection after so many seconds. A socket's own timeout is one for each read.

    Error: TimeoutError, whatever the cut looked like inside: a broken connection, or an early end.
    """
    deadline = time.monotonic() + seconds
    cut = Timer(max(0.0, seconds), _cut, (connected,))
    cut.daemon = True
    cut.start()
    try:
        yield
    except Exception as error:
        if time.monotonic() >= deadline:
            raise TimeoutError from error
        raise
    finally:
        cut.cancel()
    if time.monotonic() >= deadline:
        raise TimeoutError


def _cut(connected: socket) -> None:
    with suppress(OSError):
        connected.shutdown(SHUT_RDWR)
