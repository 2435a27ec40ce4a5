"""Logs from customers whose gate is closed: held encrypted, told, released when it opens, deleted in time."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry, User
from contracts.models import GateChange
from customers.models import Contact
from lib.backups.house import stored_files
from lib.crypto import Unreadable, new_key
from lib.sealed_files import sealed, unsealed
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.gates import consent, end_dpa, make_dpa, name_subjects
from tickets.access import Denied
from tickets.actions import gate_sweeping, moving, releasing, replying, sealing
from tickets.actions.gating import GateClosed
from tickets.actions.refusals import NotStored
from tickets.models import Attachment, HeldFile, Message, Ticket, TicketEvent
from tickets.queries.held import readable_attachment
from tickets.rules.lifecycle import NotAllowed, Verb

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


def send(ticket: Ticket, cast: Cast, *files: SimpleUploadedFile, body: str = "See") -> Message:
    """The customer writes."""
    return replying.customer_reply(
        ticket=ticket, contact=cast.owner, by=cast.owner.user, body=body, files=files
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


# Time


def test_what_is_held_is_deleted_at_its_deadline_and_the_row_stays(
    ticket: Ticket, cast: Cast, committing: Committing
) -> None:
    send(ticket, cast, log_file(), body=f"Look:\n\n{LOG}")
    due = HeldFile.objects.first()
    assert due is not None
    assert due.delete_at is not None

    with committing():
        assert gate_sweeping.purge(at=due.delete_at - timedelta(seconds=1)) == 0
    assert len(on_disk("held")) == 2
    with committing():
        assert gate_sweeping.purge(at=due.delete_at) == 2
        assert gate_sweeping.purge(at=due.delete_at) == 0

    assert on_disk() == []
    assert all(one.sealed is None and one.deleted_at for one in HeldFile.objects.all())
    assert AuditEntry.objects.filter(verb="held_file.deleted").count() == 2
    make_dpa(cast.gold_customer)
    with pytest.raises(releasing.NotHeld):
        releasing.release(held=due, by=None)


class Slow(SimpleUploadedFile):
    """A file whose last bytes come after some time."""

    def __init__(self, until: Callable[[], None]) -> None:
        super().__init__("server.log", LOG.encode())
        self.until = until

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """All of it, and then it is later."""
        yield from super().chunks()
        self.until()


def test_an_agreement_that_ends_at_midnight_while_a_log_comes_in_lets_nothing_through(
    ticket: Ticket, cast: Cast
) -> None:
    midnight = datetime(2027, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    make_dpa(cast.gold_customer, at=midnight - timedelta(days=9), ends_at=midnight)
    with time_machine.travel(midnight - timedelta(seconds=2), tick=False) as clock:
        message = send(ticket, cast, Slow(lambda: clock.move_to(midnight)))

    assert HeldFile.objects.get().is_held
    assert not message.attachments.exists()
    assert [path.parts[-3] for path in on_disk()] == ["held"]


def test_a_second_before_midnight_it_is_let_through_and_held_a_second_after(
    ticket: Ticket, cast: Cast, committing: Committing
) -> None:
    midnight = datetime(2027, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    dpa = make_dpa(cast.gold_customer, at=midnight - timedelta(days=9), ends_at=midnight)
    GateChange.objects.create(customer_id=dpa.customer_id, at=midnight)
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        file = send(ticket, cast, log_file()).attachments.get()
        gate_sweeping.sweep_gates()
        assert readable_attachment(cast.agent, ticket.number, file.key, timezone.now()) == file
    with time_machine.travel(midnight, tick=False), committing():
        with pytest.raises(Http404):
            readable_attachment(cast.agent, ticket.number, file.key, timezone.now())
        gate_sweeping.sweep_gates()

    assert HeldFile.objects.get().delete_at == midnight + timedelta(days=14)
    assert [path.parts[-3] for path in on_disk()] == ["held"]


def test_consents_of_everybody_release_the_files_of_their_case_alone(
    ticket: Ticket, cast: Cast, committing: Committing
) -> None:
    other = make_ticket(cast.gold_customer, contact=cast.owner)
    send(ticket, cast, log_file())
    send(other, cast, log_file())
    (subject,) = name_subjects(ticket, ["Ada"])
    given = consent(subject)

    with committing():
        gate_sweeping.follow_gates()
    assert list(HeldFile.objects.held().values_list("ticket", flat=True)) == [other.pk]

    given.withdrawn_at = timezone.now()
    given.save()
    with committing():
        gate_sweeping.follow_gates()
    assert HeldFile.objects.held().count() == 2
    assert not Attachment.objects.exists()


def test_a_gate_that_is_closed_releases_nothing_and_a_foreign_agent_neither(
    ticket: Ticket, cast: Cast, committing: Committing
) -> None:
    send(ticket, cast, log_file())
    held = HeldFile.objects.get()
    with pytest.raises(GateClosed):
        releasing.release(held=held, by=cast.agent)

    make_dpa(cast.gold_customer)
    with pytest.raises(Denied):
        releasing.release(held=held, by=cast.other_agent)
    with committing():
        assert releasing.release(held=held, by=cast.agent).name == "server.log"
        assert releasing.release(held=held, by=cast.agent).name == "server.log"
    assert Attachment.objects.count() == 1


# What a crash leaves


def test_a_release_that_breaks_leaves_it_held(
    ticket: Ticket, cast: Cast, monkeypatch: pytest.MonkeyPatch, committing: Committing
) -> None:
    send(ticket, cast, log_file())
    make_dpa(cast.gold_customer)

    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("accounts.actions.auditing.record", break_down)
        with pytest.raises(RuntimeError):
            releasing.release(held=HeldFile.objects.get(), by=None)

    assert HeldFile.objects.get().is_held
    with committing():
        gate_sweeping.tidy()
    assert [path.parts[-3] for path in on_disk()] == ["held"]
    with committing():
        gate_sweeping.follow_gates()
    assert Path(Attachment.objects.get().file.path).read_bytes() == LOG.encode()


def test_files_that_no_row_names_go_after_an_hour(ticket: Ticket, cast: Cast) -> None:
    send(ticket, cast, log_file())
    kept = on_disk("held")
    with transaction.atomic():
        send(ticket, cast, log_file())
        transaction.set_rollback(True)
    assert len(on_disk("held")) == 2

    assert gate_sweeping.tidy() == 0
    assert gate_sweeping.tidy(at=timezone.now() + timedelta(hours=2)) == 1
    assert on_disk("held") == kept


def test_a_full_disk_leaves_nothing_behind(
    ticket: Ticket, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(sealing, "sealed", fail)
    with pytest.raises(NotStored), transaction.atomic():
        send(ticket, cast, SimpleUploadedFile("a.txt", b"Guten Tag"), log_file())
    assert on_disk() == []


def test_a_sealed_file_opens_with_its_key_alone_and_only_whole() -> None:
    text = os.urandom(700_000)
    key, other = new_key(), new_key()
    lines = list(sealed([text[:5], text[5:]], key))

    assert b"".join(unsealed(lines, key)) == text
    assert len(lines) == 4
    broken = [lines[:-1], lines[1:], [lines[1], lines[0], *lines[2:]], [*lines, lines[-1]], []]
    for wrong, with_key in [*((one, key) for one in broken), (lines, other)]:
        with pytest.raises(Unreadable):
            list(unsealed(wrong, with_key))


def test_new_keys_of_the_house_open_what_is_held(
    ticket: Ticket, cast: Cast, settings: Settings, committing: Committing
) -> None:
    send(ticket, cast, log_file())
    settings.ENCRYPTION_KEYS = [new_key(), *settings.ENCRYPTION_KEYS]
    call_command("rotate_keys", stdout=StringIO())
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    make_dpa(cast.gold_customer)

    with committing():
        gate_sweeping.sweep_gates()
    assert Path(Attachment.objects.get().file.path).read_bytes() == LOG.encode()


def test_backups_know_what_is_held(ticket: Ticket, cast: Cast) -> None:
    send(ticket, cast, log_file())

    assert [one.name for one in stored_files()] == [HeldFile.objects.get().file.name]


def test_calling_the_case_somebody_elses_opens_nothing(
    ticket: Ticket, cast: Cast, committing: Committing
) -> None:
    send(ticket, cast, log_file())
    make_dpa(cast.bronze_customer)

    moving.change_customer(ticket=ticket, customer=cast.bronze_customer, by=cast.lead)
    with committing():
        gate_sweeping.sweep_gates()
    assert HeldFile.objects.get().is_held

    make_dpa(cast.gold_customer)
    with committing():
        gate_sweeping.sweep_gates()
    assert not HeldFile.objects.get().is_held


def test_a_message_that_is_refused_leaves_no_file(ticket: Ticket, cast: Cast) -> None:
    """No row would name it: neither a deadline nor an erasure would ever find it."""
    make_dpa(cast.gold_customer)
    with pytest.raises(NotAllowed):
        replying.reply(ticket=ticket, body="See", by=cast.agent, files=[log_file()], then=Verb.REOPEN)
    long_ago = timezone.now() - timedelta(days=365)
    Ticket.objects.update(status=Ticket.Status.CLOSED, solved_at=long_ago, closed_at=long_ago)
    with pytest.raises(NotAllowed):
        send(ticket, cast, log_file())
    assert on_disk() == []


def test_a_gate_that_turns_while_files_move_is_followed_by_the_next_sweep(
    ticket: Ticket, cast: Cast, monkeypatch: pytest.MonkeyPatch, committing: Committing
) -> None:
    send(ticket, cast, log_file())
    dpa = make_dpa(cast.gold_customer)
    real = releasing.release

    def meanwhile(**given: Any) -> Attachment:
        attachment = real(**given)
        end_dpa(dpa, timezone.now() - timedelta(seconds=1))
        return attachment

    with committing(), monkeypatch.context() as patched:
        patched.setattr(releasing, "release", meanwhile)
        gate_sweeping.sweep_gates()
    assert not HeldFile.objects.get().is_held

    with committing():
        gate_sweeping.sweep_gates()
    assert HeldFile.objects.get().is_held
    assert not GateChange.objects.filter(applied_at=None).exists()
