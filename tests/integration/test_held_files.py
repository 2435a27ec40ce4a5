"""Logs from customers whose gate is closed: held encrypted, told, released when it opens, deleted in time."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry, User
from customers.models import Contact
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.gates import consent, end_dpa, make_dpa, name_subjects
from tickets.actions import gate_sweeping, releasing, replying
from tickets.actions.gating import GateClosed
from tickets.models import Attachment, HeldFile, Message, Ticket, TicketEvent

pytestmark = pytest.mark.django_db

MARKER = "zq-Mondkalb-7319"
LOG = "".join(
    f"2026-11-23 05:56:{n:02},123 INFO [main] com.example.Shop - order {n} of {MARKER} stored\n"
    for n in range(40)
)


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    User.objects.update(language="en")
    Contact.objects.update(language="en")
    return made


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner)


def log_file(name: str = "server.log", text: str = LOG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


Committing = Callable[[], AbstractContextManager[object]]


@pytest.fixture
def committing(
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> Committing:
    """What follows a commit happens at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def send(
    ticket: Ticket, cast: Cast, *files: SimpleUploadedFile, body: str = "See", **more: object
) -> Message:
    """The customer writes."""
    return replying.customer_reply(
        ticket=ticket, contact=cast.owner, by=cast.owner.user, body=body, files=files, **more
    )


def on_disk(folder: str = "") -> list[Path]:
    """Every stored file."""
    from django.conf import settings

    return sorted(path for path in (Path(settings.MEDIA_ROOT) / folder).rglob("*") if path.is_file())


def test_a_log_is_held_and_an_ordinary_file_beside_it_is_filed(ticket: Ticket, cast: Cast) -> None:
    message = send(ticket, cast, log_file(), SimpleUploadedFile("a.txt", b"Guten Tag"))

    held = HeldFile.objects.get()
    assert [one.name for one in message.attachments.all()] == ["a.txt"]
    assert (held.message, held.customer, held.is_held) == (message, cast.gold_customer, True)
    assert held.delete_at is not None
    assert timedelta(days=13) < held.delete_at - timezone.now() < timedelta(days=15)
    assert [path.name for path in on_disk("held")] == [held.key]
    assert MARKER.encode() not in b"".join(path.read_bytes() for path in on_disk())


def test_an_open_gate_lets_it_through_and_a_closing_one_holds_it_again(
    ticket: Ticket, cast: Cast, committing: Committing
) -> None:
    dpa = make_dpa(cast.gold_customer)
    message = send(ticket, cast, log_file())
    assert message.attachments.get().name == "server.log"
    assert HeldFile.objects.get().is_held is False

    end_dpa(dpa, timezone.now())
    with committing():
        gate_sweeping.sweep_gates()

    held = HeldFile.objects.get()
    assert held.is_held
    assert not Attachment.objects.exists()
    assert [path.name for path in on_disk()] == [held.key]
    assert MARKER.encode() not in on_disk()[0].read_bytes()
    assert held.sealed["name"] == "server.log"


def test_an_opening_gate_releases_what_is_held(ticket: Ticket, cast: Cast, committing: Committing) -> None:
    message = send(ticket, cast, log_file(), body=f"Look:\n\n{LOG}\nThanks")
    assert MARKER not in message.body
    assert HeldFile.objects.held().count() == 2

    make_dpa(cast.gold_customer)
    with committing():
        gate_sweeping.sweep_gates()
        gate_sweeping.sweep_gates()

    files = {one.name: Path(one.file.path).read_bytes() for one in message.attachments.all()}
    assert files == {"server.log": LOG.encode(), "pasted text 1.txt": LOG.strip().encode()}
    assert not HeldFile.objects.held().exists()
    assert all(one.sealed is None and not one.file for one in HeldFile.objects.all())
    assert on_disk("held") == []
    assert AuditEntry.objects.filter(verb="held_file.released").count() == 2
    assert TicketEvent.objects.filter(kind="file_released").count() == 2
