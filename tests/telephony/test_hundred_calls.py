"""A hundred calls within a minute on five agents; the helpdesk is killed and started in it (scenario 23)."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from calls.actions import reconciling, sweeping
from calls.models import AgentPhone, Call
from helpdesk.celery import SWEEPS
from tests.factories.phones import PUBLIC
from tests.telephony.house import AGENTS, GOLD, House, until

CALLS = 100
SECONDS = 60.0
CRON = 60.0
LONGEST_BLOCKED = 60.0


def test_23_a_hundred_calls_while_the_helpdesk_dies_leave_nothing_behind(house: House) -> None:
    house.rules(ring_seconds=5)
    for name in AGENTS:
        house.agent(name)
    with regularly(house) as blocked:
        callers = threading.Thread(target=all_call, args=(house,))
        callers.start()
        time.sleep(SECONDS / 3)
        house.web.kill()
        house.web.start()
        callers.join()
        heard = Counter(call.heard(120).status for call in house.calls)
        until(lambda: not house.pbx.channels(), 60, "the end of all calls")
        until(lambda: kept_is_told(house), 60, "all that was kept")
        until(
            lambda: not Call.objects.exclude(state="ended").exists(), LONGEST_BLOCKED, "the end of all rows"
        )
    assert set(heard) <= {200, 486}, heard
    assert heard.total() == CALLS
    assert house.claims() == []
    assert Call.objects.filter(state="ended", ended_at__isnull=False).exclude(outcome="").count() == CALLS
    ways = Counter(Call.objects.values_list("via_fallback", flat=True))
    assert min(ways[True], ways[False]) > 0, "some were decided here, some by the telephone system"
    assert max(blocked.values(), default=0.0) <= LONGEST_BLOCKED, blocked
    assert no_agent_had_two_calls_of_ours()
    longest = max(blocked.values(), default=0.0)
    print(f"{dict(heard)}, {ways[True]} decided by the PBX, an agent blocked {longest:.1f} s at most")


def all_call(house: House) -> None:
    """Every third on the public number; some talk longer than others, some take their call back."""
    for number in range(CALLS):
        to, talks = (PUBLIC, 8.0) if number % 3 == 0 else (GOLD, 1.0 + number % 4)
        house.dial(to, talks=talks)
        time.sleep(SECONDS / CALLS)


@contextmanager
def regularly(house: House) -> Iterator[dict[str, float]]:
    """What beat and cron do, and a look at who is held by a call that is over. Gives seconds by agent."""
    is_over, blocked = threading.Event(), dict[str, float]()
    tasks: list[tuple[float, Callable[[], object]]] = [
        (SWEEPS["calls.sweep"], sweeping.sweep),
        (SWEEPS["calls.reconcile"], lambda: reconciling.reconcile(at=timezone.now())),
        (CRON, house.pbx.tell_kept),
        (1.0, lambda: look(house, blocked)),
    ]
    threads = [threading.Thread(target=repeat, args=(is_over, *task)) for task in tasks]
    for thread in threads:
        thread.start()
    try:
        yield blocked
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def repeat(is_over: threading.Event, seconds: float, task: Callable[[], object]) -> None:
    """Every so many seconds until it is over."""
    while not is_over.wait(seconds):
        task()
    connections.close_all()


_SINCE: dict[tuple[str, int], float] = {}


def look(house: House, blocked: dict[str, float]) -> None:
    """How long each agent is held by a call that the telephone system has no more."""
    rows = AgentPhone.objects.filter(claimed_call__isnull=False).select_related("claimed_call")
    held = {(phone.dial_target, phone.claimed_call): phone for phone in rows}
    there, now = set(house.pbx.channels()), time.monotonic()
    dead = {(target, call.pk) for target, call in held if call is not None and call.external_id not in there}
    for key in set(_SINCE) - dead:
        del _SINCE[key]
    for target, pk in dead:
        since = _SINCE.setdefault((target, pk), now)
        blocked[target] = max(blocked.get(target, 0.0), now - since)


def kept_is_told(house: House) -> bool:
    """Whether every call was told of, at the next turn of cron."""
    if Call.objects.count() == CALLS:
        return True
    house.pbx.tell_kept()
    time.sleep(1)
    return False


def no_agent_had_two_calls_of_ours() -> bool:
    """Whether talks that were decided here follow each other on each phone."""
    talks = Call.objects.filter(answered_at__isnull=False, via_fallback=False, phone__isnull=False)
    rows = talks.order_by("phone", "answered_at").values_list("phone", "answered_at", "ended_at")
    in_order: list[tuple[Any, Any, Any]] = list(rows)
    connection.close()
    return all(first[0] != then[0] or first[2] <= then[1] for first, then in pairwise(in_order))
