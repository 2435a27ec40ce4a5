"""Tickets come back to the queue when their agent goes off duty, is deactivated, or lets them lie."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from contracts.queries import company_calendar
from tickets.actions import placing
from tickets.actions.ending import end_assignment
from tickets.actions.rowwise import each
from tickets.models import Assignment, Ticket

BATCH = 500


def return_tickets(*, at: datetime | None = None) -> int:
    """Return what waits for us and is held by nobody who works on it. Returns how many tickets.

    The condition itself is the work to be done, so a lost wake-up costs one sweep and nothing else.
    """
    absent = Ticket.objects.in_hands().filter(_absent()).order_by("pk").values_list("pk", flat=True)
    returned = each(list(absent[:BATCH]), lambda pk: _return_if_absent(pk, at), work="absent")
    lying = (
        Ticket.objects.in_hands()
        .filter(touched_at__lte=silence_begins(at or timezone.now()))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return returned + each(list(lying[:BATCH]), lambda pk: _return_if_silent(pk, at), work="silent")


def silence_begins(at: datetime) -> datetime:
    """Tickets last touched before this moment have lain for the set number of service hours."""
    seconds = settings.SILENT_AFTER_SERVICE_HOURS * 3600
    return company_calendar().before(at, seconds)


def _absent() -> Q:
    return Q(assignee__is_active=False) | Q(assignee__is_on_duty=False) | Q(assignee__role=User.Role.CONTACT)


@transaction.atomic
def _return_if_absent(ticket_id: int, at: datetime | None) -> bool:
    held = placing.hold(ticket_id, at=at)
    agent = held.ticket.assignee
    if held.ticket.status != Ticket.Status.OPEN or agent is None:
        return False
    if agent.is_active and agent.is_on_duty and agent.is_agent:
        return False
    how = Assignment.Ended.OFF_DUTY if agent.is_active else Assignment.Ended.DEACTIVATED
    _give_back(held, agent, how)
    return True


@transaction.atomic
def _return_if_silent(ticket_id: int, at: datetime | None) -> bool:
    held = placing.hold(ticket_id, at=at)
    agent, touched_at = held.ticket.assignee, held.ticket.touched_at
    if held.ticket.status != Ticket.Status.OPEN or agent is None or touched_at is None:
        return False
    if touched_at > silence_begins(held.at):
        return False
    _give_back(held, agent, Assignment.Ended.SILENT)
    return True


def _give_back(held: placing.Held, agent: User, how: Assignment.Ended) -> None:
    end_assignment(held, how)
    placing.record(held.ticket, "returned", by=None, at=held.at, agent=agent.display_name, cause=str(how))
    placing.settle(held, is_case_change=False)
