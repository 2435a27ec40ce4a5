"""`manage.py backup`: one moment of the database and its files, also while everybody works."""

import fcntl
import hashlib
import os
import resource
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.db import connection, transaction

from lib import backups
from lib.backups import programs
from lib.embedded.postgres import programs_folder
from tests.background import eventually
from tests.elsewhere import (
    Elsewhere,
    backup,
    elsewhere,
    environment_of_the_test_database,
    manage,
    refusal,
    start,
)
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.models import Attachment, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    """The folder of stored files, this test's own."""
    settings.MEDIA_ROOT = tmp_path / "data" / "files"
    return tmp_path / "data" / "files"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """A ticket with two files of different content."""
    attached = [
        ContentFile(b"first" * 1000, name="first.txt"),
        ContentFile(os.urandom(4000), name="noise.bin"),
    ]
    return make_ticket(cast.gold_customer, contact=cast.owner, files=attached)


@pytest.fixture
def other(tmp_path: Path, transactional_db: None) -> Iterator[Elsewhere]:
    with elsewhere(tmp_path / "other" / "files") as place:
        yield place


def test_a_backup_is_private_and_holds_no_key(ticket: Ticket, tmp_path: Path) -> None:
    said = backup(tmp_path / "saved")

    assert said.figures["outcome"] == "backed_up"
    assert said.figures["files"] == 2
    found = [tmp_path / "saved", *(tmp_path / "saved").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o700, 0o600}
    secrets = [
        django_settings.SECRET_KEY.encode(),
        *(key.encode() for key in django_settings.ENCRYPTION_KEYS),
    ]
    contents = [path.read_bytes() for path in found if path.is_file()]
    assert len(contents) == 4
    assert not [secret for secret in secrets for content in contents if secret in content]


def test_restoring_asks_nothing_that_only_the_owner_of_an_extension_may(
    ticket: Ticket, tmp_path: Path
) -> None:
    backup(tmp_path / "saved")
    dump = tmp_path / "saved" / "database.dump"
    command = [str(programs_folder() / "pg_restore"), *programs._AS_SQL, str(dump)]
    played = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "CREATE EXTENSION IF NOT EXISTS pg_trgm" in played
    assert "COMMENT ON EXTENSION" not in played


def test_it_says_what_it_holds(ticket: Ticket, tmp_path: Path) -> None:
    backup(tmp_path / "saved")

    manifest = backups.read(tmp_path / "saved", django_settings.ENCRYPTION_KEYS)
    assert manifest.tables["tickets_ticket"] == 1
    assert manifest.tables["tickets_attachment"] == 2
    assert {name: file.sha256 for name, file in manifest.files.items()} == dict(
        Attachment.objects.values_list("file", "sha256")
    )
    assert not {"django_session", "accounts_heartbeat", "accounts_apiuse"} & manifest.tables.keys()
    assert "tickets.0001_initial" in manifest.migrations


def test_rows_and_files_are_of_one_moment_while_a_transaction_is_under_way(
    cast: Cast, ticket: Ticket, tmp_path: Path, other: Elsewhere
) -> None:
    """What commits after the snapshot is in neither, though its file lies on the disk already."""
    with transaction.atomic():
        make_ticket(cast.gold_customer, files=[ContentFile(b"late", name="late.txt")])
        exit_code, _, told = manage(
            "backup", str(tmp_path / "saved"), environment=environment_of_the_test_database(tmp_path / "data")
        )
    assert exit_code == 0, told

    other.restore(tmp_path / "saved")

    assert Attachment.objects.count() == 3
    rows = other.ask("SELECT file, sha256 FROM tickets_attachment")
    assert len(rows) == 2
    assert {
        name: hashlib.sha256((other.house.files / name).read_bytes()).hexdigest() for name, _ in rows
    } == dict(rows)
    assert len([path for path in other.house.files.rglob("*") if path.is_file()]) == 2


def test_missing_and_damaged_files_are_named_and_the_rest_can_be_restored(
    ticket: Ticket, files: Path, tmp_path: Path, other: Elsewhere
) -> None:
    missing, damaged = map(str, Attachment.objects.order_by("pk").values_list("file", flat=True))
    (files / missing).unlink()
    (files / damaged).write_bytes(b"not what was stored")

    words = refusal(lambda: backup(tmp_path / "saved"))

    assert "1 files were missing, 1 not as their row says" in words
    assert f'"missing": ["{missing}"], "damaged": ["{damaged}"]' in words
    other.restore(tmp_path / "saved")
    assert (other.house.files / damaged).read_bytes() == b"not what was stored"


def test_only_a_new_folder_is_taken(ticket: Ticket, files: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("keep me")
    (tmp_path / "a-file").write_text("keep me")

    assert "is not empty" in refusal(lambda: backup(tmp_path / "full"))
    assert "is no folder" in refusal(lambda: backup(tmp_path / "a-file"))
    assert "does not exist" in refusal(lambda: backup(tmp_path / "not" / "there"))
    assert "is a disk of its own" in refusal(lambda: backup(Path("/proc")))
    assert "lies among the files" in refusal(lambda: backup(files / "saved"))
    assert (tmp_path / "full" / "letter.txt").read_text() == "keep me"
    (tmp_path / "empty").mkdir()
    assert backup(tmp_path / "empty").figures["outcome"] == "backed_up"


def test_two_at_once_do_not_mix(ticket: Ticket, tmp_path: Path) -> None:
    (tmp_path / "saved.partial").mkdir()
    first = os.open(tmp_path / "saved.partial", os.O_RDONLY)
    try:
        fcntl.flock(first, fcntl.LOCK_EX)
        assert "Another backup is being written" in refusal(lambda: backup(tmp_path / "saved"))
    finally:
        os.close(first)
    assert backup(tmp_path / "saved").figures["outcome"] == "backed_up"


ENDLESS = """#!/bin/sh
test "$1" = --version && exec {pg_dump} --version
touch {began}
exec sleep 600
"""


@contextmanager
def stopped_in_the_middle(saved: Path, signal_number: int, folder: Path) -> Iterator[None]:
    """A backup whose dump takes endlessly gets a signal; inside, it has ended."""
    began, pg_dump = folder / "began", folder / "pg_dump"
    pg_dump.write_text(ENDLESS.format(pg_dump=programs_folder() / "pg_dump", began=began))
    pg_dump.chmod(0o700)
    environment = environment_of_the_test_database(folder) | {"PG_BIN_DIR": str(folder)}
    process = start("backup", str(saved), environment=environment)
    try:
        eventually(began.exists, 30)
        process.send_signal(signal_number)
        process.communicate(timeout=30)
        assert process.returncode != 0
        yield
    finally:
        process.kill()
        process.communicate()


def test_a_killed_backup_is_none_and_hinders_no_other(ticket: Ticket, tmp_path: Path) -> None:
    saved, draft = tmp_path / "saved", tmp_path / "saved.partial"
    with stopped_in_the_middle(saved, signal.SIGKILL, tmp_path / "data"):
        assert draft.exists()
        assert not saved.exists()
    assert "no whole backup" in refusal(lambda: backups.read(draft, django_settings.ENCRYPTION_KEYS))

    (draft / "left.txt").write_text("half")
    assert backup(saved).figures["outcome"] == "backed_up"

    assert not (saved / "left.txt").exists()
    assert not draft.exists()


@pytest.mark.parametrize("signal_number", [signal.SIGTERM])
def test_a_backup_that_is_told_to_stop_leaves_nothing(
    ticket: Ticket, tmp_path: Path, signal_number: int
) -> None:
    with stopped_in_the_middle(tmp_path / "saved", signal_number, tmp_path / "data"):
        assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_too_little_space_is_said_before_anything_is_written(
    ticket: Ticket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nearly_full = SimpleNamespace(free=10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: nearly_full)
    assert "Too little space" in refusal(lambda: backup(tmp_path / "saved"))
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("limit", [2_000, 100_000])
def test_a_disk_that_takes_no_more_ends_it_with_a_reason(ticket: Ticket, tmp_path: Path, limit: int) -> None:
    """No file may grow beyond the limit: at first the dump fails, then the copy of the large file."""
    make_ticket(ticket.customer, files=[ContentFile(b"x" * 200_000, name="large.bin")])
    environment = environment_of_the_test_database(tmp_path / "data")
    exit_code, out, told = manage(
        "backup",
        str(tmp_path / "saved"),
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        environment=environment,
    )
    assert exit_code == 1
    assert out == ""
    assert "CommandError: " in told
    assert "Traceback" not in told
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_the_password_of_the_database_stands_on_no_command_line(
    ticket: Ticket, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others on the machine can read command lines. (This server asks for no password.)"""
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "s3cret-word")
    (tmp_path / "pg_dump").write_text(
        f'#!/bin/sh\necho "$@" "$PGPASSWORD" >> {tmp_path}/seen\nexec {programs_folder()}/pg_dump "$@"\n'
    )
    (tmp_path / "pg_dump").chmod(0o700)
    settings.PG_BIN_DIR = str(tmp_path)

    backup(tmp_path / "saved")

    seen = (tmp_path / "seen").read_text()
    assert "--snapshot=" in seen
    assert seen.count("s3cret-word") == 1
    assert seen.endswith(" s3cret-word\n")


def test_programs_older_than_the_server_are_refused(ticket: Ticket, tmp_path: Path, settings: Any) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.18'\n")
    (old / "pg_dump").chmod(0o755)
    settings.PG_BIN_DIR = str(old)
    assert "Set PG_BIN_DIR to the folder with pg_dump" in refusal(lambda: backup(tmp_path / "saved"))
    settings.PG_BIN_DIR = str(tmp_path)
    assert "There is no pg_dump" in refusal(lambda: backup(tmp_path / "saved"))
