"""Our own PostgreSQL and Valkey: shared by whoever uses them, gone with the last, back after a crash."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from lib import embedded

ROOT = Path(__file__).resolve().parents[2]
HOLD_UNTIL_TOLD = """
import sys, pathlib
from lib import embedded
holds = embedded.hold(pathlib.Path(sys.argv[1]), postgres=True, valkey=True, durable=False, tethered=True)
print("held", flush=True)
if sys.stdin.readline():
    for hold in holds:
        hold.release()
"""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a cluster in it. pytest keeps its folders private; PostgreSQL's user must get in."""
    folder = tmp_path_factory.mktemp("embedded") / "data"
    for hold in embedded.hold(folder, postgres=True, valkey=True, durable=False):
        hold.release()
    return folder


@pytest.fixture
def holds(data_dir: Path) -> Iterator[list[embedded.Hold]]:
    """Both servers, in use by this process."""
    taken = embedded.hold(data_dir, postgres=True, valkey=True, durable=False)
    yield taken
    for hold in taken:
        hold.release()


def ask(data_dir: Path, question: str) -> object:
    """One value from PostgreSQL."""
    host = str(embedded.Places(data_dir).postgres_sockets)
    with closing(psycopg2.connect(host=host, user="postgres", dbname="vorrang")) as connection:
        cursor = connection.cursor()
        cursor.execute(question)
        row = cursor.fetchone()
        return row[0] if row else None


def valkey(data_dir: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(embedded.Places(data_dir).valkey_socket))


def servers_up(data_dir: Path) -> list[bool]:
    places = embedded.Places(data_dir)
    return [embedded.Postgres(places).is_up(), embedded.Valkey(places).is_up()]


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def other_process(data_dir: Path) -> "subprocess.Popen[str]":
    """Another process that uses both servers until it reads a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_UNTIL_TOLD, str(data_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def let_go(process: "subprocess.Popen[str]") -> None:
    process.communicate("\n", timeout=30)
    assert process.returncode == 0


def test_the_database_sorts_by_code_point_and_thinks_in_utc(
    data_dir: Path, holds: list[embedded.Hold]
) -> None:
    assert ask(data_dir, "SELECT datlocale FROM pg_database WHERE datname = 'vorrang'") == "C.UTF-8"
    assert ask(data_dir, "SHOW server_encoding") == "UTF8"
    assert ask(data_dir, "SHOW timezone") == "UTC"
    assert str(ask(data_dir, "SHOW server_version")).startswith("18.")
    assert ask(data_dir, "SELECT upper('ä')") == "Ä"


def test_nobody_else_gets_at_the_sockets(data_dir: Path, holds: list[embedded.Hold]) -> None:
    places = embedded.Places(data_dir)
    assert places.postgres_sockets.stat().st_mode & 0o077 == 0
    assert places.valkey_socket.stat().st_mode & 0o077 == 0
    assert ask(data_dir, "SHOW listen_addresses") == ""


def test_the_last_one_to_leave_stops_the_servers(data_dir: Path) -> None:
    first = embedded.hold(data_dir, postgres=True, valkey=True, durable=False)
    second = other_process(data_dir)
    for hold in first:
        hold.release()
    assert servers_up(data_dir) == [True, True]
    let_go(second)
    assert servers_up(data_dir) == [False, False]


def test_two_processes_starting_at_once_share_one_server(data_dir: Path) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD_UNTIL_TOLD, str(data_dir)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
    for process in both:
        let_go(process)
    assert servers_up(data_dir) == [False, False]


def test_servers_end_with_a_tethered_process_that_is_killed(data_dir: Path) -> None:
    process = other_process(data_dir)
    process.kill()
    process.communicate()
    wait_for(lambda: servers_up(data_dir) == [False, False])


def test_data_survives_a_crash_of_both_servers(data_dir: Path, holds: list[embedded.Hold]) -> None:
    with valkey(data_dir) as client:
        client.set("seat", "kept")
        client.execute_command("WAITAOF", 1, 0, 2000)
        valkey_pid = int(client.info("server")["process_id"])
    postgres_pid = int((embedded.Places(data_dir).postgres_data / "postmaster.pid").read_text().split()[0])
    for pid in (postgres_pid, valkey_pid):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: servers_up(data_dir) == [False, False])

    def come_back() -> bool:
        """As the supervisor does: look again and again, for a killed process takes a moment to be gone."""
        for hold in holds:
            hold.keep_running()
        return servers_up(data_dir) == [True, True]

    wait_for(come_back)
    assert ask(data_dir, "SELECT 1") == 1
    with valkey(data_dir) as client:
        assert client.get("seat") == b"kept"


def test_a_stale_process_id_that_another_process_bears_is_no_obstacle(data_dir: Path) -> None:
    """In a container, process numbers repeat: after a crash the old number may be a shell."""
    places = embedded.Places(data_dir)
    stale = f"{os.getpid()}\n{places.postgres_data}\n1\n5432\n{places.postgres_sockets}\n\n 0 0\nready   \n"
    (places.postgres_data / "postmaster.pid").write_text(stale)
    places.valkey_socket.touch()

    taken = embedded.hold(data_dir, postgres=True, valkey=True, durable=False)

    assert servers_up(data_dir) == [True, True]
    for hold in taken:
        hold.release()
    assert psutil.pid_exists(os.getpid())


def test_a_data_folder_too_long_for_sockets_works(tmp_path: Path) -> None:
    folder = tmp_path / ("a-folder-with-a-very-long-name-" * 4)
    taken = embedded.hold(folder, postgres=True, valkey=True, durable=False)
    try:
        assert ask(folder, "SELECT 1") == 1
        assert folder not in embedded.Places(folder).run.parents
    finally:
        for hold in taken:
            hold.release()


def test_an_interrupted_creation_leaves_no_half_cluster(tmp_path: Path) -> None:
    draft = tmp_path / "data" / "postgres.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    taken = embedded.hold(tmp_path / "data", postgres=True, valkey=False, durable=False)
    assert ask(tmp_path / "data", "SELECT 1") == 1
    taken[0].release()


@pytest.mark.parametrize(
    ("words", "needs"),
    [
        (["migrate"], True),
        (["demo", "--list"], True),
        (["help"], False),
        (["demo", "--help"], False),
        (["--version"], False),
        (["collectstatic", "--no-input"], False),
        (["encryption_key"], False),
        (["rotate_keys"], True),
        ([], False),
    ],
)
def test_only_commands_that_use_a_server_start_one(words: list[str], needs: bool) -> None:
    assert embedded.command_needs_servers(words) is needs
