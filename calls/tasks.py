"""The room's background work. Each task may run any number of times."""

from typing import Any

from celery import shared_task

from calls.actions import chores, pushing, reconciling, sweeping


@shared_task(name="calls.sweep")
def sweep(**_: Any) -> None:
    """Free what a lost message, a vanished caller or a dead telephone system left claimed."""
    sweeping.sweep()


@shared_task(name="calls.reconcile")
def reconcile(**_: Any) -> None:
    """End the calls that their telephone system no longer has; see which phones can be reached."""
    reconciling.reconcile()


@shared_task(name="calls.push_numbers")
def push_numbers(**_: Any) -> None:
    """Keep the telephone systems' own lists of contract numbers true."""
    pushing.push()


@shared_task(name="calls.chores")
def work_off_chores(**_: Any) -> None:
    """File the tickets that calls leave, fetch recordings, note calls on their tickets."""
    chores.work_off()
