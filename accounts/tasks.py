"""Background work of this room. Each task loads, makes one call, and may run any number of times."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.actions import api_use, impersonating, kept_answers, notices, sealing, sessions
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


@shared_task(name="accounts.seal_audit")
def seal_audit(**_: Any) -> None:
    """Give what was appended to the audit trail its place in the chain, and anchor the chain's end."""
    sealing.seal(at=timezone.now())


@shared_task(name="accounts.forget_audit")
def forget_audit(**_: Any) -> None:
    """Erase names in old lines of the audit trail, and delete lines that are older still."""
    sealing.forget(at=timezone.now())


@shared_task(name="accounts.end_looks")
def end_looks(**_: Any) -> None:
    """End looks with a customer's eyes whose time is over, and tell the person."""
    impersonating.end_old(at=timezone.now())
