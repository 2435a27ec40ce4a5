"""Who wants no mail of a ticket, and the link by which somebody says so without signing in.

The link's token names the contact and the ticket, is signed for this purpose alone, and does not run out:
mail is read years later, and whoever asks not to be written to is never asked to sign in first. It shows the
ticket's number and stops the mail of one contact, nothing else. Former keys (SECRET_KEY_FALLBACKS) count.
"""

import re

from django.core.signing import BadSignature, Signer

from customers.models import Contact
from tickets.models import Ticket, TicketMute
from tickets.rules.notifying import Wish

_SHAPE = re.compile(r"(\d{1,18})-(\d{1,18})")
_SALT = "tickets.unsubscribing"


def unsubscribe_token(ticket_id: int, contact_id: int) -> str:
    """What stands in the link of a mail: letters, digits, hyphens, underscores and a dot."""
    return _signer().sign(f"{contact_id}-{ticket_id}")


def unsubscriber_of(token: str) -> tuple[Contact, Ticket] | None:
    """Who may be asking and about which ticket; None for a token that we did not make, or of what is gone."""
    try:
        match = _SHAPE.fullmatch(_signer().unsign(token))
    except BadSignature:
        return None
    if match is None:
        return None
    contact = Contact.objects.select_related("customer", "user").filter(pk=int(match[1])).first()
    ticket = Ticket.objects.filter(pk=int(match[2])).first()
    return (contact, ticket) if contact and ticket else None


def is_muted(ticket: Ticket, contact: Contact) -> bool:
    """Whether this contact wants no mail about this ticket."""
    return TicketMute.objects.filter(ticket=ticket, contact=contact).exists()


def muted_tickets(contact: Contact) -> list[Ticket]:
    """The tickets of which a contact wants no mail, the newest first."""
    return list(Ticket.objects.filter(mutes__contact=contact, contact=contact).order_by("-pk"))


def why_silent(ticket: Ticket) -> str:
    """Why a contact with an address gets no mail of their ticket: ``muted``, ``nothing``; else empty."""
    contact = ticket.contact
    if contact is None or not contact.email:
        return ""
    if is_muted(ticket, contact):
        return "muted"
    return Wish.NOTHING.value if contact.mail_steps == Wish.NOTHING else ""


def _signer() -> Signer:
    return Signer(salt=_SALT, sep=".")
