"""What becomes of a ticket's mail: failing for good, and being tried once more."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from lib.undelivered import PREFIX
from lib.waking import wake
from tickets import access
from tickets.actions import placing
from tickets.actions.placing import WAKE_INDEX
from tickets.models import Delivery, LiveChange


class NotFailed(Exception):
    """Only a mail that was given up can be tried once more."""


@transaction.atomic
def retry(*, delivery: Delivery, by: User, at: datetime | None = None) -> Delivery:
    """Send a mail that was given up once more, with the Message-ID it had.

    Errors: Denied for whoever does not work on the ticket, NotFailed.
    """
    at = at or timezone.now()
    row: Delivery = (
        Delivery.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=delivery.pk)
    )
    access.require(allowed=access.may_work(by, row.ticket))
    if row.failed_at is None:
        raise NotFailed
    row.begin_again(at)
    row.save()
    auditing.record(by=by, verb="delivery.retried", what=row, at=at, details={"ticket": row.ticket.number})
    placing.record(row.ticket, "mail_retried", by=by, at=at, mail=row.kind)
    note_change(delivery=row, at=at)
    wake("mail.deliver")
    return row


def note_failure(*, delivery: Delivery, error: str, at: datetime) -> None:
    """Keep in the ticket's history that a mail was given up. Inside the caller's transaction."""
    code = error.removeprefix(PREFIX) if error.startswith(PREFIX) else ""
    placing.record(
        delivery.ticket,
        "mail_failed",
        by=None,
        at=at,
        mail=delivery.kind,
        cause=code,
        answer="" if code else error,
    )
    note_change(delivery=delivery, at=at)


def note_change(*, delivery: Delivery, at: datetime) -> None:
    """Have open pages of the desk show how the mail stands now. The customer hears nothing of it."""
    LiveChange.objects.create(ticket_id=delivery.ticket_id, is_internal=True, created_at=at)
    wake(WAKE_INDEX)
