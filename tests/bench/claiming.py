"""Eight agents claim at once, each in a process of its own, through the action."""

import multiprocessing
import time
from multiprocessing.queues import Queue

AGENTS = 8
SECONDS = 5.0


def claims_per_second() -> float:
    """Claims that committed in a few seconds, per second, over all agents."""
    context = multiprocessing.get_context("spawn")
    results: Queue[tuple[int, float]] = context.Queue()
    barrier = context.Barrier(AGENTS)
    workers = [
        context.Process(target=_claim, args=(f"agent{n}", barrier, results)) for n in range(1, AGENTS + 1)
    ]
    for worker in workers:
        worker.start()
    counted = [results.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    return sum(claims for claims, _ in counted) / max(seconds for _, seconds in counted)


def _claim(
    username: str, barrier: "multiprocessing.synchronize.Barrier", results: "Queue[tuple[int, float]]"
) -> None:
    import django

    django.setup()
    from accounts.models import User
    from tickets.actions import assigning
    from tickets.models import Ticket

    agent = User.objects.get(username=username)
    barrier.wait()
    began, claims = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        offer = assigning.take_next(by=agent)
        if offer is None:
            break
        claims += not offer.is_own
        # Out of the agent's hands at once, else the next call would offer this ticket again.
        Ticket.objects.filter(pk=offer.ticket.pk).update(status=Ticket.Status.WAITING_CUSTOMER)
    results.put((claims, time.perf_counter() - began))
