"""`make run`: one process that starts everything this installation needs and stops it again.

Embedded servers, migrations, the demo story, then web, worker and beat, each restarted when it dies.
"""

import errno
import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import IO

import django
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connections

from helpdesk import measuring
from helpdesk.children import Child, commands
from lib import embedded

LOOK_SECONDS = 0.25
LAST_WORD_SECONDS = 0.5
"""A part that ends what hangs inside it gets so long before it is ended itself."""
SERVER_LOOK_SECONDS = 1.0


class Supervisor:
    """Keeps servers and children running until it is told to stop."""

    def __init__(self) -> None:
        self._is_stopping = False
        self._holds: list[embedded.Hold] = []
        self._children: list[Child] = []

    def run(self) -> None:
        """Start everything, watch it, and stop it in the reverse order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            self._start()
            self._watch()
        finally:
            self._stop()

    def _ask_to_stop(self, *_: object) -> None:
        self._is_stopping = True

    def _start(self) -> None:
        self._holds = embedded.hold(
            settings.DATA_DIR,
            postgres=settings.POSTGRES_IS_EMBEDDED,
            valkey=settings.VALKEY_IS_EMBEDDED,
            tethered=True,
        )
        for step in (prepare_database, self._start_children):
            if not self._is_stopping:
                step()

    def _start_children(self) -> None:
        parts = commands(settings.HOST, settings.PORT, settings.STOP_SECONDS)
        self._children = [
            Child(name, command, partial(measuring.begin, name, settings.DATA_DIR))
            for name, command in parts.items()
        ]
        for child in self._children:
            child.start()

    def _watch(self) -> None:
        tasks = [
            _Every(LOOK_SECONDS, self._keep_children),
            _Every(SERVER_LOOK_SECONDS, self._keep_servers),
            _Every(LOOK_SECONDS, _Greeting()),
        ]
        while not self._is_stopping:
            for task in tasks:
                task.run_if_due()
            time.sleep(0.1)

    def _keep_children(self) -> None:
        for child in self._children:
            child.keep_running()

    def _keep_servers(self) -> None:
        for hold in self._holds:
            hold.keep_running()

    def _stop(self) -> None:
        """Ask the children first, then end what hangs, then the servers they used."""
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + settings.STOP_SECONDS + LAST_WORD_SECONDS
        while time.monotonic() < deadline and any(child.is_running for child in self._children):
            time.sleep(0.05)
        for child in self._children:
            child.kill()
        for hold in self._holds:
            hold.release()


class _Every:
    """Runs something at most once in so many seconds."""

    def __init__(self, seconds: float, work: Callable[[], None]) -> None:
        self._seconds = seconds
        self._work = work
        self._due_at = 0.0

    def run_if_due(self) -> None:
        if time.monotonic() < self._due_at:
            return
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 (whoever watches must not fall with what is watched)
            print(f"{type(error).__name__}: {error} Trying again.", flush=True)
        finally:
            self._due_at = time.monotonic() + self._seconds


class _Greeting:
    """Says once where to go, as soon as there is something to see."""

    def __init__(self) -> None:
        self._was_said = False

    def __call__(self) -> None:
        if not self._was_said and _is_ready():
            self._was_said = True
            print(
                f"\nVorrang is ready at http://{_reachable_host()}:{settings.PORT}/  (Ctrl-C stops it)\n",
                flush=True,
            )
            _show_set_up_code()
            _list_demo_logins()


def _is_ready() -> bool:
    request = urllib.request.Request(
        f"http://{_reachable_host()}:{settings.PORT}/readyz", headers={"Host": "localhost"}
    )
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def _reachable_host() -> str:
    listens_everywhere = settings.HOST in {"0.0.0.0", "::"}  # noqa: S104 (compared, not bound)
    return "127.0.0.1" if listens_everywhere else str(settings.HOST)


def prepare_database() -> None:
    """Migrate, and give an empty database the demo story."""
    from accounts.actions import heartbeats
    from accounts.models import Company, User

    call_command("migrate", interactive=False, verbosity=0)
    is_empty = not User.objects.exists() and not Company.objects.exists()
    if settings.DEMO and "demo" in get_commands() and is_empty:
        print("Loading the demo story ...", flush=True)
        call_command("demo")
    heartbeats.forget_all()
    connections.close_all()


def _show_set_up_code() -> None:
    """In an installation that nobody has set up yet: how to begin."""
    from accounts.queries.company import is_set_up

    if not is_set_up():
        call_command("setup_code")
        connections.close_all()


def _list_demo_logins() -> None:
    if settings.DEMO and "demo" in get_commands():
        call_command("demo", list=True)
        connections.close_all()


def refuse_taken_port(host: str, port: int) -> None:
    """End with advice when another program listens there. Error: SystemExit."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SystemExit(_port_advice(port, error)) from None


def _port_advice(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Choose another one: make run PORT={port + 1}"
    return f"Port {port} cannot be used ({error.strerror}). Choose another one: make run PORT=8000"


def be_the_only_one() -> IO[str]:
    """Take this data folder's lock. Returns the lock, to be kept. Error: SystemExit."""
    places = embedded.Places(settings.DATA_DIR)
    places.create()
    lock = places.supervisor_lock.open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(
            f"Vorrang already runs on {settings.DATA_DIR}. Stop it, or choose another folder:"
            " make run DATA_DIR=... PORT=..."
        ) from None
    return lock


def main() -> None:
    """Run until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    django.setup()
    refuse_taken_port(settings.HOST, settings.PORT)
    lock = be_the_only_one()
    with lock, suppress(KeyboardInterrupt):
        Supervisor().run()
    sys.exit(0)


if __name__ == "__main__":
    main()
