"""Processes the supervisor keeps running."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from helpdesk import measuring
from lib.embedded.tether import tether

LONGEST_REST_SECONDS = 15.0
STEADY_SECONDS = 30.0
"""A child that ran this long has recovered: its next end is treated as its first."""


class Child:
    """One process in a group of its own, started again when it ends."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        prepare: Callable[[], Mapping[str, str]] | None = None,
    ) -> None:
        """`prepare` runs before each start and returns what is added to the environment."""
        self.name = name
        self.command = list(command)
        self._prepare = prepare or dict[str, str]
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0
        self._failures = 0

    def start(self) -> None:
        """Start it, in a group of its own: Ctrl-C then reaches only the supervisor, which ends all of it."""
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            self.command,
            env={**os.environ, **self._prepare()},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=tether(),
        )

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def keep_running(self) -> None:
        """Start it again if it ended; after repeated failures rest in between."""
        if self.is_running:
            return
        if self._process is not None:
            self._note_end(self._process.returncode)
        if time.monotonic() >= self._start_again_at:
            self.start()

    def ask_to_stop(self) -> None:
        """Tell it to finish what it does and end."""
        if self._process is not None and self.is_running:
            self._process.terminate()

    def kill(self) -> None:
        """End whatever is left of its group, hung or not."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _note_end(self, code: int) -> None:
        """Clear away what it left behind and decide when to start it again."""
        self.kill()
        self._process = None
        ran_steadily = time.monotonic() - self._started_at >= STEADY_SECONDS
        self._failures = 0 if ran_steadily else self._failures + 1
        rest = min(2.0 ** (self._failures - 1) - 1, LONGEST_REST_SECONDS) if self._failures else 0.0
        self._start_again_at = time.monotonic() + rest
        print(f"{self.name} ended ({code}); starting it again in {rest:.0f} s.", flush=True)


def commands(host: str, port: int, stop_seconds: int = 5) -> dict[str, list[str]]:
    """The command line of each part, the same here and in a container.

    Asked to stop, web finishes running requests for `stop_seconds`; the worker finishes its task.
    """
    here = Path(sys.executable).parent
    celery = [str(here / "celery"), "--app", "helpdesk", "--quiet"]
    return {
        "web": [str(here / "granian"), *_web_arguments(host, port, stop_seconds)],
        "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile="],
    }


def _web_arguments(host: str, port: int, stop_seconds: int) -> list[str]:
    """Two processes on one port; each hands pages to a few threads (helpdesk/asgi.py).

    No access log: it would hold addresses with their tokens. Ours has names (helpdesk/request_log.py).
    """
    return [
        *("--interface", "asgi", "--host", host, "--port", str(port), "--workers", "2", "--no-ws"),
        *("--respawn-failed-workers", "--workers-kill-timeout", str(stop_seconds)),
        *("--log-level", "warning"),
        "helpdesk.asgi:application",
    ]


def main() -> None:
    """Become one of the parts: `python -m helpdesk.children web|worker|beat` (in a container)."""
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    command = commands(settings.HOST, settings.PORT, settings.STOP_SECONDS)[sys.argv[1]]
    os.environ.update(measuring.begin(sys.argv[1], settings.DATA_DIR))
    os.execv(command[0], command)  # noqa: S606 (no shell wanted)


if __name__ == "__main__":
    main()
