"""The background work of agreements. Each task makes one call and may run any number of times."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from contracts.actions import alerting, booking, directory_notices, processing_sweep, reminding, renewing


@shared_task(name="contracts.renew_tacitly")
def renew_tacitly(**_: Any) -> None:
    """Write the terms that were agreed by silence."""
    renewing.renew_tacitly()


@shared_task(name="contracts.remind_of_ends")
def remind_of_ends(**_: Any) -> None:
    """Remind those concerned of agreements that end."""
    reminding.remind()


@shared_task(name="contracts.open_periods")
def open_periods(**_: Any) -> None:
    """Open and close the periods of allowances."""
    booking.open_periods(at=timezone.now())


@shared_task(name="contracts.alert_allowances")
def alert_allowances(**_: Any) -> None:
    """Tell those concerned how much of an allowance is used."""
    alerting.alert(at=timezone.now())


@shared_task(name="contracts.sweep_dpas")
def sweep_dpas(**_: Any) -> None:
    """Open, review, remind of and end data-processing agreements."""
    processing_sweep.sweep()


@shared_task(name="contracts.sweep_directory")
def sweep_directory(**_: Any) -> None:
    """Tell customers of coming changes of the directory who were not told yet; note which mail went out."""
    directory_notices.sweep()
