"""Who sees which ticket, and who may do what with it. The only place that decides either."""

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from accounts.models import User
from customers.access import contact_of
from customers.models import Contact
from tickets.models import (
    ApprovalRequest,
    Attachment,
    Consent,
    DataSubject,
    HeldFile,
    Message,
    Ticket,
    TimeEntry,
)
from tickets.models.approvals import ApprovalRequestQuerySet
from tickets.models.messages import MessageQuerySet
from tickets.models.tickets import TicketQuerySet
from tickets.models.time_entries import TimeEntryQuerySet


class Denied(Exception):
    """This person may not do that. Doors answer 403 for what they see and 404 for what they do not."""


def visible_tickets(user: User) -> TicketQuerySet:
    """The tickets a person may read.

    Leads and admins: all. Agents: their teams' and those in their own hands. Contacts: what they filed
    themselves, and their company's if they are marked so.
    """
    if not user.is_active:
        return Ticket.objects.none()
    if user.is_lead:
        return Ticket.objects.all()
    if user.is_agent:
        return Ticket.objects.filter(Q(team__in=user.teams.all()) | Q(assignee=user))
    return _tickets_of_contact(contact_of(user))


def _tickets_of_contact(contact: Contact | None) -> TicketQuerySet:
    if contact is None:
        return Ticket.objects.none()
    if contact.sees_company_tickets:
        return Ticket.objects.filter(customer=contact.customer_id)
    return Ticket.objects.filter(customer=contact.customer_id, contact=contact)


def may_be_told(contact: Contact, ticket: Ticket) -> bool:
    """Whether a contact may still read a ticket, with or without a portal login: mail goes to nobody else."""
    is_active = contact.is_active and contact.customer.is_active
    return is_active and _tickets_of_contact(contact).filter(pk=ticket.pk).exists()


def get_ticket(user: User, number: str) -> Ticket:
    """Load a ticket by number with what pages need. Error: 404 for unknown and for foreign alike."""
    if "\0" in number:  # which PostgreSQL cannot even be asked for
        raise Http404
    ticket = (
        visible_tickets(user)
        .select_related("customer", "contact", "team", "level", "assignee")
        .filter(number=number)
        .first()
    )
    if ticket is None:
        raise Http404
    return ticket


def messages_of(user: User, ticket: Ticket) -> MessageQuerySet:
    """The conversation as this person may read it, with files and what is held. Notes are for agents only."""
    messages = Message.objects.filter(ticket=ticket)
    if not user.is_agent:
        messages = messages.for_customer()
    # Whoever shows a message needs no keys.
    held = Prefetch("held_files", HeldFile.objects.defer("sealed"))
    return messages.prefetch_related("attachments", held)


def visible_messages(user: User, ticket: Ticket) -> list[Message]:
    """The conversation in its order."""
    return list(messages_of(user, ticket).order_by("at", "id"))


def attachments_of(user: User, ticket: Ticket) -> QuerySet[Attachment]:
    """The files of the conversation, those of internal notes for agents only."""
    attachments = Attachment.objects.filter(message__ticket=ticket)
    return attachments if user.is_agent else attachments.filter(message__is_internal=False)


def get_attachment(user: User, number: str, key: str) -> Attachment:
    """Load a file of a ticket the person may read. Error: 404, also for another ticket's file or a note's."""
    attachment = attachments_of(user, get_ticket(user, number)).filter(key=key).first()
    if attachment is None:
        raise Http404
    return attachment


def may_work(user: User, ticket: Ticket) -> bool:
    """Whether this person works on this ticket as an agent."""
    if not (user.is_active and user.is_agent):
        return False
    return user.is_lead or ticket.assignee_id == user.pk or user.teams.filter(pk=ticket.team_id).exists()


def may_lead(user: User) -> bool:
    """Whether this person may pin, assign to others and change a ticket's customer."""
    return user.is_active and user.is_lead


def may_write_as_customer(user: User, ticket: Ticket) -> bool:
    """Whether this person may answer, close and reopen as the customer's side."""
    return not user.is_agent and visible_tickets(user).filter(pk=ticket.pk).exists()


def may_backdate(user: User) -> bool:
    """Whether this person may import tickets that arrived earlier."""
    return user.is_active and user.is_admin


def visible_entries(user: User) -> TimeEntryQuerySet:
    """The time entries a person may read: agents those of their tickets, also when taken back.

    Contacts: the standing ones of the tickets they see, as far as their own organisation's agreements decided
    (a ticket that came from another customer keeps that one's entries).
    """
    entries = TimeEntry.objects.filter(ticket__in=visible_tickets(user))
    if user.is_agent:
        return entries
    contact = contact_of(user)
    return entries.standing().filter(customer=contact.customer_id if contact else 0)


def visible_approvals(user: User) -> ApprovalRequestQuerySet:
    """The requests for approval a person may read: those of their tickets.

    Contacts: only what their own organisation was asked (a ticket that came from another customer keeps that
    one's prices and names).
    """
    rows = ApprovalRequest.objects.filter(ticket__in=visible_tickets(user))
    return rows if user.is_agent else rows.of_the_customer()


def is_data_subject(user: User, subject: DataSubject) -> bool:
    """Whether this is the person concerned, at the portal of the customer for whom they were named."""
    contact = None if user.is_agent or not user.is_active else contact_of(user)
    return contact is not None and subject.contact_id == contact.pk and subject.set_aside_at is None


def visible_consents(user: User) -> QuerySet[Consent]:
    """The consents a person may read: agents those of their tickets that still count, contacts their own."""
    rows = Consent.objects.filter(subject__set_aside_at__isnull=True)
    if user.is_agent:
        return rows.filter(subject__ticket__in=visible_tickets(user))
    contact = contact_of(user)
    return rows.filter(subject__contact=contact) if contact else rows.none()


def may_void(user: User, entry: TimeEntry) -> bool:
    """Whether this person may take a time entry back: one's own, or (leads) anybody's."""
    is_own = entry.agent_id == user.pk and may_work(user, entry.ticket)
    return is_own or may_lead(user)


def require(*, allowed: bool) -> None:
    """Error: Denied unless allowed."""
    if not allowed:
        raise Denied
