"""The background work of agreements. Each task makes one call and may run any number of times."""

from typing import Any

from celery import shared_task

from contracts.actions import reminding, renewing


@shared_task(name="contracts.renew_tacitly")
def renew_tacitly(**_: Any) -> None:
    """Write the terms that were agreed by silence."""
    renewing.renew_tacitly()


@shared_task(name="contracts.remind_of_ends")
def remind_of_ends(**_: Any) -> None:
    """Remind those concerned of agreements that end."""
    reminding.remind()
