"""Waking tasks: after commit, once, and never at the expense of whoever asks."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from django.db import transaction

from helpdesk.celery import app
from lib import embedded, waking
from lib.waking import wake

pytestmark = pytest.mark.django_db(transaction=True)

TASK = "tickets.sweep_queue"


@pytest.fixture(autouse=True)
def _rested() -> None:
    """No failure of an earlier test is remembered."""
    waking._breaker = waking._Breaker()


def queued(valkey: redis.Redis) -> int:
    """Messages that wait for a worker."""
    return int(valkey.llen("celery"))


def wake_and_fail() -> None:
    """A transaction (or part of one) that wakes and is rolled back."""
    with suppress(ZeroDivisionError), transaction.atomic():
        wake(TASK)
        raise ZeroDivisionError


def test_nothing_is_sent_before_the_commit(valkey: redis.Redis) -> None:
    with transaction.atomic():
        wake(TASK)
        assert queued(valkey) == 0
    assert queued(valkey) == 1


def test_nothing_is_sent_for_work_that_was_rolled_back(valkey: redis.Redis) -> None:
    wake_and_fail()
    assert queued(valkey) == 0


def test_equal_wake_ups_of_one_transaction_are_one(valkey: redis.Redis) -> None:
    with transaction.atomic():
        for _ in range(3):
            wake(TASK, ticket=1, team=2)
        with transaction.atomic():
            wake(TASK, team=2, ticket=1)
        wake(TASK, ticket=2)
    assert queued(valkey) == 2


def test_a_wake_up_survives_the_roll_back_of_its_equal(valkey: redis.Redis) -> None:
    with transaction.atomic():
        wake_and_fail()
        wake(TASK)
    assert queued(valkey) == 1


def test_eager_mode_runs_the_task_at_once(valkey: redis.Redis) -> None:
    ran: list[int] = []

    @app.task(name="tests.note")
    def note(number: int) -> None:
        ran.append(number)

    app.conf.task_always_eager = True
    try:
        wake("tests.note", number=7)
    finally:
        app.conf.task_always_eager = False
        app.tasks.unregister("tests.note")
    assert ran == [7]
    assert queued(valkey) == 0


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[embedded.Hold]:
    """A Valkey that a test may stop; wake-ups go there."""
    (hold,) = embedded.hold(tmp_path / "data", postgres=False, valkey=True, tethered=True)
    address = f"redis+socket://{embedded.Places(tmp_path / 'data').valkey_socket}"
    before = app.conf.broker_write_url
    app.conf.update(broker_write_url=address)
    waking._producers.cache_clear()
    yield hold
    app.conf.update(broker_write_url=before)
    waking._producers.cache_clear()
    hold.release()


def own_queue(hold: embedded.Hold) -> int:
    with redis.Redis(unix_socket_path=str(hold.server.places.valkey_socket)) as client:
        return queued(client)


def test_a_broker_that_is_away_costs_nothing_and_is_found_again(own_valkey: embedded.Hold) -> None:
    wake(TASK)
    assert own_queue(own_valkey) == 1
    own_valkey.server.stop()

    started_at = time.monotonic()
    for _ in range(50):
        wake(TASK)
    assert time.monotonic() - started_at < 1

    own_valkey.keep_running()
    before = own_queue(own_valkey)
    time.sleep(waking.REST_SECONDS)
    wake(TASK)
    assert own_queue(own_valkey) == before + 1


def test_a_broker_that_hangs_costs_half_a_second_once(own_valkey: embedded.Hold) -> None:
    wake(TASK)
    with redis.Redis(unix_socket_path=str(own_valkey.server.places.valkey_socket)) as client:
        process = int(client.info("server")["process_id"])

    os.kill(process, signal.SIGSTOP)
    try:
        started_at = time.monotonic()
        for _ in range(20):
            wake(TASK)
        assert time.monotonic() - started_at < 2
    finally:
        os.kill(process, signal.SIGCONT)
