"""A whole installation in processes of its own, started as `make run` starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Return as soon as the condition holds. Error: AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.1)


class Installation:
    """A supervisor on a data folder and a port; further settings as environment variables."""

    def __init__(self, data_dir: Path, port: int, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = port
        self.log = data_dir.with_suffix(".log")
        left_out = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "DEBUG"}
        self._environment = {name: text for name, text in os.environ.items() if name not in left_out} | {
            "DATA_DIR": str(data_dir),
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            **settings,
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "helpdesk.supervisor"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str) -> tuple[int, str]:
        """Status (0: nobody listens) and text of a page."""
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=3) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_ready(self) -> bool:
        """Whether it serves. Error: AssertionError with its log when it ended instead."""
        assert self.process.poll() is None, self.log.read_text()
        return self.answer("/readyz")[0] == 200

    def wait_until_ready(self) -> None:
        """Return when it serves."""
        wait_for(self.is_ready, 300)

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a `manage.py` command on its data."""
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def family(self) -> list[psutil.Process]:
        """Every process below the supervisor."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, *words: str) -> psutil.Process:
        """The process started by the supervisor whose command line holds these words."""
        return next(
            one
            for one in psutil.Process(self.process.pid).children()
            if all(any(word in part for part in one.cmdline()) for word in words)
        )

    def stop(self, signal_number: int = signal.SIGINT) -> float:
        """Stop it as Ctrl-C does; returns the seconds it took."""
        asked_at = time.monotonic()
        self.process.send_signal(signal_number)
        self.process.wait(30)
        return time.monotonic() - asked_at
