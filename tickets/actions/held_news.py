"""Telling whoever sent a file that it is held: once an hour for a ticket, however many files come."""

from datetime import datetime, timedelta

from accounts.actions import notices
from tickets.models import HeldFile, Message

ENOUGH = timedelta(hours=1)


def tell_sender(message: Message, *, at: datetime) -> None:
    """A mail to the customer's person behind a message that others may read, if they have an address."""
    contact = message.contact
    if contact is None or not contact.email or not contact.is_active or message.is_internal:
        return
    told = HeldFile.objects.filter(ticket=message.ticket_id, message__contact=contact)
    if told.filter(held_at__gt=at - ENOUGH, held_at__lt=at).exclude(message=message).exists():
        return
    notices.tell_of_held_files(
        user=contact.user,
        address=contact.email,
        language=contact.language,
        message=str(message.pk),
        at=at,
    )
