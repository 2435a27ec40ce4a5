"""Moving a ticket to another team or another customer, and changing what it says about itself."""

from datetime import datetime

from django.db import transaction

from accounts.models import Team, User
from contracts.actions.standing_changes import lock_customers
from customers.models import Contact, Customer
from lib.locking import Lock, lock_exclusive
from tickets import access
from tickets.actions import consents, placing
from tickets.actions.ending import end_assignment
from tickets.actions.progressing import rank_by_standing
from tickets.models import Assignment, Ticket


@transaction.atomic
def move_to_team(
    *, ticket: Ticket, team: Team, by: User, reason: str = "", at: datetime | None = None
) -> Ticket:
    """Hand a ticket to another team's queue. An agent who does not belong there lets it go. Error: Denied."""
    held = placing.hold(ticket, at=at)
    access.require(allowed=access.may_work(by, held.ticket))
    if held.ticket.team_id == team.pk:
        return held.ticket
    before = held.ticket.team
    held.ticket.team = team
    agent = held.ticket.assignee
    if agent is not None and not (agent.is_lead or agent.teams.filter(pk=team.pk).exists()):
        end_assignment(held, Assignment.Ended.RELEASED, reason)
    placing.record(held.ticket, "moved_team", by=by, at=held.at, old=before.name, new=team.name, why=reason)
    return placing.settle(held)


@transaction.atomic
def change_customer(
    *,
    ticket: Ticket,
    customer: Customer,
    by: User,
    contact: Contact | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Correct whose case it is; the ticket ranks by the new customer's standing and keeps its arrival.

    Errors: Denied for anybody but leads or for a contact of another customer.
    """
    access.require(allowed=access.may_lead(by) and (contact is None or contact.customer_id == customer.pk))
    # Whoever holds a ticket with its customer has shared this lock since reading whose it is.
    lock_exclusive(Lock.QUEUE)
    lock_customers([ticket.customer_id, customer.pk])
    held = placing.hold(ticket, at=at)
    before = held.ticket.customer
    if before.pk != customer.pk:
        consents.set_aside(ticket=held.ticket, customer_ids={before.pk, customer.pk}, at=held.at)
    held.ticket.customer = customer
    held.ticket.contact = contact
    rank_by_standing(held.ticket, held.at)
    placing.record(held.ticket, "customer_changed", by=by, at=held.at, old=before.name, new=customer.name)
    return placing.settle(held)


@transaction.atomic
def rename(*, ticket: Ticket, subject: str, by: User, at: datetime | None = None) -> Ticket:
    """Give a ticket a better subject. Error: Denied."""
    held = placing.hold(ticket, at=at)
    access.require(allowed=access.may_work(by, held.ticket))
    if subject.strip() and subject != held.ticket.subject:
        placing.record(held.ticket, "subject_changed", by=by, at=held.at, old=held.ticket.subject)
        held.ticket.subject = subject
    return placing.settle(held)
