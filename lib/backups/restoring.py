"""Putting a backup into an empty installation that is not running: all of it or nothing."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import connection

from lib.backups import house, programs
from lib.backups.house import LOCK_SECONDS, House, quoted
from lib.backups.manifest import Checked, Manifest, Refused, read
from lib.backups.taking import DUMP, FILES, SPARE_BYTES, Tell, copy_file
from lib.undelivered import RESTORED

DRAFT = ".restoring"


def check(folder: Path, *, into: House, tell: Tell) -> Manifest:
    """Look at everything that could keep a backup from being restored. Error: Refused."""
    manifest = read(folder, into.keys)
    programs.refuse_old_programs()
    _refuse_newer(manifest)
    _refuse_in_use()
    _refuse_rows(into)
    _refuse_files(into)
    _refuse_full_disk(into, manifest)
    tell(f"Checking the dump and {len(manifest.files)} files of {manifest.created_at} ...")
    _refuse_changed(folder / DUMP, manifest.dump)
    for name, checked in manifest.files.items():
        _refuse_changed(folder / FILES / name, checked)
    return manifest


def restore(
    folder: Path,
    manifest: Manifest,
    *,
    into: House,
    at: datetime,
    finish: Callable[[], None],
    keeps_mail_waiting: bool,
    tell: Tell,
) -> int:
    """Put a checked backup in place, then `finish` it. Returns how many mails were set aside.

    Whatever fails (Refused, OSError, ...) leaves an empty installation. Unless `keeps_mail_waiting`, mail
    that waited to be sent is given up: it may have been sent after the backup was taken.
    """
    outboxes = [] if keeps_mail_waiting else [each for each in house.outboxes() if each in manifest.tables]
    after = [*_counted(manifest), *(_given_up(table, at) for table in outboxes)]
    with _files_in_place(folder / FILES, manifest, into.files, tell):
        tell(f"Database: {len(manifest.tables)} tables, {sum(manifest.tables.values())} rows ...")
        connection.close()
        programs.play(folder / DUMP, before="\n".join(_cleared()), after="\n".join(after))
        try:
            finish()
            return sum(_count_given_up(table, at) for table in outboxes)
        except BaseException:
            _clear()
            raise


def _refuse_newer(manifest: Manifest) -> None:
    strange = sorted(set(manifest.migrations) - house.known_migrations())
    if strange:
        raise Refused(
            f"The backup is of a newer Vorrang ({manifest.version}): this one does not know"
            f" {', '.join(strange[:3])}{' and more' if len(strange) > 3 else ''}."  # noqa: PLR2004
        )
    server = house.server_version()
    if server < manifest.postgres:
        raise Refused(f"The backup is of PostgreSQL {manifest.postgres}, this server is {server}.")


def _refuse_in_use() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        others = cursor.fetchone()[0]
    if others:
        raise Refused(
            f"The database is in use ({others} other connections)."
            " Stop web, worker and beat (or `make run`) first."
        )


def _refuse_rows(into: House) -> None:
    uncounted = into.before_use | into.passing
    counts = {name: house.count_rows(name) for name in house.tables() if name not in uncounted}
    filled = [f"{name}: {count}" for name, count in counts.items() if count]
    if filled:
        raise Refused(
            f"The database is not empty ({', '.join(filled[:5])}{', ...' if len(filled) > 5 else ''})."  # noqa: PLR2004
            " A backup is restored into an empty installation: another DATA_DIR or another database."
        )


def _refuse_files(into: House) -> None:
    if into.files.exists() and any(each.name != DRAFT for each in into.files.iterdir()):
        raise Refused(
            f"{into.files} is not empty. A backup is restored into an empty installation; if an interrupted"
            " restore left these files, remove the folder."
        )


def _refuse_full_disk(into: House, manifest: Manifest) -> None:
    needed = sum(each.size for each in manifest.files.values()) + SPARE_BYTES
    into.files.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(into.files).free
    if free < needed:
        raise Refused(f"Too little space in {into.files}: {free} bytes are free, {needed} are needed.")


def _refuse_changed(path: Path, wanted: Checked) -> None:
    try:
        found = Checked.of(path)
    except FileNotFoundError:
        raise Refused(f"The backup is damaged: {path} is missing.") from None
    if found != wanted:
        raise Refused(f"The backup is damaged: {path} is not what was backed up (its checksum differs).")


@contextmanager
def _files_in_place(source: Path, manifest: Manifest, target: Path, tell: Tell) -> Iterator[None]:
    """All files are at their place before the rows come; none is when that fails."""
    draft = target / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    placed: list[Path] = []
    try:
        for name, checked in manifest.files.items():
            if copy_file(source / name, draft / name) != checked:
                raise Refused(f"{target / name} is not what was backed up (its checksum differs).")
        for each in list(draft.iterdir()):
            placed.append(target / each.name)
            each.rename(placed[-1])
        draft.rmdir()
        tell(f"Files: {len(manifest.files)} in place.")
        yield
    except BaseException:
        for each in (draft, *placed):
            shutil.rmtree(each, ignore_errors=True)
        raise


def _cleared() -> list[str]:
    """SQL that makes room for the dump: an empty installation may have its tables and triggers already."""
    tables = [f"DROP TABLE IF EXISTS public.{quoted(name)} CASCADE;" for name in house.all_tables()]
    functions = [f"DROP FUNCTION IF EXISTS {name} CASCADE;" for name in house.all_functions()]
    return [
        f"SET client_min_messages = warning; SET lock_timeout = '{LOCK_SECONDS}s';",
        *tables,
        *functions,
    ]


def _clear() -> None:
    """Empty the database again."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("\n".join(_cleared()))


def _counted(manifest: Manifest) -> Iterator[str]:
    """SQL that fails unless each table has as many rows as it had."""
    for name, count in manifest.tables.items():
        said = name.replace("'", "''")
        yield (
            f"DO $count$ BEGIN IF (SELECT count(*) FROM public.{quoted(name)}) <> {int(count)} THEN"  # noqa: S608
            f" RAISE EXCEPTION 'The table {said} does not have {int(count)} rows.'; END IF; END $count$;"
        )


def _given_up(table: str, at: datetime) -> str:
    """SQL that sets aside what still waits to be sent."""
    return (
        f"UPDATE public.{quoted(table)} SET next_attempt_at = NULL, leased_until = NULL,"  # noqa: S608 (quoted)
        f" failed_at = '{at.isoformat()}', error = '{RESTORED}' WHERE next_attempt_at IS NOT NULL;"
    )


def _count_given_up(table: str, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM public.{quoted(table)} WHERE failed_at = %s AND error = %s",  # noqa: S608
            [at, RESTORED],
        )
        return int(cursor.fetchone()[0])
