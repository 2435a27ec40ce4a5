"""What only the running stack can show: arrivals heard by an open page, claims by HTTP, fifty at once."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import psutil
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from tests.bench.figures import Figures, summary
from tests.bench.seeding import Installation
from tickets.gateways import live_index
from tickets.gateways.live_index import Entry
from tickets.models import Ticket

ARRIVALS = 200
ARRIVALS_PER_SECOND = 20
CLAIM_SECONDS = 5.0
PARALLEL = 50
CALM = 0.1
"""Seconds of processor in a second of which the stack uses less once it has started."""


def measure(installation: Installation, figures: Figures, size: int) -> None:
    """Start the product on this data folder and measure it from outside."""
    with stack() as (port, supervisor):
        _measure_arrivals(installation, figures, size, port)
        _measure_claims(installation, figures, size, port)
        _measure_parallel(installation, figures, port, supervisor)


@contextmanager
def stack() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The running product on this data folder: its port, and the process that holds it all."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "helpdesk.supervisor"],
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_ready(port)
        _wait_until_calm(process.pid)
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_calm(pid: int) -> None:
    """The worker starts after the web is ready, and takes a core for some seconds."""
    deadline, used = time.monotonic() + 60, _processor_seconds(pid)
    while time.monotonic() < deadline:
        time.sleep(1)
        before, used = used, _processor_seconds(pid)
        if used - before < CALM:
            return
    raise RuntimeError("the stack never became calm")


def _processor_seconds(pid: int) -> float:
    times = [each.cpu_times() for each in psutil.Process(pid).children(recursive=True)]
    return sum(each.user + each.system for each in times)


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("the stack did not become ready")


class _OpenPage(threading.Thread):
    """An agent's open queue page: a stream of events and when each was heard."""

    def __init__(self, port: int, user: User) -> None:
        super().__init__(daemon=True)
        client = Client()
        client.force_login(user)
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        self._connection.request(
            "GET", "/events/?topic=queue", headers={"Cookie": cookie, "Accept": "text/event-stream"}
        )
        self._response = self._connection.getresponse()
        if self._response.status != 200:
            raise RuntimeError(f"/events/ answered {self._response.status}")
        self.heard_at: list[float] = []

    def run(self) -> None:
        while line := self._response.readline():
            if line.startswith(b"event: changed"):
                self.heard_at.append(time.perf_counter())


def _measure_arrivals(installation: Installation, figures: Figures, size: int, port: int) -> None:
    page = _OpenPage(port, User.objects.get(username="lead"))
    page.start()
    customer = installation.customers[0][0]
    with ThreadPoolExecutor(8) as pool:
        began = time.perf_counter()
        futures = []
        for number in range(ARRIVALS):
            time.sleep(max(0.0, began + number / ARRIVALS_PER_SECOND - time.perf_counter()))
            futures.append(pool.submit(_arrive, port, installation.tokens["lead"], customer.pk))
        arrivals = [future.result() for future in futures]
    time.sleep(1)
    heard = [_first_after(page.heard_at, indexed) - sent for sent, indexed in arrivals]
    figures.add_timing(
        f"API create until indexed and heard by an open page, 20/s at {size:,}",
        summary([seconds * 1000 for seconds in heard]),
        p95_at_most=500,
    )


def _arrive(port: int, token: str, customer_id: int) -> tuple[float, float]:
    """Create a ticket. Returns when the request was sent and when the live index had it."""
    sent = time.perf_counter()
    body = {"customer": customer_id, "subject": "Arrival", "body": "It does not work.", "severity": "high"}
    number = _call(port, "POST", "/api/v1/tickets/", token, body)["number"]
    team_id, rank_key = Ticket.objects.values_list("team_id", "rank_key").get(number=number)
    connection.close()
    while live_index.read(ranks=[Entry(team_id, rank_key)])[0][0] is None:
        time.sleep(0.02)  # asking more often would measure the asking
    return sent, time.perf_counter()


def _first_after(moments: list[float], moment: float) -> float:
    # The bell rings in the same round trip that writes the index; polling sees the index a little later.
    return next((heard for heard in moments if heard >= moment - 0.05), time.perf_counter())


def _measure_claims(installation: Installation, figures: Figures, size: int, port: int) -> None:
    began = time.perf_counter()

    def claim(username: str) -> int:
        claims = 0
        while time.perf_counter() - began < CLAIM_SECONDS:
            number = _call(port, "POST", "/api/v1/queue/next/", installation.tokens[username], {})["number"]
            claims += Ticket.objects.filter(number=number).update(status=Ticket.Status.WAITING_CUSTOMER)
        connection.close()
        return claims

    total = sum(_parallel([partial(claim, user.username) for user in installation.agents]))
    figures.add(f"claims by HTTP, 8 agents, at {size:,}", total / CLAIM_SECONDS, "/s")


def _measure_parallel(
    installation: Installation, figures: Figures, port: int, supervisor: subprocess.Popen[bytes]
) -> None:
    """Fifty requests at once for a while; then what web and worker hold."""
    seen = {"connections": 0}

    def ask() -> int:
        for _ in range(20):
            _call(port, "GET", "/api/v1/queue/", installation.tokens["lead"])
        return 0

    def watch() -> int:
        for _ in range(40):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
                seen["connections"] = max(seen["connections"], cursor.fetchone()[0] - 1)
            time.sleep(0.1)
        connection.close()
        return 0

    began = time.perf_counter()
    _parallel([watch, *[ask] * PARALLEL])
    figures.add(
        "50 parallel requests: requests answered", PARALLEL * 20 / (time.perf_counter() - began), "/s"
    )
    figures.add("50 parallel requests: database connections at most", seen["connections"], "")
    for name, marker in (("web", "granian"), ("worker", "worker"), ("beat", "beat")):
        figures.add(f"memory of {name} afterwards", _memory_of(supervisor.pid, marker) / 2**20, "MiB")


def _memory_of(pid: int, marker: str) -> int:
    children = psutil.Process(pid).children(recursive=True)
    tops = [child for child in children if marker in " ".join(child.cmdline()[:6])]
    family = {one.pid: one for top in tops for one in (top, *top.children(recursive=True))}
    return sum(one.memory_info().rss for one in family.values())


def _parallel(works: list[Callable[[], int]]) -> list[int]:
    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(lambda work: work(), works))


def _call(
    port: int, method: str, path: str, token: str, body: dict[str, object] | None = None
) -> dict[str, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return dict(json.load(answer))
