"""Advisory locks of PostgreSQL, held until the transaction ends."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection


class Lock(IntEnum):
    """The installation-wide locks. Taken before any row lock, in this order."""

    CONTRACTS = 7_000  # exclusive for whoever writes agreements and levels
    CALL_CHORES = 7_006  # exclusive for whoever files the ticket of a call
    QUEUE = 7_001  # shared by whoever changes the queue, exclusive for a claim
    LIVE_INDEX = 7_002  # exclusive for whoever writes the live index
    MAIL = 7_003  # held by whoever empties the outboxes of mail
    AUDIT = 7_004  # held by whoever seals or cuts the audit trail
    CALLS = 7_005  # exclusive for whoever gives a waiting call of the public number an agent


def lock_shared(lock: Lock) -> None:
    """Wait until nobody holds the lock exclusively; many may share it."""
    _execute("SELECT pg_advisory_xact_lock_shared(%s)", lock)


def lock_exclusive(lock: Lock) -> None:
    """Wait until nobody else holds the lock."""
    _execute("SELECT pg_advisory_xact_lock(%s)", lock)


def try_lock_name(name: str) -> bool:
    """Take the lock of this name if it is free, until the transaction ends. Returns: whether it was taken.

    Names have a space of their own (two numbers instead of one), so none is ever one of `Lock`.
    """
    digest = hashlib.sha256(name.encode()).digest()
    halves = [int.from_bytes(part, signed=True) for part in (digest[:4], digest[4:8])]
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s::int, %s::int)", halves)
        return bool(cursor.fetchone()[0])


@contextmanager
def holding(lock: Lock) -> Iterator[None]:
    """Hold the lock exclusively over whole transactions inside; call it outside of any.

    A snapshot is older than a lock that its own transaction waits for; this lock comes first.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A lock around transactions cannot be taken inside of one.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [int(lock)])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [int(lock)])


@contextmanager
def try_holding(lock: Lock) -> Iterator[bool]:
    """Hold the lock over whole transactions inside if it is free. Yields: whether it was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [int(lock)])
        is_taken = bool(cursor.fetchone()[0])
    try:
        yield is_taken
    finally:
        if is_taken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [int(lock)])


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("An advisory transaction lock outside a transaction would be released at once.")


def _execute(sql: str, lock: Lock) -> None:
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(sql, [int(lock)])
