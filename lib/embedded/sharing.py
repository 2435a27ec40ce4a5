"""Who uses the embedded servers: the first one starts a server, the last one stops it."""

import atexit
import fcntl
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from lib.embedded.places import Places
from lib.embedded.postgres import Postgres
from lib.embedded.valkey import Valkey

COMMANDS_WITHOUT_SERVERS = frozenset(
    {
        "",
        "help",
        "version",
        "check",
        "collectstatic",
        "catalogues",
        "diffsettings",
        "encryption_key",
        "makemessages",
        "spectacular",
    }
)


_left_running: list["Server"] = []
"""Servers that others still use: forgetting them would have Python warn of children not waited for."""


class Server(Protocol):
    """What Postgres and Valkey have in common."""

    name: str
    places: Places

    def is_up(self) -> bool: ...
    def is_alive(self) -> bool: ...
    def start(self, *, tethered: bool = False) -> None: ...
    def stop(self) -> None: ...


class Hold:
    """One process's use of a server. The lock is the kernel's: a crash releases it."""

    def __init__(self, server: Server, *, tethered: bool = False) -> None:
        self.server = server
        self._tethered = tethered
        server.places.create()
        with _locked(self._path("start.lock")):
            if not server.is_up():
                server.start(tethered=tethered)
            self._using: IO[str] = self._path("users.lock").open("a")
            fcntl.flock(self._using, fcntl.LOCK_SH)

    def keep_running(self) -> None:
        """Start the server again if it died; one that is alive but busy is left alone."""
        if self.server.is_alive():
            return
        with _locked(self._path("start.lock")):
            self.server.start(tethered=self._tethered)

    def release(self) -> None:
        """Leave; stop the server when nobody else uses it."""
        if self._using.closed:
            return
        with _locked(self._path("start.lock")):
            try:
                fcntl.flock(self._using, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                _left_running.append(self.server)
            else:
                self.server.stop()
            finally:
                self._using.close()

    def _path(self, kind: str) -> Path:
        return self.server.places.run / f"{self.server.name}.{kind}"


def hold(
    data_dir: Path, *, postgres: bool, valkey: bool, tethered: bool = False, durable: bool = True
) -> list[Hold]:
    """Start what is asked for and not yet running, and use it until each hold is released.

    `tethered` has the kernel stop a server started here when this process dies without releasing it;
    `durable` false is for tests, whose data may be lost with the machine's power.
    """
    places = Places(data_dir)
    servers: list[Server] = []
    if postgres:
        servers.append(Postgres(places, durable=durable))
    if valkey:
        servers.append(Valkey(places))
    return [Hold(server, tethered=tethered) for server in servers]


def hold_for_this_process(data_dir: Path, *, postgres: bool, valkey: bool) -> None:
    """Use the servers until this process ends, also when it is told to stop."""
    owner = os.getpid()
    holds = hold(data_dir, postgres=postgres, valkey=valkey)

    def leave() -> None:
        if os.getpid() == owner:  # a forked child leaves the servers alone
            for one in holds:
                one.release()

    atexit.register(leave)
    if (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    ):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def command_needs_servers(arguments: Sequence[str]) -> bool:
    """Whether a `manage.py` command line is one that talks to PostgreSQL or Valkey."""
    command = arguments[0] if arguments else ""
    asks_for_help = command.startswith("-") or "--help" in arguments or "-h" in arguments
    return not asks_for_help and command not in COMMANDS_WITHOUT_SERVERS


class InUse(Exception):
    """Somebody else runs the whole installation, or restores it."""


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Keep everybody else from running the installation on this data folder. Error: InUse."""
    places = Places(data_dir)
    places.create()
    with places.supervisor_lock.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"Vorrang is running on {data_dir}. Stop it first.") from None
        yield


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file at this path alone."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
