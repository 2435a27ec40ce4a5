"""Worker and beat as processes of their own, on the test database and a Valkey that may be mistreated."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Heartbeat
from helpdesk.children import Child, commands
from lib.embedded import Places, Valkey

PATIENCE_SECONDS = 90.0
"""For what has no limit of its own: a busy machine takes its time to start a process."""


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS, what: str = "it") -> None:
    """Return once the condition holds. Error: AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.1)


class OwnValkey:
    """A Valkey that only this test uses, always on the same address."""

    def __init__(self, folder: Path) -> None:
        self.url = Places(folder).valkey_url
        self._server = Valkey(Places(folder))
        self.start()

    def start(self) -> None:
        """Start it, with the data it wrote before."""
        self._server.start(tethered=True)

    def stop(self) -> None:
        """Stop it as a service manager does."""
        self._server.stop()

    def kill(self) -> None:
        """End it at once."""
        with self.client() as client:
            process_id = int(client.info("server")["process_id"])
        os.kill(process_id, signal.SIGKILL)
        eventually(lambda: not self._server.is_up(), what="the end of Valkey")

    @contextmanager
    def client(self) -> Iterator[redis.Redis]:
        """A client of it."""
        with redis.Redis.from_url(self.url, decode_responses=True) as client:
            yield client


class Part:
    """One of the supervisor's parts, kept running as the supervisor keeps it unless told otherwise."""

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        self.name = name
        settings_ = [f"{variable}={text}" for variable, text in environment.items()]
        self._child = Child(name, ["env", *settings_, *commands("127.0.0.1", 0)[name]])
        self._guard = threading.Lock()
        self._is_kept = False
        self._started_at = timezone.now()

    def start(self) -> None:
        """Start it, and again whenever it ends."""
        self._started_at = timezone.now()
        self._is_kept = True
        self.look()

    def look(self) -> None:
        """What the supervisor does several times a second."""
        with self._guard:
            if self._is_kept:
                self._child.keep_running()

    def kill(self) -> None:
        """End it and its children at once, and for good."""
        with self._guard:
            self._is_kept = False
            self._child.kill()

    def ask_to_stop(self) -> None:
        """Tell it to finish what it does and end, for good."""
        with self._guard:
            self._is_kept = False
            self._child.ask_to_stop()

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        process = self._child._process
        return process.poll() if process is not None else None

    def wait_until_seen(self) -> None:
        """Wait for its first sign of life since it was started."""
        signs = Heartbeat.objects.filter(part=self.name, seen_at__gt=self._started_at)
        eventually(signs.exists, what=f"a sign of life of the {self.name}")


class Background:
    """Worker and beat, looked after."""

    def __init__(self, folder: Path, valkey_url: str, more: Mapping[str, str] | None = None) -> None:
        environment = {
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url(),
            "REDIS_URL": valkey_url,
            **(more or {}),
        }
        self.worker = Part("worker", environment)
        self.beat = Part("beat", environment)
        self._is_over = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    def start(self) -> None:
        """Start both and wait until they live."""
        for part in (self.worker, self.beat):
            part.start()
        self._supervisor.start()
        for part in (self.worker, self.beat):
            part.wait_until_seen()

    def kill(self) -> None:
        """End both, and what they left in the database server."""
        self._is_over.set()
        for part in (self.worker, self.beat):
            part.kill()
        end_other_connections()

    def _supervise(self) -> None:
        while not self._is_over.wait(0.25):
            self.worker.look()
            self.beat.look()


def end_other_connections() -> int:
    """Have PostgreSQL end every connection to this database but the one that asks. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def database_url() -> str:
    """The test database, as a process of its own is told of it."""
    database = settings.DATABASES["default"]
    host, port = str(database["HOST"]), str(database.get("PORT") or "")
    user = quote(database["USER"], safe="")
    secret = f":{quote(database['PASSWORD'], safe='')}" if database.get("PASSWORD") else ""
    if host.startswith("/"):
        return f"postgres://{user}{secret}@/{database['NAME']}?{urlencode({'host': host})}"
    return f"postgres://{user}{secret}@{host}{':' * bool(port)}{port}/{database['NAME']}"
