"""Mail out with workers that are several, or die: nothing is lost, and no mail comes three times."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from mail.actions.delivering import deliver, deliver_batch
from tests.background import Background, OwnValkey, database_url, eventually
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.installation import ROOT
from tests.smtp import STALL, MailServer, mail_server
from tickets.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server(settings) as running:
        yield running


def environment(server: MailServer, folder: Path) -> dict[str, str]:
    """What a process of its own needs to send to this server from this database."""
    return {
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
    }


def deliverer(server: MailServer, folder: Path) -> subprocess.Popen[bytes]:
    """A process that empties the outboxes once."""
    code = "import django; django.setup(); from mail.actions.delivering import deliver; deliver()"
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **environment(server, folder)}
    )


@pytest.mark.parametrize("empty", [deliver, deliver_batch])
def test_many_at_once_send_each_mail_once(cast: Cast, server: MailServer, empty: Any) -> None:
    for _ in range(24):
        make_ticket(cast.gold_customer, contact=cast.owner)

    def run() -> None:
        try:
            empty()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert Counter(server.ids) == Counter(Delivery.objects.values_list("mail_id", flat=True))
    assert not Delivery.objects.waiting().exists()


def test_a_process_killed_when_the_server_has_the_mail_sends_it_once_more_at_most(
    cast: Cast, server: MailServer, tmp_path: Path
) -> None:
    first, second = (make_ticket(cast.gold_customer, contact=cast.owner) for _ in range(2))
    server.data = [STALL]
    process = deliverer(server, tmp_path)
    assert server.has_stalled.wait(timeout=60)
    process.kill()
    process.wait()
    server.go_on()

    # The lease keeps the others from it for some minutes; the rest goes out at once.
    assert deliver_batch() == 1
    assert Delivery.objects.get(ticket=second).sent_at is not None
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert deliver_batch() == 1

    interrupted = Delivery.objects.get(ticket=first)
    assert Counter(server.ids)[interrupted.mail_id] == 2
    assert (interrupted.sent_at is not None, interrupted.interruptions) == (True, 1)
    assert deliver_batch() == 0


def test_a_process_killed_twice_on_a_mail_sends_it_no_third_time(
    cast: Cast, server: MailServer, tmp_path: Path
) -> None:
    make_ticket(cast.gold_customer, contact=cast.owner)
    server.data = [STALL, STALL]
    for _ in range(2):
        server.has_stalled.clear()
        process = deliverer(server, tmp_path)
        assert server.has_stalled.wait(timeout=60)
        process.kill()
        process.wait()
        Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    server.go_on()

    assert deliver_batch() == 0

    assert Counter(server.ids) == {Delivery.objects.get().mail_id: 2}
    assert Delivery.objects.get().error == "undelivered.interrupted"


def test_worker_and_beat_empty_the_outbox_by_themselves(
    cast: Cast, server: MailServer, tmp_path: Path
) -> None:
    valkey = OwnValkey(tmp_path)
    processes = Background(tmp_path, valkey.url, environment(server, tmp_path))
    try:
        processes.start()
        make_ticket(cast.gold_customer, contact=cast.owner)
        eventually(lambda: len(server.raw) == 1, what="the receipt")
        eventually(lambda: Delivery.objects.get().sent_at is not None, what="the note that it went out")
    finally:
        connections.close_all()
        processes.kill()
        valkey.stop()
