"""What is held is nowhere: not in the database, Valkey, logs, the API, pages, mail, nor in clear on disk.

A marker stands in a held file, in its name and in a pasted block. Every door is knocked at, every sweep runs,
then everything there is is searched for it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as product
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Notice, User
from customers.models import Contact
from mail.actions import delivering
from tests.factories.calling import Caller, path_of
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets import tasks
from tickets.actions import gate_sweeping
from tickets.models import HeldFile, Ticket

pytestmark = pytest.mark.django_db

MARKER = "Mondkalb7319"
LOG = "".join(
    f"2026-11-23 05:56:{n:02},123 INFO [main] com.example.Shop - order {n} of {MARKER} stored\n"
    for n in range(60)
)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _own_folders(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000  # larger ones go over the disk


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    User.objects.update(language="en")
    Contact.objects.update(language="en")
    return made


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner, subject="Shop hangs")


def browser(user: User | None) -> Client:
    assert user is not None
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user, BACKEND)
    return client


def log_file() -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{MARKER}.log", LOG.encode())


def rows_with(marker: str) -> Iterator[str]:
    """Table and row of whatever in the database holds the marker, in whatever column."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        assert "tickets_heldfile" in tables
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t WHERE t::text ILIKE %s', [f"%{marker}%"])
            yield from (f"{table}: {row}" for (row,) in cursor.fetchall())


def keys_with(marker: str, valkey: redis.Redis) -> Iterator[Any]:
    """Whatever Valkey holds of it: each key as it would be moved elsewhere."""
    for key in valkey.scan_iter():
        if marker.encode() in (valkey.dump(key) or b"") + key:
            yield key


def files_with(marker: str, folder: Path) -> list[Path]:
    """Files in clear."""
    return [path for path in folder.rglob("*") if path.is_file() and marker.encode() in path.read_bytes()]


def file_everywhere(cast: Cast, ticket: Ticket) -> None:
    """A log by every door: portal, desk, API; chosen and pasted."""
    owner, agent = browser(cast.owner.user), browser(cast.agent)
    pasted = f"Look:\n\n{LOG}"
    typed = {"subject": "It hangs", "body": pasted, "severity": "3"}
    assert owner.post("/portal/new/", {**typed, "attachments": log_file()}).status_code == 302
    path = f"/portal/tickets/{ticket.number}/reply/"
    assert owner.post(path, {"body": pasted, "attachments": log_file()}).status_code == 302
    path = f"/desk/tickets/{ticket.number}/reply/"
    for is_internal in ("0", "1"):
        sent: dict[str, Any] = {"body": pasted, "is_internal": is_internal, "attachments": log_file()}
        assert agent.post(path, sent).status_code == 302
    caller = Caller(cast.owner)
    answer = caller.upload(path_of(ticket, "attachments/"), file=log_file(), body=pasted)
    assert answer.status_code == 202, answer.content
    answer = caller.post(path_of(ticket, "messages/"), {"body": pasted})
    assert answer.status_code == 201
    assert answer.json()["held"][0]["kind"] == "text"


def look_everywhere(cast: Cast, ticket: Ticket) -> Iterator[bytes]:
    """Pages, feeds and answers that show the ticket, for both sides."""
    portal = [
        f"/portal/tickets/{ticket.number}/",
        "/portal/",
        "/portal/tickets/",
        "/portal/search/?q=Mondkalb7319",
    ]
    desk = [f"/desk/tickets/{ticket.number}/", "/desk/", f"/desk/tickets/{ticket.number}/peek/"]
    for client, paths in ((browser(cast.owner.user), portal), (browser(cast.agent), desk)):
        for path in paths:
            yield (
                client.get(path).content.replace(b"q=Mondkalb7319", b"").replace(b'value="Mondkalb7319"', b"")
            )
    for who in (cast.owner, cast.agent):
        for rest in ("", "messages/", "attachments/"):
            yield Caller(who).get(path_of(ticket, rest)).content


def test_what_is_held_is_nowhere_and_after_the_deadline_not_even_encrypted(  # noqa: PLR0917 (fixtures)
    cast: Cast,
    ticket: Ticket,
    valkey: redis.Redis,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        file_everywhere(cast, ticket)
        tasks.sweep_queue()
        tasks.sweep_gates()
        tasks.purge_held_files()
        delivering.deliver()
    assert HeldFile.objects.held().count() == 11
    assert Notice.objects.filter(kind="file_held").count() == 2

    pages = b"".join(look_everywhere(cast, ticket))
    said = [part for letter in mail.outbox for part in (letter.subject, str(letter.message()))]
    out = capfd.readouterr()
    assert b"Held back unread" in pages
    assert any("Held back unread" in one for one in said)
    assert MARKER.encode() not in pages
    assert not [one for one in said if MARKER in one]
    assert list(rows_with(MARKER)) == []
    assert list(keys_with(MARKER, valkey)) == []
    assert files_with(MARKER, tmp_path) == []
    assert MARKER not in out.out + out.err
    # The search itself finds what is there.
    assert any(row.startswith("tickets_ticket:") for row in rows_with("Shop hangs"))

    with django_capture_on_commit_callbacks(execute=True):
        gate_sweeping.purge(at=timezone.now() + timedelta(days=product.HELD_FILE_DAYS, minutes=1))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert set(HeldFile.objects.values_list("sealed", flat=True)) == {None}


def test_no_address_serves_what_is_held(cast: Cast, ticket: Ticket) -> None:
    browser(cast.owner.user).post(
        f"/portal/tickets/{ticket.number}/reply/", {"body": "See", "attachments": log_file()}
    )
    held = HeldFile.objects.get()
    for who, places in ((cast.owner.user, ("portal",)), (cast.admin, ("portal", "desk"))):
        client = browser(who)
        for place in places:
            answer = client.get(f"/{place}/tickets/{ticket.number}/files/{held.key}/")
            assert answer.status_code in (403, 404)
        assert client.get(f"/media/held/{held.key[:2]}/{held.key}").status_code == 404
    for person in (cast.owner, cast.agent):
        answer = Caller(person).get(path_of(ticket, f"attachments/{held.key}/"))
        assert answer.status_code == 404
