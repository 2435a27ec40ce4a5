"""How long a telephone system waits for an answer: two hundred agents, a queue of a hundred, ten at once.

Of the two hundred, all but some are talking; those few are kept for service numbers, so the queue stays. The
limit holds for what a telephone system sees: a request through the web server, while worker and beat run.
"""

import http.client
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from calls.models import AgentPhone, Call, PhoneSystem
from tests.bench.figures import Figures, Timing, interleaved, summary
from tests.bench.over_http import stack
from tests.bench.seeding import Installation
from tests.factories.phones import PUBLIC, SECRET, make_number, make_system, open_always, set_policy

AGENTS, FREE, WAITING = 200, 20, 100
AT_ONCE = 10
TURNS = 160
WARM_TURNS = 20
"""Untimed: right after the start, worker and web load what they need."""
RUNS = 150
PAGE_RUNS = 40
SIZES = (1_000, 100_000)
STEPS_PER_CALL = 2
SEQ_OF_LINES = 500_000
GOLD = "+4930555001"
FORM = "application/x-www-form-urlencoded"
PAGES = {"live board": "/desk/calls/board/", "decision log": "/desk/calls/log/"}
_CALLS = """
INSERT INTO calls_call (
  system_id, external_id, direction, from_text, from_number, to_number, line, line_why, in_hours, match,
  standing, state, outcome, cause, via_fallback, tried, no_ticket_why,
  arrived_at, seen_at, answered_at, ended_at, waited_seconds, talked_seconds, phone_id, customer_id
)
SELECT %(system)s, 'old-' || n, 'in', '0301234567', '+49301234567', %(to)s, 'contract', '', true, 'known',
  '{"band": 1}', 'ended', CASE WHEN n %% 5 = 0 THEN 'busy' ELSE 'answered' END, '16', false, '[]', '',
  at, at, at, at + interval '3 minutes', 4, 176, (%(phones)s)[1 + n %% %(agents)s], %(customer)s
FROM (
  SELECT n, now() - n * interval '90 days' / %(most)s AS at
  FROM generate_series(%(after)s + 1, %(until)s) AS n
) AS moments
"""
_STEPS = """
INSERT INTO calls_callstep (call_id, seq, event, request, inputs, response, rule, at, took_micros)
SELECT id, n, CASE WHEN n = 1 THEN 'incoming' ELSE 'dial_result' END, '{"from": "0301234567"}', '{}',
  '{"action": "connect"}', 'contract_free', arrived_at, 900
FROM calls_call, generate_series(1, %(steps)s) AS n
WHERE external_id LIKE 'old-%%' AND substr(external_id, 5)::int > %(after)s
"""


_serial = itertools.count(2)


class Exchange:
    """A telephone system with its numbers, phones, talks, queue, and the calls of the past."""

    def __init__(self, installation: Installation) -> None:
        open_always()
        set_policy(wrap_up=0, reserve=FREE, offer_after=3600, callback_tickets=False)
        customer, _level = installation.customers[0]
        self.customer = customer
        self.system: PhoneSystem = make_system("Bench")
        make_number(self.system, GOLD, customer.agreements.get())
        self.phones = self._phones()
        self._talk()
        self._wait()
        self.past = 0

    def _phones(self) -> list[AgentPhone]:
        names = [f"phone{number}" for number in range(AGENTS)]
        User.objects.bulk_create(
            [User(username=name, role=User.Role.AGENT, is_on_duty=True) for name in names]
        )
        users = User.objects.filter(username__in=names)
        return AgentPhone.objects.bulk_create(
            AgentPhone(user=user, system=self.system, dial_target=user.username, presence="on")
            for user in users
        )

    def _open(self, name: str, **fields: object) -> Call:
        now = timezone.now()
        told = {"system": self.system, "external_id": name, "arrived_at": now, "seen_at": now, **fields}
        return Call.objects.create(**told)

    def _talk(self) -> None:
        now = timezone.now()
        for number, phone in enumerate(self.phones[FREE:]):
            call = self._open(
                f"talk-{number}", state="connected", line="contract", answered_at=now, phone=phone
            )
            held = {"claimed_call": call, "claim_until": now + timedelta(hours=4)}
            AgentPhone.objects.filter(pk=phone.pk).update(**held)

    def _wait(self) -> None:
        answers = Client(headers={"Authorization": f"Bearer {SECRET}"})
        for number in range(WAITING):
            answers.post("/calls/v1/step", incoming(f"wait-{number}", PUBLIC))

    def remember(self, calls: int, most: int) -> None:
        """Let there have been so many calls, over the last ninety days (at `most` of them)."""
        given: dict[str, Any] = {
            "system": self.system.pk,
            "to": GOLD,
            "phones": [phone.pk for phone in self.phones],
            "agents": AGENTS,
            "customer": self.customer.pk,
            "after": self.past,
            "until": calls,
            "most": most,
            "steps": STEPS_PER_CALL,
        }
        with connection.cursor() as cursor:
            cursor.execute(_CALLS, given)
            cursor.execute(_STEPS, given)
            cursor.execute("VACUUM (ANALYZE) calls_call, calls_callstep, calls_agentphone")
        self.past = calls


def incoming(name: str, to: str, **more: object) -> dict[str, object]:
    """The first question about a call."""
    return {"event": "incoming", "call_id": name, "seq": 1, "from": "030 7654321", "to": to, **more}


def measure(installation: Installation, figures: Figures, most: int, *, with_http: bool) -> None:
    """Fill the tables up to `most` calls and time questions and pages on the way."""
    exchange = Exchange(installation)
    sizes = sorted({min(size, most) for size in (*SIZES, most)})
    seen = []
    for size in sizes:
        exchange.remember(size, most)
        seen.append(_timed(figures, size))
    if len(sizes) > 1:
        _report_growth(figures, sizes, seen)
    if with_http:
        with stack() as (port, _supervisor):
            _measure_at_once(figures, port, most)


def _timed(figures: Figures, size: int) -> dict[str, Timing]:
    """Questions within this process, in turns with an empty page, and the lead's pages."""
    system, lead = Client(headers={"Authorization": f"Bearer {SECRET}"}), Client()
    lead.force_login(User.objects.get(username="lead"))
    waiting = itertools.cycle(range(WAITING))

    def rings() -> None:
        name = f"at-{size}-{next(_serial)}"
        _ask(system, "step", incoming(name, GOLD))
        _ask(system, "event", {"event": "hangup", "call_id": name, "cause": "16"})

    def waits() -> None:
        again = {"event": "wait_tick", "call_id": f"wait-{next(waiting)}", "seq": next(_serial)}
        _ask(system, "step", again)

    def page(path: str) -> None:
        if lead.get(path).status_code != 200:
            raise RuntimeError(path)

    rung, waited, empty = interleaved(RUNS, rings, waits, lambda: page("/desk/empty/"))
    found = {"service number and its end": rung, "asking again while waiting": waited, "empty": empty}
    shown = interleaved(PAGE_RUNS, *[_showing(page, path) for path in PAGES.values()])
    found |= dict(zip(PAGES, shown, strict=True))
    for what, timing in found.items():
        if what != "empty":
            figures.add_timing(f"phone: {what} at {size:,} calls", timing)
    return found


def _showing(page: Callable[[str], None], path: str) -> Callable[[], None]:
    return lambda: page(path)


def _ask(client: Client, door: str, fields: dict[str, object]) -> None:
    answer = client.post(f"/calls/v1/{door}", fields)
    if answer.status_code != 200:
        raise RuntimeError(f"{fields} answered {answer.status_code}")


def _report_growth(figures: Figures, sizes: list[int], seen: list[dict[str, Timing]]) -> None:
    """Over that of the empty page, measured in turns with it."""
    first, last = seen[0], seen[-1]
    machine = last["empty"].p50 / first["empty"].p50
    for what in first:
        if what != "empty":
            growth = last[what].p50 / first[what].p50 / machine
            name = f"phone: {what}: growth from {sizes[0]:,} to {sizes[-1]:,} calls, p50"
            figures.add(name, growth, "x", at_most=1.3)


def _measure_at_once(figures: Figures, port: int, size: int) -> None:
    """Ten lines of the telephone system ask in the same moment, again and again."""
    together = threading.Barrier(AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        lines = list(pool.map(lambda number: Wire(port, number, together).asks(), range(AT_ONCE)))
    taken = [milliseconds for line in lines for milliseconds in line]
    what = f"phone: {AT_ONCE} questions at once, {AGENTS} agents, {WAITING} waiting, at {size:,} calls"
    figures.add_timing(what, summary(taken), p95_at_most=50)


class Wire:
    """One line that asks with all others: at any moment a quarter of them rings at service numbers, a
    quarter at the public one, and the rest wait.
    """

    def __init__(self, port: int, number: int, together: threading.Barrier) -> None:
        self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.number = number
        self.together = together

    def asks(self) -> list[float]:
        """The milliseconds of each question."""
        taken = [self._ask(turn) for turn in range(WARM_TURNS + TURNS)]
        self.wire.close()
        return taken[WARM_TURNS:]

    def _ask(self, turn: int) -> float:
        kind = (turn + self.number) % 4
        if kind > 1:
            mine = range(self.number, WAITING, AT_ONCE)
            name = f"wait-{mine[turn % len(mine)]}"
            seq = SEQ_OF_LINES + turn
            milliseconds = self._timed({"event": "wait_tick", "call_id": name, "seq": seq})
            self.together.wait(timeout=60)
            return milliseconds
        name = f"line-{self.number}-{turn}"
        milliseconds = self._timed(incoming(name, (GOLD, PUBLIC)[kind]))
        self.together.wait(timeout=60)  # the ten are answered; then these end
        self._send("event", {"event": "hangup", "call_id": name, "cause": "16"})
        return milliseconds

    def _timed(self, fields: dict[str, object]) -> float:
        self.together.wait(timeout=60)
        began = time.perf_counter()
        self._send("step", fields)
        return (time.perf_counter() - began) * 1000

    def _send(self, door: str, fields: dict[str, object]) -> None:
        headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": FORM}
        self.wire.request("POST", f"/calls/v1/{door}", urlencode(fields), headers)
        answer = self.wire.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{fields} answered {answer.status} {said!r}")
