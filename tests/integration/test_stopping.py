"""Being asked to stop: what runs is finished, streams end so that browsers come back, nothing new begins."""

import re
import signal
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from celery import Celery
from django.db import connection, transaction
from django.utils import timezone

from contracts.actions import standing_changes
from contracts.models import StandingChange
from customers.models import Customer
from helpdesk.broker import broker_url
from lib.embedded import Places
from tests.background import Background, OwnValkey, Part, end_other_connections, eventually
from tests.factories.cast import make_customer
from tests.installation import Installation, free_port, wait_for

PASSWORD = "vorrang-demo"


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """An answer is an answer, also one that leads elsewhere."""

    def http_error_302(self, *_: Any, **__: Any) -> None:
        """Not followed."""


class Visitor:
    """A browser without eyes, signed in to an installation."""

    def __init__(self, installation: Installation, login: str) -> None:
        self.address = installation.address
        self.cookies = CookieJar()
        jar = urllib.request.HTTPCookieProcessor(self.cookies)
        self.opener = urllib.request.build_opener(jar, NoRedirects())
        self.post("/accounts/login/", "/accounts/login/", login=login, password=PASSWORD)

    def get(self, path: str) -> str:
        """A page."""
        with self.opener.open(f"{self.address}{path}", timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, page: str, path: str, **fields: str) -> tuple[int, str]:
        """Send a form of a page. Returns the status and where it leads."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page))
        assert found
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": found[1], **fields}).encode()
        try:
            with self.opener.open(f"{self.address}{path}", body, timeout=30) as answer:
                return answer.status, ""
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers.get("Location", "")

    @contextmanager
    def events(self, topic: str) -> Iterator[HTTPResponse]:
        """An open event stream."""
        host, port = self.address.removeprefix("http://").split(":")
        client = HTTPConnection(host, int(port), timeout=30)
        cookie = "; ".join(f"{one.name}={one.value}" for one in self.cookies)
        client.request("GET", f"/events/?topic={topic}", headers={"Cookie": cookie})
        with closing(client):
            yield client.getresponse()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with the demo story."""
    running = Installation(tmp_path_factory.mktemp("stopping") / "data", free_port())
    running.wait_until_ready()
    yield running
    if running.process.poll() is None:
        running.stop()


@contextmanager
def held_ticket(installation: Installation) -> Iterator[tuple[str, Any]]:
    """Somebody else holds a ticket's row, so that a reply to it waits. Yields its number and the holder."""
    holder = psycopg2.connect(
        host=str(Places(installation.data_dir).postgres_sockets), dbname="vorrang", user="postgres"
    )
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT number FROM tickets_ticket WHERE status = 'open' LIMIT 1 FOR UPDATE")
            ((number,),) = cursor.fetchall()
            yield str(number), holder
    finally:
        holder.close()


def is_waiting_for_a_lock(holder: Any) -> bool:
    """Whether anybody waits in the holder's database, asked from within its transaction."""
    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees its first answer again
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def test_a_running_request_is_finished_and_streams_end(installation: Installation) -> None:
    visitor = Visitor(installation, "admin")
    answers: list[tuple[int, str]] = []
    ended_after: list[float] = []

    with held_ticket(installation) as (number, holder), visitor.events("queue") as stream:
        assert (stream.status, stream.readline()) == (200, b"retry: 1000\n")
        page = f"/desk/tickets/{number}/"
        asked_at = time.monotonic()

        def write() -> None:
            answers.append(visitor.post(page, f"{page}reply/", body="At the last moment", is_internal="1"))

        def listen() -> None:
            stream.read()  # to its proper end; one that is cut off raises
            ended_after.append(time.monotonic() - asked_at)

        writing, listening = threading.Thread(target=write), threading.Thread(target=listen)
        writing.start()
        wait_for(lambda: is_waiting_for_a_lock(holder), 10)
        listening.start()
        asked_at = time.monotonic()
        installation.process.send_signal(signal.SIGTERM)
        listening.join(10)
        time.sleep(1)
        assert writing.is_alive()
        assert installation.answer("/healthz") == (0, "")  # nothing new begins
        holder.rollback()
        writing.join(10)

    assert answers[0][0] == 302
    assert answers[0][1].startswith(f"{page}#m-")
    assert ended_after[0] < 2
    assert installation.process.wait(10) == 0


def test_a_request_that_never_ends_is_given_up(installation: Installation) -> None:
    again = Installation(installation.data_dir, installation.port)
    again.wait_until_ready()
    visitor = Visitor(again, "admin")
    with held_ticket(again) as (number, holder):
        page = f"/desk/tickets/{number}/"

        def write() -> None:
            with suppress(OSError, HTTPException):
                visitor.post(page, f"{page}reply/", body="Never", is_internal="1")

        writing = threading.Thread(target=write)
        writing.start()
        wait_for(lambda: is_waiting_for_a_lock(holder), 10)
        assert again.stop(signal.SIGTERM) < 10
        writing.join(10)
    assert again.process.returncode == 0


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[tuple[Part, str]]:
    """A worker without beat, alive, and where it hears of work."""
    own_valkey = OwnValkey(tmp_path)
    part = Background(tmp_path, own_valkey.url).worker
    try:
        part.start()
        part.wait_until_seen()
        yield part, broker_url(own_valkey.url)
    finally:
        part.kill()
        end_other_connections()
        own_valkey.stop()


def how_it_ended(part: Part) -> int | None:
    return part.exit_code


def is_due(customer: Customer) -> bool:
    return StandingChange.objects.due(timezone.now()).filter(customer=customer).exists()


def test_a_worker_finishes_its_task_before_it_ends(worker: tuple[Part, str]) -> None:
    part, broker = worker
    customer, now = make_customer(), timezone.now()
    with transaction.atomic():
        standing_changes.announce(customer_ids=[customer.pk], at=now)
    assert is_due(customer)

    with transaction.atomic():
        list(Customer.objects.select_for_update().filter(pk=customer.pk))
        with Celery(broker=broker, set_as_current=False) as sender:
            sender.send_task("tickets.apply_standing_changes")
        eventually(lambda: is_waiting_for_a_lock(connection), what="the worker at its task")
        part.ask_to_stop()
        time.sleep(1)
        assert how_it_ended(part) is None

    eventually(lambda: how_it_ended(part) is not None, 10, what="the end of the worker")
    assert how_it_ended(part) == 0
    assert not is_due(customer)
