"""Gates that close, and files that move, while somebody else waits for the very same rows."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.utils import timezone

from contracts.actions import processing
from contracts.actions.standing_changes import lock_customers
from contracts.models import DpaSignature
from tests.background import eventually
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.gates import end_dpa, make_dpa
from tests.factories.processing import make_offer, press
from tickets.actions import calls, checklist, gate_sweeping, releasing, remote_sessions, replying
from tickets.actions.calls import Call
from tickets.actions.gating import GateClosed
from tickets.models import Attachment, ChecklistItem, HeldFile, Message, RemoteSession, RemoteTool, Ticket

pytestmark = pytest.mark.django_db(transaction=True)

LOG = "".join(
    f"2026-11-23 05:56:{n:02},123 INFO [main] com.example.Shop - order {n} of zq-Kalb stored\n"
    for n in range(40)
)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner)


class Elsewhere(threading.Thread):
    """Does something on a connection of its own and keeps what it was refused with."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.act = act
        self.refusal: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.act()
        except GateClosed as error:
            self.refusal = error
        finally:
            connections.close_all()


def someone_waits() -> bool:
    """Whether another connection waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_whoever_waited_while_the_dpa_ended_finds_the_gate_closed(cast: Cast, ticket: Ticket) -> None:
    """A session, a step and a note of a call with a log in it, begun before and let on afterwards."""
    tool, _is_new = RemoteTool.objects.get_or_create(name="RustDesk")
    doors: dict[str, Callable[[], object]] = {
        "session": lambda: remote_sessions.start(
            ticket=Ticket.objects.get(), tool=tool, confirmed_by="Jonas", by=cast.agent
        ),
        "step": lambda: checklist.add(
            ticket=Ticket.objects.get(), text="Install it", work_kind="installation", by=cast.agent
        ),
        "call": lambda: calls.note_call(
            ticket=Ticket.objects.get(), call=Call(called_at=timezone.now(), body=LOG), by=cast.agent
        ),
    }
    refused = {}
    for name, door in doors.items():
        dpa = make_dpa(cast.gold_customer)
        with transaction.atomic():
            lock_customers([cast.gold_customer.pk])
            other = Elsewhere(door)
            eventually(someone_waits, 20, what=f"waiting of {name}")
            end_dpa(dpa, timezone.now())
        other.join(60)
        refused[name] = other.refusal is not None

    assert refused == {"session": True, "step": True, "call": False}
    assert not RemoteSession.objects.exists()
    assert not ChecklistItem.objects.exists()
    assert HeldFile.objects.get().is_held
    assert not Message.objects.filter(body__contains="zq-Kalb").exists()


def test_an_end_that_waited_for_the_signature_is_not_before_it(cast: Cast) -> None:
    """Both say "now": whoever waited says it when they are let on."""
    dpa = press(make_offer(cast.gold_customer), DpaSignature.Party.FIRM)
    with transaction.atomic():
        lock_customers([cast.gold_customer.pk])
        other = Elsewhere(lambda: processing.terminate(dpa=dpa, reason="They leave", by=cast.admin))
        eventually(someone_waits, 20, what="the end")
        press(dpa, DpaSignature.Party.CUSTOMER)
    other.join(60)
    dpa.refresh_from_db()
    assert dpa.state == "ended"
    assert dpa.in_force_at is not None
    assert dpa.ends_at is not None
    assert dpa.in_force_at <= dpa.ends_at


def test_tidying_up_takes_nothing_from_a_release_under_way(
    cast: Cast, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has stored the open file and not committed yet."""
    replying.customer_reply(
        ticket=ticket,
        body="See",
        contact=cast.owner,
        by=cast.owner.user,
        files=[SimpleUploadedFile("server.log", LOG.encode())],
    )
    make_dpa(cast.gold_customer)
    tidying: list[Elsewhere] = []

    def meanwhile(*_: object, **__: object) -> None:
        tidying.append(Elsewhere(gate_sweeping.tidy))
        eventually(lambda: someone_waits() or not tidying[0].is_alive(), 20, what="tidying up")

    monkeypatch.setattr(releasing, "_note", meanwhile)
    releasing.release(held=HeldFile.objects.get(), by=cast.agent)
    tidying[0].join(60)

    assert Path(Attachment.objects.get().file.path).read_text() == LOG
