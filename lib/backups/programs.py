"""PostgreSQL's own programs, run against the database of this installation."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from psycopg2.extensions import make_dsn

from lib.backups.house import LOCK_SECONDS, server_version
from lib.backups.manifest import Refused
from lib.embedded.postgres import programs_folder
from lib.embedded.tether import tether

_NOT_FOR_LIBPQ = {"cursor_factory", "password", "client_encoding"}
_AS_A_SCRIPT = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1")
# Comments would be those of extensions, which only their owner may write: where somebody else had to create
# them, the whole dump would be refused for that.
_AS_SQL = ("--file=-", "--no-owner", "--no-privileges", "--no-comments")
_SAID_ENOUGH = 2_000


def refuse_old_programs() -> None:
    """The programs must be as new as the server. Error: Refused."""
    server, programs = server_version(), _version("pg_dump")
    if programs < server:
        raise Refused(
            f"The server is PostgreSQL {server}, but the programs in {_folder()} are of {programs}. Set"
            f" PG_BIN_DIR to the folder with pg_dump, pg_restore and psql of PostgreSQL {server}."
        )


def dump(file: IO[bytes], *, snapshot: str, without_rows_of: frozenset[str]) -> None:
    """Write the database as of a snapshot in the custom format. Error: Refused."""
    left_out = [f"--exclude-table-data=public.{name}" for name in sorted(without_rows_of)]
    result = subprocess.run(
        [
            *(_program("pg_dump"), f"--dbname={_address()}", f"--snapshot={snapshot}", "--format=custom"),
            *(
                f"--lock-wait-timeout={LOCK_SECONDS * 1000}",
                "--no-owner",
                "--no-privileges",
                "--no-unlogged-table-data",
                *left_out,
            ),
        ],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=file,
        stderr=subprocess.PIPE,
        env=_environment(),
        preexec_fn=tether(),
    )
    if result.returncode:
        raise Refused(f"pg_dump failed ({result.returncode}): {said(result.stderr)}")


def play(dump_path: Path, *, before: str, after: str) -> None:
    """Run `before`, the whole dump and `after` as one transaction. Error: Refused; then nothing changed.

    The last word is written only when everything before it was: an end in between ends the transaction.
    """
    with tempfile.TemporaryFile() as complaints:
        psql = _start("psql", f"--dbname={_address()}", *_AS_A_SCRIPT, complaints=complaints)
        reader = _start("pg_restore", *_AS_SQL, str(dump_path), complaints=complaints)
        try:
            succeeded = _pump(reader, psql, before=before, after=after)
        finally:
            for process in (reader, psql):
                process.kill()
                process.wait()
        if not succeeded:
            complaints.seek(0)
            raise Refused(f"The database did not take the dump: {said(complaints.read())}")


def _pump(
    reader: "subprocess.Popen[bytes]", psql: "subprocess.Popen[bytes]", *, before: str, after: str
) -> bool:
    if psql.stdin is None or reader.stdout is None:
        raise TypeError("Both need a pipe.")
    with reader.stdout, suppress(BrokenPipeError), psql.stdin as script:  # broken: psql ended and says why
        script.write(f"BEGIN;\n{before}\n".encode())
        shutil.copyfileobj(reader.stdout, script)
        if reader.wait() == 0:
            script.write(f"\n{after}\nCOMMIT;\n".encode())
    return psql.wait() == 0 and reader.wait() == 0


def said(words: bytes) -> str:
    """What a program complained about, short enough for a terminal."""
    return words.decode(errors="replace").strip()[:_SAID_ENOUGH]


def _start(name: str, *arguments: str, complaints: IO[bytes]) -> "subprocess.Popen[bytes]":
    is_writer = name == "psql"
    return subprocess.Popen(
        [_program(name), *arguments],
        stdin=subprocess.PIPE if is_writer else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if is_writer else subprocess.PIPE,
        stderr=complaints,
        env=_environment(),
        preexec_fn=tether(),
    )


def _folder() -> Path:
    """The programs that Vorrang brings along, unless others are named; never what happens to be on PATH."""
    return Path(settings.PG_BIN_DIR) if settings.PG_BIN_DIR else programs_folder()


def _program(name: str) -> str:
    path = _folder() / name
    if not path.is_file():
        raise Refused(f"There is no {name} in {path.parent} (PG_BIN_DIR).")
    return str(path)


def _version(name: str) -> int:
    answer = subprocess.run([_program(name), "--version"], check=True, capture_output=True, text=True)
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if found is None:
        raise Refused(f"{_program(name)} does not say its version.")
    return int(found.group(1))


def _parameters() -> Mapping[str, str]:
    return {
        name: str(value) for name, value in connection.get_connection_params().items() if value is not None
    }


def _address() -> str:
    """Where the database is; the password stays out, for command lines can be seen by everybody."""
    return str(
        make_dsn(**{name: value for name, value in _parameters().items() if name not in _NOT_FOR_LIBPQ})
    )


def _environment() -> dict[str, str]:
    """No PG* setting of the caller's shell but the password of our own."""
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", **kept, "PGPASSWORD": _parameters().get("password", "")}
