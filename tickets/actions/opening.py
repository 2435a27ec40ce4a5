"""Opening tickets: the one way in for every door."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Team, User
from contracts.actions.standing_changes import lock_customers
from contracts.queries import company_zone
from customers.models import Contact, Customer
from lib.locking import Lock, lock_shared
from tickets import access
from tickets.actions import notifying, placing, recording, timing
from tickets.actions.messages import NewFile, add_message
from tickets.actions.progressing import rank_by_standing
from tickets.actions.refusals import CannotOpen
from tickets.models import Message, Ticket
from tickets.rules.ranking import rank_key

# A clock that runs ahead by more than this is an error of the importer, not of the network.
CLOCK_TOLERANCE = timedelta(minutes=5)


@transaction.atomic
def open_ticket(
    *,
    customer: Customer,
    subject: str,
    body: str,
    by: User | None,
    contact: Contact | None = None,
    severity: Ticket.Severity = Ticket.Severity.NORMAL,
    team: Team | None = None,
    channel: Ticket.Channel = Ticket.Channel.PORTAL,
    files: Sequence[NewFile] = (),
    arrived_at: datetime | None = None,
    at: datetime | None = None,
) -> Ticket:
    """File a ticket and rank it by the customer's standing at that moment.

    `by` is the contact's user in the portal, the agent who files for a caller, or None for a machine.
    `arrived_at` is for importers only. Errors: CannotOpen for a contact of another customer or an arrival
    in the future or without any team, Denied for a backdated arrival by somebody who may not import.
    """
    lock_shared(Lock.QUEUE)
    lock_customers([customer.pk])
    is_live, at = at is None, at or timezone.now()
    _check_contact(customer, contact)
    _check_arrival(arrived_at, by, at)
    ticket = Ticket(
        pk=_next_serial(),
        customer=customer,
        contact=contact,
        team=team or _team_for_new_tickets(),
        subject=subject,
        channel=channel,
        reported_severity=severity,
        severity=severity,
        arrived_at=arrived_at or at,
        created_at=at,
        changed_at=at,
    )
    _number_and_rank(ticket, at)
    ticket.save(force_insert=True)
    message = _add_first_message(ticket, body, files, by=by, at=at, is_live=is_live)
    placing.record(ticket, "opened", by=by, at=at, channel=str(channel), severity=ticket.severity_name)
    placing.enter(ticket, at)
    timing.opened(ticket, at)
    if is_live:
        recording.begin(ticket, by=by, at=at)
        notifying.tell_of_opening(ticket, message, at=at)
    return ticket


def _team_for_new_tickets() -> Team:
    team = Team.objects.filter(is_default=True).first()
    if team is None:
        raise CannotOpen(_("Nobody takes tickets here yet: the firm has to create a team first."))
    return team


def _check_contact(customer: Customer, contact: Contact | None) -> None:
    if contact is not None and contact.customer_id != customer.pk:
        raise CannotOpen(_("The contact belongs to another customer."))


def _check_arrival(arrived_at: datetime | None, by: User | None, at: datetime) -> None:
    if arrived_at is None:
        return
    access.require(allowed=by is None or access.may_backdate(by))
    if arrived_at > at + CLOCK_TOLERANCE:
        raise CannotOpen(_("The arrival lies in the future."))


def _number_and_rank(ticket: Ticket, at: datetime) -> None:
    """Give the ticket its number, and its place by the customer's standing at this moment."""
    rank_by_standing(ticket, at)
    ticket.number = f"{localtime(at, company_zone()).year}-{ticket.pk:06d}"
    ticket.rank_key = rank_key(ticket.as_rank_facts())


def _add_first_message(
    ticket: Ticket, body: str, files: Sequence[NewFile], *, by: User | None, at: datetime, is_live: bool
) -> Message:
    """What the case is about. An agent who files for a caller writes in the caller's name."""
    contact = ticket.contact
    name = contact.name if contact else (by.display_name if by else ticket.customer.name)
    return add_message(
        ticket=ticket,
        body=body,
        author=by,
        contact=contact,
        author_name=name,
        channel=Ticket.Channel(ticket.channel),
        files=files,
        at=at,
        is_live=is_live,
    )


def _next_serial() -> int:
    """Draw the ticket's id before the row exists, since its number and rank key contain it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tickets_ticket', 'id'))")
        return int(cursor.fetchone()[0])
