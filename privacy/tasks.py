"""Background work of this room. Each task makes one call and may run any number of times."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from calls.actions import forgetting
from privacy.actions import jobs, retaining


@shared_task(name="privacy.work_on")
def work_on(**_: Any) -> None:
    """Go on with exports, erasures and retention that wait."""
    jobs.work_on()


@shared_task(name="privacy.sweep_retention")
def sweep_retention(**_: Any) -> None:
    """Once a day apply the rules of retention."""
    retaining.sweep(at=timezone.now())


@shared_task(name="privacy.forget_calls")
def forget_calls(**_: Any) -> None:
    """Delete the calls that are kept no longer, but those of people under a legal hold."""
    forgetting.forget(kept=retaining.held_contacts())
