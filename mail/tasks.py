"""Emptying the outboxes. May run any number of times, at once and in any number of workers."""

from typing import Any

from celery import shared_task

from mail.actions import delivering


@shared_task(name="mail.deliver")
def deliver(**_: Any) -> None:
    """Send what is due."""
    delivering.deliver()
