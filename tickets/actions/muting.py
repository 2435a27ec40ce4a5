"""A contact's wish to get no mail about one ticket, and the end of it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from customers.models import Contact
from lib.waking import wake
from tickets.actions import placing
from tickets.actions.placing import WAKE_INDEX
from tickets.models import LiveChange, Ticket, TicketMute


@transaction.atomic
def mute(*, ticket: Ticket, contact: Contact, by: User | None, at: datetime | None = None) -> bool:
    """Send this contact no more mail about this ticket. Returns whether that is new.

    `by` is None for whoever followed the link of a mail: the link, not a login, says whose wish it is.
    """
    at = at or timezone.now()
    _mute, is_new = TicketMute.objects.get_or_create(ticket=ticket, contact=contact, defaults={"at": at})
    if is_new:
        _keep(ticket, "mail_muted", contact, by=by, at=at)
    return is_new


@transaction.atomic
def unmute(*, ticket: Ticket, contact: Contact, by: User | None, at: datetime | None = None) -> bool:
    """Send this contact mail about this ticket again. Returns whether that is new. `by` as in `mute`."""
    deleted, _rows = TicketMute.objects.filter(ticket=ticket, contact=contact).delete()
    if deleted:
        _keep(ticket, "mail_unmuted", contact, by=by, at=at or timezone.now())
    return bool(deleted)


def _keep(ticket: Ticket, kind: str, contact: Contact, *, by: User | None, at: datetime) -> None:
    """A line of the history, and news for open pages of the desk."""
    placing.record(ticket, kind, by=by, at=at, contact=contact.name)
    LiveChange.objects.create(ticket_id=ticket.pk, is_internal=True, created_at=at)
    wake(WAKE_INDEX)
