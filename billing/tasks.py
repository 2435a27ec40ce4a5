"""Billing's background work. Each task makes one call and may run any number of times."""

from typing import Any

from celery import shared_task

from billing.actions import collecting, runs


@shared_task(name="billing.collect")
def collect(**_: Any) -> None:
    """Make charges of decided work, and correct what was decided anew."""
    collecting.collect()


@shared_task(name="billing.close_month")
def close_month(**_: Any) -> None:
    """Close what is asked for, customer by customer."""
    runs.work_on()
