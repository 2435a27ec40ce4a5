"""Backups of the test database, and other places to restore them into."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from lib import backups
from lib.backups import House, Manifest
from tests.installation import ROOT
from tickets.management.this_house import this_house

LEFT_OUT = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "DEBUG", "PG_BIN_DIR"}


@dataclass(frozen=True)
class Said:
    """What a command printed: its one line of JSON, and what it told meanwhile."""

    figures: dict[str, Any]
    told: str


def backup(folder: Path) -> Said:
    """`manage.py backup`. Error: CommandError."""
    out, told = StringIO(), StringIO()
    try:
        call_command("backup", str(folder), stdout=out, stderr=told)
    except CommandError as error:
        error.args = (f"{error} {out.getvalue()}",)
        raise
    return Said(json.loads(out.getvalue()), told.getvalue())


def manage(
    *words: str, environment: dict[str, str], before: Callable[[], None] | None = None
) -> tuple[int, str, str]:
    """Run a `manage.py` command as an admin does. Returns its exit code and what it wrote to both outputs."""
    with start(*words, environment=environment, before=before) as process:
        out, told = process.communicate(timeout=120)
    return process.returncode, out, told


def start(
    *words: str, environment: dict[str, str], before: Callable[[], None] | None = None
) -> "subprocess.Popen[str]":
    """Start such a process."""
    kept = {name: text for name, text in os.environ.items() if name not in LEFT_OUT}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *words],
        cwd=ROOT,
        env=kept | {"DJANGO_SETTINGS_MODULE": "helpdesk.settings"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )


def environment_of_the_test_database(folder: Path) -> dict[str, str]:
    """For `manage`: the database and files of this test, as if the server were the admin's own."""
    parameters = connection.get_connection_params()
    where = urlencode({"host": parameters["host"]})
    return {
        "DATABASE_URL": f"postgres://{parameters['user']}@/{parameters['dbname']}?{where}",
        "REDIS_URL": settings.REDIS_URL,
        "DATA_DIR": str(folder),
        "ENCRYPTION_KEYS": settings.ENCRYPTION_KEYS[0],
    }


class Elsewhere:
    """An empty database in the same server with an empty folder for files, for restoring in this process."""

    def __init__(self, folder: Path, name: str) -> None:
        self.house = House(**{**vars(this_house()), "files": folder})
        self.name = name

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Django's connection leads there meanwhile."""
        here = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = self.name
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = here

    def restore(self, folder: Path, *, keeps_mail_waiting: bool = False, **options: Any) -> int:
        """Restore there as the command does, with `finish` doing nothing. Returns the mails set aside."""
        with self.entered():
            manifest = backups.check(folder, into=self.house, tell=print)
            return backups.restore(
                folder,
                manifest,
                into=self.house,
                at=timezone.now(),
                keeps_mail_waiting=keeps_mail_waiting,
                tell=print,
                **{"finish": lambda: None, **options},
            )

    def is_empty(self) -> bool:
        """Whether there is neither a table nor a file."""
        return self.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)] and not [
            path for path in self.house.files.rglob("*") if path.is_file()
        ]

    def ask(self, question: str) -> list[Any]:
        """Rows of an answer."""
        with closing(_connect(self.name)) as other, other.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())


@contextmanager
def elsewhere(folder: Path, suffix: str = "elsewhere") -> Iterator[Elsewhere]:
    """Make such a place, and drop its database in the end."""
    name = f"{connection.settings_dict['NAME']}_{suffix}"
    with closing(_connect("postgres")) as server, server.cursor() as cursor:
        server.autocommit = True
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            yield Elsewhere(folder, name)
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _connect(name: str) -> "psycopg2.extensions.connection":
    parameters = connection.get_connection_params()
    return psycopg2.connect(host=parameters["host"], user=parameters["user"], dbname=name)


def reseal(folder: Path, **changes: Any) -> Manifest:
    """A manifest that says something else, sealed as only an owner of the key can."""
    manifest = backups.read(folder, settings.ENCRYPTION_KEYS)
    changed = Manifest(**{**vars(manifest), **changes})
    changed.write(folder, settings.ENCRYPTION_KEYS)
    return changed


def refusal(act: Callable[[], object]) -> str:
    """What is said where an act is refused."""
    with pytest.raises((backups.Refused, CommandError)) as caught:
        act()
    return str(caught.value)
