"""Which mail a contact gets, in the words of the portal."""

from dataclasses import dataclass

from customers.models import Contact
from tickets.models import Ticket
from tickets.queries.mutes import is_muted


@dataclass(frozen=True)
class TicketMail:
    """Whether the reader gets mail about a ticket. `steps`: what they chose for all of theirs."""

    number: str
    is_muted: bool
    steps: str


def ticket_mail(contact: Contact, ticket: Ticket) -> TicketMail | None:
    """For the ticket's own contact; None for whoever gets no mail about it anyway."""
    if ticket.contact_id != contact.pk or not contact.email:
        return None
    return TicketMail(ticket.number, is_muted(ticket, contact), contact.mail_steps)
