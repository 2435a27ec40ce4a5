"""Background work of this room. Each task loads, makes one call, and may run any number of times."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from knowledge.actions import searches


@shared_task(name="knowledge.forget_searches")
def forget_searches(**_: Any) -> None:
    """Delete what was looked for more than three months ago."""
    searches.forget(at=timezone.now())
