"""`make run`'s supervisor: starts all parts, keeps them running, and leaves nothing behind."""

import fcntl
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lib import embedded
from tests.installation import Installation, free_port, wait_for


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the module, so that only the first start makes a cluster and the demo story."""
    return tmp_path_factory.mktemp("supervised") / "data"


@pytest.fixture
def installation(data_dir: Path) -> Iterator[Installation]:
    """An installation that is ready."""
    running = Installation(data_dir, free_port())
    running.wait_until_ready()
    yield running
    if running.process.poll() is None:
        running.stop()


def gone(processes: list[psutil.Process]) -> bool:
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes)


def test_ctrl_c_stops_every_process_within_ten_seconds(installation: Installation) -> None:
    family = installation.family()
    assert len(family) > 10

    seconds = installation.stop(signal.SIGINT)

    assert seconds < 10
    assert installation.process.returncode == 0
    assert gone(family)
    assert not embedded.Postgres(embedded.Places(installation.data_dir)).is_up()


def test_the_second_start_is_quick_and_says_where_to_go(data_dir: Path) -> None:
    running = Installation(data_dir, free_port())
    started_at = time.monotonic()
    running.wait_until_ready()
    assert time.monotonic() - started_at < 15
    wait_for(lambda: f"http://127.0.0.1:{running.port}/" in running.log.read_text(), 5)
    assert running.answer("/healthz") == (200, '{"status": "live"}')
    running.stop(signal.SIGTERM)
    assert running.process.returncode == 0


PARTS = [("worker", "celery"), ("beat", "celery"), ("granian",), ("valkey-server",), ("postgres",)]


def test_parts_that_die_come_back(installation: Installation) -> None:
    before = {words: installation.child(*words).pid for words in PARTS}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    def all_are_back() -> bool:
        try:
            now = {words: installation.child(*words).pid for words in PARTS}
            return all(now[words] != pid for words, pid in before.items())
        except (StopIteration, psutil.NoSuchProcess):
            return False

    wait_for(all_are_back, 20)
    wait_for(installation.is_ready, 20)
    wait_for(lambda: '"degraded": []' in installation.answer("/readyz")[1], 20)


def test_a_part_that_hangs_does_not_hold_up_the_end(installation: Installation) -> None:
    family = installation.family()
    hung = installation.child("worker", "celery")
    for one in [hung, *hung.children()]:
        one.suspend()
    assert installation.stop() < 10
    assert gone(family)


def test_nothing_outlives_a_supervisor_that_is_killed(installation: Installation) -> None:
    family = installation.family()
    installation.process.kill()
    installation.process.wait()
    wait_for(lambda: gone(family), 15)


def test_a_second_one_on_the_same_data_is_told_off(tmp_path: Path) -> None:
    places = embedded.Places(tmp_path / "data")
    places.create()
    with (places.run / "supervisor.lock").open("a") as first_one:
        fcntl.flock(first_one, fcntl.LOCK_EX)
        second = Installation(tmp_path / "data", free_port())
        assert second.process.wait(30) != 0
    assert "Vorrang already runs on" in second.log.read_text()
    assert not places.postgres_data.exists()


def test_a_taken_port_gets_advice(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other_program:
        port = other_program.getsockname()[1]
        running = Installation(tmp_path / "data", port)
        assert running.process.wait(30) != 0
    said = running.log.read_text()
    assert f"Port {port} is taken by another program. Choose another one: make run PORT={port + 1}" in said
    assert not (tmp_path / "data" / "postgres").exists()


def test_without_the_demo_it_starts_empty_and_prints_the_code_that_opens_the_set_up(tmp_path: Path) -> None:
    running = Installation(tmp_path / "data", free_port(), DEMO="false")
    try:
        running.wait_until_ready()
        wait_for(lambda: "Set-up code: " in running.log.read_text(), 20)
        said = running.log.read_text()
        assert "demo" not in said.lower()
        assert "Diese Installation einrichten" in running.answer("/desk/")[1]
        code = said.partition("Set-up code: ")[2].split()[0]
        asked = running.manage("shell", "--no-imports", "-c", HOLDS.format(code=code))
        assert asked.stdout.split() == ["holds", "0"], asked.stderr
    finally:
        running.stop()


HOLDS = """
from django.utils import timezone
from accounts.models import User
from accounts.queries.setting_up import digest_of
print("holds" if digest_of("{code}", timezone.now()) else "wrong", User.objects.count())
"""
