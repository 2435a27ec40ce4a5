"""Whatever dies in between: seconds later the queue is right, no ticket is missing, nobody signed out."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from django.db import Error, connection, connections
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Notice
from contracts.actions import agreements
from contracts.models import Agreement, StandingChange
from customers.models import Customer
from lib import waking
from lib.valkey import Unavailable
from tests.background import Background, OwnValkey, end_other_connections, eventually
from tests.factories.calling import Caller
from tests.factories.cast import LONG_AGO, Cast, make_cast, make_customer, make_ticket
from tests.factories.promises import make_hours, make_targets
from tickets.actions import indexing, placing, watching
from tickets.gateways import live_index
from tickets.models import Clock, LiveChange, QueueStay, Ticket
from tickets.queries.places import places_of
from tickets.queries.verification import verify
from tickets.rules.ranking import rank_key

pytestmark = pytest.mark.django_db(transaction=True)

RECOVERY_SECONDS = 10.0
MANY = 3_000


@pytest.fixture
def own_valkey(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnValkey]:
    """A Valkey that may be stopped; this process and the worker use it, too."""
    server = OwnValkey(tmp_path)
    settings.REDIS_URL = server.url
    monkeypatch.setenv("CELERY_BROKER_URL", server.url.replace("unix://", "redis+socket://"))
    waking._producers.cache_clear()
    yield server
    waking._producers.cache_clear()
    server.start()  # in case the test left it dead
    server.stop()


@pytest.fixture
def cast(own_valkey: OwnValkey) -> Cast:
    return make_cast()


@pytest.fixture
def background(transactional_db: None, own_valkey: OwnValkey, tmp_path: Path) -> Iterator[Background]:
    """Worker and beat, alive."""
    processes = Background(tmp_path, own_valkey.url)
    try:
        processes.start()
        yield processes
    finally:
        connection.close()
        processes.kill()


@pytest.fixture
def browser(cast: Cast) -> Client:
    """An agent's browser, signed in before anything happens."""
    client = Client()
    assert client.login(username="agent", password="correct horse battery")
    return client


class Arrivals:
    """Tickets that arrive by the action and over the API, in threads, until told to stop.

    What is kept is what the sender was told: a number means the ticket was filed.
    """

    def __init__(self, cast: Cast) -> None:
        self.numbers: list[str] = []
        self.slowest = 0.0
        self.refusals = 0
        self._cast = cast
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(door,)) for door in (self._act, self._call)]
        self._caller = Caller(cast.admin)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive()

    def go_on(self, count: int = 12) -> None:
        """Wait until so many more have arrived."""
        wanted = len(self.numbers) + count
        eventually(lambda: len(self.numbers) >= wanted, what="more arrivals")

    def _run(self, door: Any) -> None:
        turn = 0
        customers = [self._cast.gold_customer, self._cast.bronze_customer, self._cast.plain_customer]
        while not self._is_over.is_set():
            turn += 1
            began = time.monotonic()
            try:
                self.numbers.append(door(customers[turn % 3]))
            except Error:
                self.refusals += 1
                connections.close_all()
            else:
                self.slowest = max(self.slowest, time.monotonic() - began)
            time.sleep(0.02)
        connections.close_all()

    def _act(self, customer: Customer) -> str:
        return make_ticket(customer).number

    def _call(self, customer: Customer) -> str:
        answer = self._caller.post(
            "tickets/", {"customer": customer.pk, "subject": "Printer", "body": "It is on fire."}
        )
        assert answer.status_code == 201, answer.content
        return str(answer.json()["number"])


def assert_right_within_seconds(numbers: list[str], browser: Client) -> None:
    """From now on: the queue is verified, every ticket is there, and the session still holds."""
    eventually(is_all_right, RECOVERY_SECONDS, "a clean verification with nothing left to do")
    assert set(numbers) <= set(Ticket.objects.values_list("number", flat=True))
    assert browser.get("/desk/").status_code == 200


def is_all_right() -> bool:
    """Whether nothing differs and nothing is on its way."""
    return not LiveChange.objects.exists() and verify(timezone.now()).is_clean


def fill(customer: Customer, cast: Cast, count: int) -> None:
    """A long queue of one customer without a contract, in a moment."""
    now = timezone.now()
    first = Ticket.objects.count() + 1_000_000
    tickets = [
        Ticket(
            pk=pk,
            number=f"2020-{pk}",
            customer=customer,
            team=cast.team,
            subject="One of many",
            reported_severity=3,
            severity=3,
            arrived_at=now - timedelta(seconds=pk - first),
            created_at=now,
            changed_at=now,
        )
        for pk in range(first, first + count)
    ]
    for ticket in tickets:
        ticket.rank_key = rank_key(ticket.as_rank_facts())
    Ticket.objects.bulk_create(tickets)
    placing.rewrite_stays([ticket.pk for ticket in tickets], now)
    indexing.rebuild()


def test_a_worker_killed_in_the_middle_of_a_rerank_leaves_nothing_half_done(
    cast: Cast, browser: Client, background: Background
) -> None:
    customer = make_customer("Has three thousand")
    fill(customer, cast, MANY)
    numbers = list(Ticket.objects.values_list("number", flat=True))
    tickets = Ticket.objects.filter(customer=customer)

    with row_held(QueueStay.objects.filter(ticket__customer=customer).order_by("-pk").first()):
        agreement = Agreement(customer=customer, level=cast.gold, kind="service", starts_on=LONG_AGO)
        agreements.save(agreement=agreement, by=cast.admin)
        eventually(is_somebody_waiting_for_a_stay, what="a re-rank that has written its ranks")
        background.worker.kill()

    eventually(lambda: not is_somebody_waiting_for_a_stay(), what="the end of the dead worker's statement")
    assert not tickets.exclude(band=100).exists()
    assert StandingChange.objects.due(timezone.now()).filter(customer=customer).exists()
    background.worker.start()
    background.worker.wait_until_seen()
    eventually(lambda: tickets.filter(band=1).count() == MANY, RECOVERY_SECONDS, "the re-rank")
    assert_right_within_seconds(numbers, browser)
    assert QueueStay.objects.filter(ticket__customer=customer).count() == 2 * MANY


class row_held:  # noqa: N801 (reads as a statement)
    """Locks one stay from a connection of its own, so that whoever rewrites it has to wait."""

    def __init__(self, stay: QueueStay | None) -> None:
        assert stay is not None
        self._stay = stay
        self._connection = connections.create_connection("default")

    def __enter__(self) -> None:
        self._connection.set_autocommit(False)
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT id FROM tickets_queuestay WHERE id = %s FOR UPDATE", [self._stay.pk])

    def __exit__(self, *_: object) -> None:
        self._connection.rollback()
        self._connection.close()


def is_somebody_waiting_for_a_stay() -> bool:
    """Whether a backend waits for a lock while it closes stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database() AND query LIKE 'UPDATE tickets_queuestay%'"
        )
        return bool(cursor.fetchone()[0])


def test_valkey_may_lose_everything_stop_and_die_while_tickets_arrive(
    cast: Cast, browser: Client, background: Background, own_valkey: OwnValkey
) -> None:
    with Arrivals(cast) as arrivals:
        arrivals.go_on()
        with own_valkey.client() as client:
            client.flushall()
        arrivals.go_on()
        for end in (own_valkey.stop, own_valkey.kill):
            eventually(is_index_built, what="the index")
            end()
            arrivals.go_on()
            assert_degraded_but_right(cast)
            own_valkey.start()
            arrivals.go_on()
    assert_right_within_seconds(arrivals.numbers, browser)
    assert arrivals.refusals == 0
    assert arrivals.slowest < 5
    assert not places_of([Ticket.objects.waiting()[0]]).is_degraded


def is_index_built() -> bool:
    """Whether Valkey is known to be back and the live index has been rebuilt."""
    try:
        return live_index.is_built()
    except Unavailable:
        return False


def assert_degraded_but_right(cast: Cast) -> None:
    """Without Valkey, positions come from PostgreSQL, and page and API say so."""
    # The first place is one that no arrival changes: its customer's contract is the best, and it came first.
    first = Ticket.objects.waiting().filter(team=cast.team).in_rank_order().first()
    assert first is not None
    found = places_of([first])
    assert found.is_degraded
    assert found.by_ticket[first.pk].position == 1
    answer = Caller(cast.lead).get(f"tickets/{first.number}/position/")
    assert answer.json()["position"] == 1
    assert answer.headers["Vorrang-Degraded"] == "live-index"
    assert verify(timezone.now()).index_is_away


def test_an_agreement_that_starts_while_beat_is_away_counts_when_it_is_back(
    cast: Cast, browser: Client, background: Background
) -> None:
    ticket = make_ticket(cast.plain_customer)
    eventually(lambda: not LiveChange.objects.exists(), what="the index of the new ticket")
    background.beat.kill()
    # What a coming midnight looks like: in force by its dates, and a row that says when to look.
    Agreement.objects.create(
        customer=cast.plain_customer,
        kind="service",
        level=cast.gold,
        starts_on=LONG_AGO,
        created_at=timezone.now(),
    )
    begins_at = timezone.now() + timedelta(seconds=1)
    StandingChange.objects.create(customer=cast.plain_customer, at=begins_at)

    eventually(lambda: timezone.now() > begins_at + timedelta(seconds=3))
    ticket.refresh_from_db()
    assert ticket.band == 100
    assert verify(timezone.now()).wrong_rank == 1

    background.beat.start()
    background.beat.wait_until_seen()
    assert_right_within_seconds([ticket.number], browser)
    ticket.refresh_from_db()
    assert (ticket.band, ticket.level) == (1, cast.gold)


def test_dropped_database_connections_cost_the_requests_they_carried_and_no_more(
    cast: Cast, browser: Client, background: Background
) -> None:
    customer = make_customer("Changes its contract meanwhile")
    fill(customer, cast, 200)
    agreement = Agreement(customer=customer, level=cast.gold, kind="service", starts_on=LONG_AGO)

    with Arrivals(cast) as arrivals:
        for level in (cast.gold, cast.bronze, cast.gold):
            arrivals.go_on()
            agreement.level = level
            agreements.save(agreement=agreement, by=cast.admin)
            assert end_other_connections() >= 2
        arrivals.go_on()
    assert_right_within_seconds(arrivals.numbers, browser)
    assert Ticket.objects.filter(customer=customer, level=cast.gold).count() == 200


def test_a_worker_killed_while_it_sweeps_deadlines_leaves_no_miss_out_and_none_double(
    cast: Cast, background: Background
) -> None:
    background.worker.kill()
    make_hours("24/7")
    make_targets(cast.gold, response=60)
    arrived_at = timezone.now() - timedelta(minutes=61)
    count = 5
    for _ in range(count):
        make_ticket(cast.gold_customer, arrived_at=arrived_at)
    missed = AuditEntry.objects.filter(verb="target.missed")
    with audit_trail_held():
        background.worker.start()
        eventually(is_somebody_waiting_for_the_audit_trail, what="a sweep that has written its misses")
        background.worker.kill()
    eventually(lambda: not is_somebody_waiting_for_the_audit_trail(), what="the end of its statement")
    assert not Clock.objects.filter(breached_at__isnull=False).exists()

    background.worker.start()
    background.worker.wait_until_seen()
    eventually(lambda: missed.count() == count, RECOVERY_SECONDS, "the sweep")

    watching.sweep_deadlines()
    assert missed.count() == Clock.objects.filter(breached_at__isnull=False).count() == count
    assert Notice.objects.filter(kind="target_missed").count() == count


@contextmanager
def audit_trail_held() -> Iterator[None]:
    """Nobody can write into the audit trail."""
    other = connections.create_connection("default")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE accounts_auditentry IN SHARE MODE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def is_somebody_waiting_for_the_audit_trail() -> bool:
    """Whether a backend waits for a lock while it writes misses."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database() AND query LIKE 'INSERT INTO \"accounts_auditentry%'"
        )
        return bool(cursor.fetchone()[0])
