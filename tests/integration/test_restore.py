"""`manage.py restore`: the whole of a backup in an empty house, or nothing of it."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from http.cookiejar import CookieJar
from io import StringIO
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import psycopg2
import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import Company, User
from lib import backups, embedded
from lib.backups import Manifest
from lib.undelivered import RESTORED
from tests.background import eventually
from tests.elsewhere import Elsewhere, backup, elsewhere, manage, refusal, reseal
from tests.factories.cast import PASSWORD, Cast, make_cast, make_ticket
from tests.installation import Installation, free_port
from tickets.actions import replying
from tickets.models import Attachment, Delivery, Ticket

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "only-for-colleagues-4711"


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
    """A ticket with a file, a reply that waits to be mailed, and a note."""
    attached = [ContentFile(os.urandom(5000), name="noise.bin")]
    filed = make_ticket(cast.gold_customer, contact=cast.owner, files=attached)
    replying.reply(ticket=filed, body="We are on it", by=cast.lead)
    replying.note(ticket=filed, body=SECRET, by=cast.lead)
    return filed


@pytest.fixture
def saved(ticket: Ticket, tmp_path: Path) -> Path:
    backup(tmp_path / "saved")
    return tmp_path / "saved"


@pytest.fixture
def other(tmp_path: Path, transactional_db: None) -> Iterator[Elsewhere]:
    with elsewhere(tmp_path / "other" / "files") as place:
        yield place


class Busy:
    """Somebody who files tickets with files and answers them until told to stop."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._is_over = threading.Event()
        self.count = 0
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Self:
        self._thread.start()
        eventually(lambda: self.count > 3)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _work(self) -> None:
        customers = [self._cast.bronze_customer, self._cast.gold_customer, self._cast.plain_customer]
        try:
            while not self._is_over.is_set():
                attached = [ContentFile(os.urandom(300), name="noise.bin")]
                filed = make_ticket(customers[self.count % 3], files=attached)
                replying.note(ticket=filed, body=SECRET, by=self._cast.lead, files=attached)
                self.count += 1
        finally:
            connections.close_all()


class Browser:
    """A browser that keeps its cookies."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._cookies = CookieJar()
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(self._cookies))

    def get(self, path: str) -> str:
        with self._opener.open(f"{self._address}{path}", timeout=20) as answer:
            return str(answer.read().decode())

    def sign_in(self, username: str) -> None:
        self.get("/accounts/login/")
        token = next(cookie.value for cookie in self._cookies if "csrf" in cookie.name)
        fields = {"login": username, "password": PASSWORD, "csrfmiddlewaretoken": token or ""}
        page = f"{self._address}/accounts/login/"
        with self._opener.open(page, urlencode(fields).encode(), timeout=20) as answer:
            assert "/accounts/login/" not in answer.url


def rows_of(data_dir: Path, table: str) -> int:
    """How many rows a table has in an installation of its own."""
    host = str(embedded.Places(data_dir).postgres_sockets)
    with closing(psycopg2.connect(host=host, user="postgres", dbname="vorrang")) as other:
        cursor = other.cursor()
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        row = cursor.fetchone()
        return int(row[0]) if row else -1


def test_a_busy_house_comes_back_whole_in_another_installation(
    cast: Cast, ticket: Ticket, tmp_path: Path, settings: Any
) -> None:
    """Its own PostgreSQL and Valkey, its own data folder; only the key is brought along."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    for username in ("owner", "lead"):
        _keep_password_as_the_product_does(username)
    with Busy(cast) as busy:
        before = busy.count
        backup(tmp_path / "saved")
    manifest = backups.read(tmp_path / "saved", django_settings.ENCRYPTION_KEYS)
    data_dir = tmp_path / "new" / "data"
    data_dir.mkdir(parents=True)
    (data_dir / "encryption_key").write_text(django_settings.ENCRYPTION_KEYS[0])
    environment = {"DATA_DIR": str(data_dir)}
    holds = embedded.hold(data_dir, postgres=True, valkey=True, durable=False)
    try:
        exit_code, out, told = manage("restore", str(tmp_path / "saved"), environment=environment)
        assert exit_code == 0, told
        figures = json.loads(out)
        assert figures["mail_set_aside"] >= 1
        _compare_rows(data_dir, manifest)
        _compare_files(data_dir, manifest)
        _compare_queue(environment, before)
        _walk_through(data_dir, ticket)
    finally:
        for hold in holds:
            hold.release()


def _keep_password_as_the_product_does(username: str) -> None:
    user = User.objects.get(username=username)
    user.set_password(PASSWORD)
    user.save()


def _compare_rows(data_dir: Path, manifest: Manifest) -> None:
    assert manifest.tables["tickets_ticket"] > 4
    noted = {"accounts_auditentry": 1, "accounts_auditvalues": 1}  # that it was restored
    found = {table: rows_of(data_dir, table) - noted.get(table, 0) for table in manifest.tables}
    assert found == manifest.tables


def _compare_files(data_dir: Path, manifest: Manifest) -> None:
    stored = [path for path in (data_dir / "files").rglob("*") if path.is_file()]
    found = {str(path.relative_to(data_dir / "files")): backups.Checked.of(path) for path in stored}
    assert found == manifest.files
    checksums = dict(Attachment.objects.values_list("file", "sha256"))
    assert {name: file.sha256 for name, file in found.items()}.items() <= checksums.items()


def _compare_queue(environment: dict[str, str], at_least: int) -> None:
    exit_code, out, _ = manage("verify_queue", environment=environment)
    found = json.loads(out)
    assert exit_code == 0
    assert found["tickets"] >= at_least
    assert not any(found[name] for name in ("wrong_rank", "wrong_position", "missing", "extra", "wrong_stay"))
    numbers = [row["number"] for row in json.loads(manage("queue", "--json", environment=environment)[1])]
    order = Ticket.objects.waiting().order_by("team__name", "rank_key").values_list("number", flat=True)
    assert numbers == [number for number in order if number in set(numbers)]


def _walk_through(data_dir: Path, ticket: Ticket) -> None:
    """Everything runs on the restored data: people sign in, a note stays inside, no old mail goes out."""
    running = Installation(data_dir, free_port())
    try:
        running.wait_until_ready()
        owner, lead = Browser(running.address), Browser(running.address)
        owner.sign_in("owner")
        lead.sign_in("lead")
        seen_by_owner = owner.get(f"/portal/tickets/{ticket.number}/")
        assert "We are on it" in seen_by_owner
        assert SECRET not in seen_by_owner
        assert SECRET in lead.get(f"/desk/tickets/{ticket.number}/")
        assert "We are on it" not in running.log.read_text()  # where mail would be shown
    finally:
        running.stop()


def test_mail_that_waited_is_set_aside(saved: Path, other: Elsewhere) -> None:
    waiting = Delivery.objects.filter(next_attempt_at__isnull=False).count()
    assert waiting >= 1

    assert other.restore(saved) == waiting

    states = other.ask("SELECT next_attempt_at IS NULL, sent_at IS NULL, error FROM tickets_delivery")
    assert set(states) == {(True, True, RESTORED)}


def test_mail_that_waited_is_kept_waiting_on_request(saved: Path, other: Elsewhere) -> None:
    assert other.restore(saved, keeps_mail_waiting=True) == 0
    assert other.ask("SELECT count(*) FROM tickets_delivery WHERE next_attempt_at IS NULL") == [(0,)]


def test_nobody_stays_signed_in(ticket: Ticket, tmp_path: Path, other: Elsewhere) -> None:
    Session.objects.create(session_key="k" * 32, session_data="x", expire_date=timezone.now() + timedelta(1))
    backup(tmp_path / "saved")
    other.restore(tmp_path / "saved")
    assert other.ask("SELECT count(*) FROM django_session") == [(0,)]


def test_a_house_that_was_started_but_not_set_up_is_empty(saved: Path, other: Elsewhere) -> None:
    with other.entered():
        call_command("migrate", verbosity=0, interactive=False)
        auditing.record(by=None, verb="company.created", what=Company(pk=1, name="Not yet"))
    other.restore(saved)
    assert other.ask("SELECT count(*) FROM accounts_auditvalues WHERE object_label = 'Not yet'") == [(0,)]
    assert other.ask("SELECT count(*) FROM tickets_ticket") == [(1,)]


def test_an_older_backup_is_brought_up_to_date(
    tmp_path: Path, other: Elsewhere, transactional_db: None
) -> None:
    with elsewhere(tmp_path / "old" / "files", "old") as old, old.entered():
        call_command("migrate", "accounts", "0002", verbosity=0, interactive=False)
        backup(tmp_path / "saved")
    assert (
        "accounts.0003_notice"
        not in backups.read(tmp_path / "saved", django_settings.ENCRYPTION_KEYS).migrations
    )

    other.restore(tmp_path / "saved", finish=lambda: call_command("migrate", verbosity=0, interactive=False))

    assert other.ask("SELECT count(*) FROM accounts_notice") == [(0,)]
    assert other.ask("SELECT count(*) FROM tickets_ticket") == [(0,)]


def _shorten(folder: Path) -> None:
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1])


def _change_dump(folder: Path) -> None:
    dump = folder / "database.dump"
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)


def _one_file(folder: Path) -> Path:
    return next(path for path in (folder / "files").rglob("*") if path.is_file())


def _claim_less(folder: Path) -> None:
    entries = json.loads((folder / "manifest.json").read_text())
    entries["tables"]["tickets_ticket"] = 0
    (folder / "manifest.json").write_text(json.dumps(entries))


FAULTS: list[tuple[Callable[[Path], object], str]] = [
    (_shorten, "database.dump is not what was backed up"),
    (_change_dump, "database.dump is not what was backed up"),
    (lambda folder: _one_file(folder).write_bytes(b"changed"), "is not what was backed up"),
    (lambda folder: _one_file(folder).unlink(), "is missing"),
    (_claim_less, "was changed after the backup was taken"),
    (lambda folder: (folder / "manifest.json").write_text('{"format"'), "damaged or changed"),
    (lambda folder: (folder / "manifest.json").write_text('{"format": "other 7"}'), "another version"),
    (lambda folder: (folder / "manifest.json").unlink(), "no whole backup"),
    (lambda folder: reseal(folder, files={"../../x": backups.Checked(1, "0")}), "outside of its folder"),
    (
        lambda folder: reseal(folder, migrations=["tickets.9999_later"]),
        "newer Vorrang (0.1.0): this one does",
    ),
    (lambda folder: reseal(folder, postgres=99), "of PostgreSQL 99"),
    (lambda folder: reseal(folder, keys=["0123456789abcdef"]), "encryption keys do not fit"),
]


@pytest.mark.parametrize(("damage", "reason"), FAULTS, ids=[str(number) for number in range(len(FAULTS))])
def test_a_backup_that_is_not_whole_is_refused_before_anything_happens(
    saved: Path, other: Elsewhere, damage: Callable[[Path], object], reason: str
) -> None:
    damage(saved)
    assert reason in refusal(lambda: other.restore(saved))
    assert other.is_empty()


def test_a_house_with_rows_or_files_is_refused(saved: Path, other: Elsewhere) -> None:
    other.house.files.mkdir(parents=True)
    (other.house.files / "letter.txt").write_text("keep me")
    assert "is not empty" in refusal(lambda: other.restore(saved))
    (other.house.files / "letter.txt").unlink()
    other.restore(saved)

    assert "The database is not empty (" in refusal(lambda: other.restore(saved))
    assert other.ask("SELECT count(*) FROM tickets_ticket") == [(1,)]


def test_a_house_that_runs_is_refused(saved: Path, other: Elsewhere) -> None:
    with other.entered():
        parameters = connection.get_connection_params()
    with closing(psycopg2.connect(host=parameters["host"], user=parameters["user"], dbname=other.name)):
        assert "in use (1 other connections)" in refusal(lambda: other.restore(saved))
    with embedded.alone(django_settings.DATA_DIR):
        words = refusal(lambda: call_command("restore", str(saved), stdout=StringIO(), stderr=StringIO()))
    assert "Vorrang is running on" in words
    assert other.is_empty()


def test_rows_that_do_not_come_as_counted_leave_nothing(saved: Path, other: Elsewhere) -> None:
    tables = backups.read(saved, django_settings.ENCRYPTION_KEYS).tables
    reseal(saved, tables={**tables, "tickets_ticket": 2})
    assert "The table tickets_ticket does not have 2 rows" in refusal(lambda: other.restore(saved))
    assert other.is_empty()


def test_a_dump_that_cannot_be_played_leaves_nothing(saved: Path, other: Elsewhere) -> None:
    dump = saved / "database.dump"
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    reseal(saved, dump=backups.Checked.of(dump))
    assert "did not take the dump" in refusal(lambda: other.restore(saved))
    assert other.is_empty()


def test_a_migration_that_fails_afterwards_leaves_nothing(saved: Path, other: Elsewhere) -> None:
    def fail() -> None:
        assert other.ask("SELECT count(*) FROM tickets_ticket") == [(1,)]
        raise backups.Refused("It does not fit.")

    assert refusal(lambda: other.restore(saved, finish=fail)) == "It does not fit."
    assert other.is_empty()
