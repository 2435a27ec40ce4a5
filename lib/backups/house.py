"""What a backup has to know of the installation it is taken of or put into."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader

from lib.outbox import Outgoing

LOCK_SECONDS = 30
"""How long whoever changes tables (a migration) may keep a backup or a restore waiting."""


@dataclass(frozen=True)
class House:
    """One installation. `passing`: tables of the moment, whose rows are neither kept nor missed.

    `before_use`: tables that may have rows though nobody has used the installation; a restore replaces them.
    """

    version: str
    files: Path
    keys: Sequence[str]
    passing: frozenset[str]
    before_use: frozenset[str]


@dataclass(frozen=True)
class StoredFile:
    """A file that a row names, below the folder of files; `sha256` empty where the row does not say."""

    name: str
    sha256: str


@contextmanager
def snapshot() -> Iterator[str]:
    """One moment of the database, under a name by which other connections can read the same moment."""
    connection.ensure_connection()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_SECONDS}s"])
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def tables() -> list[str]:
    """Every table whose rows survive a crash of the server; the others hold counters."""
    return _names("p")


def all_tables() -> list[str]:
    """Every table."""
    return _names("pu")


def _names(kinds: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND relpersistence = ANY(%s) ORDER BY relname",
            [list(kinds)],
        )
        return [row[0] for row in cursor.fetchall()]


def all_functions() -> list[str]:
    """The functions that triggers of ours call, with their arguments, as SQL names them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
            " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def count_rows(table: str) -> int:
    """How many rows a table has, exactly."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM public.{quoted(table)}")  # noqa: S608 (quoted)
        return int(cursor.fetchone()[0])


def quoted(name: str) -> str:
    """A name as SQL spells it."""
    return connection.ops.quote_name(name)


def size_of_tables() -> int:
    """Bytes of all tables without their indexes: more than a dump of them takes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(pg_table_size(oid)), 0) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        return int(cursor.fetchone()[0])


def stored_files() -> list[StoredFile]:
    """Every file that a row of any model names, sorted. A database that is older may lack a model's table."""
    there = set(all_tables())
    found = {
        StoredFile(name, sha256)
        for model in apps.get_models()
        if model._meta.db_table in there
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField)
        for name, sha256 in _files_of(model, field.name)
        if name
    }
    return sorted(found, key=lambda file: file.name)


def _files_of(model: type[models.Model], column: str) -> Iterator[tuple[str, str]]:
    says_checksum = any(field.name == "sha256" for field in model._meta.get_fields())
    columns = [column, "sha256"] if says_checksum else [column]
    for name, *rest in model._default_manager.values_list(*columns).iterator():
        yield str(name or ""), rest[0] if rest else ""


def outboxes() -> list[str]:
    """The tables whose rows wait to be sent by mail."""
    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, Outgoing))


def applied_migrations() -> list[str]:
    """What made this database's tables, as `app.name`."""
    loader = MigrationLoader(connection)
    return sorted(f"{app}.{name}" for app, name in loader.applied_migrations)


def known_migrations() -> set[str]:
    """What this code can make of a database."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}


def server_version() -> int:
    """The major version of the server, 18 say."""
    connection.ensure_connection()
    return int(connection.connection.server_version // 10_000)
