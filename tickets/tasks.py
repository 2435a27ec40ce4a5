"""The queue's background work. Each task loads, makes one call, and may run any number of times."""

from typing import Any

from celery import shared_task

from lib.valkey import Unavailable
from tickets.actions import (
    approving,
    gate_sweeping,
    indexing,
    notifying,
    progressing,
    recalculating,
    recording,
    reranking,
    returning,
    sweeping,
    watching,
)


@shared_task(name="tickets.apply_live_changes")
def apply_live_changes(**_: Any) -> None:
    """Tell the live index and open pages what changed."""
    _apply_live_changes()


@shared_task(name="tickets.apply_standing_changes")
def apply_standing_changes(**_: Any) -> None:
    """Rank tickets anew whose customer's standing changed."""
    reranking.apply_standing_changes()
    _apply_live_changes()


@shared_task(name="tickets.return_tickets")
def return_tickets(**_: Any) -> None:
    """Return to the queue what is held by nobody who works on it."""
    returning.return_tickets()
    _apply_live_changes()


@shared_task(name="tickets.sweep_queue")
def sweep_queue(**_: Any) -> None:
    """Catch up with everything that a lost wake-up, a dead worker or the clock has left."""
    sweeping.apply_due()
    returning.return_tickets()
    recording.measure()
    try:
        indexing.rebuild_if_lost()
    except Unavailable:
        return
    _apply_live_changes()


@shared_task(name="tickets.sweep_deadlines")
def sweep_deadlines(**_: Any) -> None:
    """Notice what targets are at risk or missed. A promise that has ended by now cannot be missed."""
    reranking.apply_standing_changes()
    watching.sweep_deadlines()


@shared_task(name="tickets.recalculate_deadlines")
def recalculate_deadlines(**_: Any) -> None:
    """Work out deadlines anew whose hours or terms have changed."""
    recalculating.recalculate()
    _apply_live_changes()


@shared_task(name="tickets.close_solved")
def close_solved(**_: Any) -> None:
    """Close tickets that stayed solved long enough."""
    progressing.close_solved()


@shared_task(name="tickets.expire_approvals")
def expire_approvals(**_: Any) -> None:
    """End the requests for approval that nobody answered in time."""
    approving.expire()


@shared_task(name="tickets.sweep_gates")
def sweep_gates(**_: Any) -> None:
    """Release or hold again what stands behind gates that opened or closed."""
    gate_sweeping.sweep_gates()


@shared_task(name="tickets.purge_held_files")
def purge_held_files(**_: Any) -> None:
    """Delete held files at their deadline, and whatever a lost wake-up or a crash has left."""
    gate_sweeping.follow_gates()
    gate_sweeping.purge()
    gate_sweeping.tidy()


@shared_task(name="tickets.tell_of_holders")
def tell_of_holders(**_: Any) -> None:
    """Tell contacts that somebody works on their ticket, where nothing else told them."""
    notifying.tell_of_holders()


def _apply_live_changes() -> None:
    try:
        indexing.apply_changes()
    except Unavailable:
        # The outbox rows stay; the sweep applies them when Valkey is back, and pages say so meanwhile.
        return
