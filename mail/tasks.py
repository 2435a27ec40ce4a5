"""Emptying the outboxes."""

from typing import Any

from celery import shared_task


@shared_task(name="mail.deliver")
def deliver(**_: Any) -> None:
    """Send what is due."""
