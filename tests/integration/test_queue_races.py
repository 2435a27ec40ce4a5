"""Moments at which two meet at the queue, each played through on purpose."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import redis
from django.db import connection, connections, transaction
from django.utils import timezone

from contracts.actions import agreements
from contracts.models import Agreement, ServiceLevel
from lib.locking import Lock, lock_exclusive
from lib.valkey import Unavailable
from tests.background import eventually
from tests.factories.cast import Cast, make_agreement, make_cast, make_ticket
from tickets import tasks
from tickets.actions import assigning, indexing, moving, progressing, rating, reranking
from tickets.gateways import live_index
from tickets.gateways.live_index import Entry
from tickets.models import Ticket
from tickets.queries.verification import verify
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


class Beside:
    """Somebody else, in a thread with a connection of its own."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._results: list[Any] = []
        self._errors: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait_until_blocked(self) -> None:
        """Wait until it waits for a lock that somebody holds."""
        eventually(is_somebody_waiting, what="waiting for a lock")

    def result(self) -> Any:
        """Wait for its end and return what it gave, or raise what it raised."""
        self._thread.join(timeout=60)
        assert not self._thread.is_alive()
        if self._errors:
            raise self._errors[0]
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # noqa: BLE001 (raised again where the result is asked for)
            self._errors.append(error)
        finally:
            connections.close_all()


def is_somebody_waiting() -> bool:
    """Whether a backend of this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def assert_right() -> None:
    """After what is pending, everything is as the agreements demand."""
    tasks.sweep_queue()
    report = verify(timezone.now())
    assert report.is_clean, report.as_json()


def test_a_sweep_that_had_to_wait_stamps_later_than_the_change_it_waited_for(cast: Cast) -> None:
    ticket = make_ticket(cast.plain_customer)
    make_agreement(cast.plain_customer, cast.gold)

    with transaction.atomic():
        Ticket.objects.select_for_update().get(pk=ticket.pk)
        sweep = Beside(reranking.apply_standing_changes)
        sweep.wait_until_blocked()
        rating.set_severity(ticket=ticket, severity=Ticket.Severity.HIGH, by=cast.lead, reason="seen")
    assert sweep.result() == 1

    stays = list(ticket.stays.order_by("id"))
    assert [(stay.severity, stay.band) for stay in stays] == [(3, 100), (2, 100), (2, 1)]
    assert all(one.left_at == other.entered_at > one.entered_at for one, other in pairwise(stays))
    assert_right()


def test_a_level_gets_its_new_rank_while_an_agreement_with_it_is_being_written(cast: Cast) -> None:
    ticket = make_ticket(cast.plain_customer)
    level = ServiceLevel.objects.get(pk=cast.bronze.pk)
    level.rank = 2

    with transaction.atomic():
        make_agreement(cast.plain_customer, cast.bronze)
        ranking = Beside(lambda: agreements.save_level(level=level, by=cast.admin))
        ranking.wait_until_blocked()
    ranking.result()

    assert_right()
    ticket.refresh_from_db()
    assert ticket.band == 2


def test_an_agreement_moved_by_two_leaves_nobody_with_what_they_lost(cast: Cast) -> None:
    agreement = make_agreement(cast.gold_customer, cast.gold)
    seen_before = Agreement.objects.get(pk=agreement.pk)
    ticket = make_ticket(cast.plain_customer)

    with transaction.atomic():
        agreement.customer = cast.plain_customer
        agreements.save(agreement=agreement, by=cast.admin)
        other = Beside(lambda: agreements.save(agreement=seen_before, by=cast.lead))
        other.wait_until_blocked()
    other.result()

    assert_right()
    ticket.refresh_from_db()
    assert ticket.band == 100


def test_a_ticket_changes_its_customer_while_it_is_reopened(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=cast.lead)
    make_agreement(cast.plain_customer, cast.bronze)
    tasks.sweep_queue()

    with transaction.atomic():
        moving.change_customer(ticket=ticket, customer=cast.plain_customer, by=cast.lead)
        reopening = Beside(lambda: progressing.progress(ticket=ticket, verb=Verb.REOPEN, by=cast.agent))
        reopening.wait_until_blocked()
    reopening.result()

    assert_right()
    ticket.refresh_from_db()
    assert (ticket.is_waiting, ticket.band) == (True, 3)


def test_verification_does_not_take_a_writer_at_work_for_a_fault(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    tasks.sweep_queue()

    with transaction.atomic():
        lock_exclusive(Lock.LIVE_INDEX)
        verification = Beside(lambda: verify(timezone.now()))
        verification.wait_until_blocked()
        # What happens after it began to wait is in the index when it goes on.
        rating.set_severity(ticket=ticket, severity=Ticket.Severity.LOW, by=cast.lead, reason="seen")
        make_ticket(cast.bronze_customer)
        indexing.apply_changes()

    assert verification.result().is_clean


def test_an_index_whose_rebuild_met_a_flush_does_not_pass_for_whole(cast: Cast, valkey: redis.Redis) -> None:
    make_ticket(cast.gold_customer)
    tasks.sweep_queue()
    entries = list(indexing.waiting_entries())

    def flushed_in_the_middle() -> Iterator[Entry]:
        for _ in range(live_index.BATCH):
            yield from entries
        valkey.flushall()
        yield from entries

    with pytest.raises(Unavailable):
        live_index.rebuild(flushed_in_the_middle())
    assert not valkey.exists(live_index.BUILT)


def test_claims_come_through_however_fast_things_fall_due(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = make_ticket(cast.plain_customer)
    looks: list[int] = []

    def another_agreement_each_time(at: object) -> bool:
        looks.append(len(looks))
        make_agreement(cast.plain_customer, cast.gold, reference=f"A-{len(looks)}")
        return True

    monkeypatch.setattr(assigning, "is_anything_due", another_agreement_each_time)
    offer = assigning.take_next(by=cast.agent)

    assert offer is not None
    assert (offer.ticket, offer.ticket.band) == (ticket, 1)
    assert len(looks) == assigning.ATTEMPTS


def test_a_claim_inside_a_larger_transaction_is_refused(cast: Cast) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        assigning.take_next(by=cast.agent)


def test_a_pin_that_has_run_out_does_not_lend_its_place_to_the_next(cast: Cast) -> None:
    now = timezone.now()
    first, second = make_ticket(cast.plain_customer), make_ticket(cast.plain_customer)
    hour = timedelta(hours=1)
    rating.pin(ticket=first, by=cast.lead, reason="police", expires_at=now + hour, at=now)
    rating.pin(ticket=second, by=cast.lead, reason="fire", expires_at=now + 9 * hour, at=now + hour / 2)

    rating.pin(ticket=first, by=cast.lead, reason="police", expires_at=now + 9 * hour, at=now + hour)

    assert list(Ticket.objects.waiting().in_rank_order()) == [second, first]


def test_a_pin_made_longer_keeps_its_place(cast: Cast) -> None:
    now = timezone.now()
    first, second = make_ticket(cast.plain_customer), make_ticket(cast.plain_customer)
    hour = timedelta(hours=1)
    for ticket, moment in [(first, now), (second, now + hour / 4), (first, now + hour / 2)]:
        rating.pin(ticket=ticket, by=cast.lead, reason="police", expires_at=now + 2 * hour, at=moment)

    assert list(Ticket.objects.waiting().in_rank_order()) == [first, second]


def test_a_ticket_solved_again_is_not_closed_for_having_been_solved_before(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    now = timezone.now()
    progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.lead, at=now - timedelta(days=8))

    with transaction.atomic():
        Ticket.objects.select_for_update().get(pk=ticket.pk)
        closing = Beside(progressing.close_solved)
        closing.wait_until_blocked()
        progressing.progress(ticket=ticket, verb=Verb.REOPEN, by=cast.lead)
        progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.lead)
    closing.result()

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.SOLVED
