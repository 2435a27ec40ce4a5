"""How worker and beat show that they live: a row each, written every few seconds."""

import threading
import time
from typing import Any

import structlog
from celery.beat import PersistentScheduler, SchedulingError
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone

from accounts.actions import heartbeats

INTERVAL_SECONDS = 5.0

log = structlog.get_logger(__name__)


def note(part: str) -> None:
    """Write the row; without a database the part lives on and tries again later."""
    close_old_connections()
    try:
        heartbeats.note(part=part, at=timezone.now())
    except (DatabaseError, InterfaceError):
        log.warning("heartbeat_not_written", part=part)


def keep_noting(part: str) -> None:
    """Write the row again and again from a thread of its own, as long as this process lives."""

    def run() -> None:
        while True:
            note(part)
            time.sleep(INTERVAL_SECONDS)

    threading.Thread(target=run, name=f"heartbeat-{part}", daemon=True).start()


class WatchedScheduler(PersistentScheduler):
    """Beat's scheduler, which shows by its turns that it is not stuck, and says a lost broker in one line."""

    _noted_at = float("-inf")

    def tick(self, *args: Any, **options: Any) -> float:
        """Send what is due; returns the seconds until the next turn."""
        if time.monotonic() - self._noted_at >= INTERVAL_SECONDS:
            self._noted_at = time.monotonic()
            note("beat")
        return float(super().tick(*args, **options))

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Send one task; while the broker is away the next turn tries again."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            log.warning("task_not_sent", task=entry.task, error=type(error.__context__).__name__)
