"""Background work of this room. Each task loads, makes one call, and may run any number of times."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.actions import api_use, kept_answers, notices, sessions
from lib.sheets import uploads


@shared_task(name="accounts.forget_requests")
def forget_requests(**_: Any) -> None:
    """Delete kept answers, counts of the API, sessions and files to import that nobody needs any more."""
    now = timezone.now()
    sessions.forget(at=now)
    notices.forget_typed(at=now)
    uploads.forget_old()
    kept_answers.forget(at=now)
    api_use.forget(at=now)
