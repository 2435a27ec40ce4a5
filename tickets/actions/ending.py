"""Ending an assignment: the piece that declining, releasing, reassigning and returning share."""

from tickets.actions.placing import Held
from tickets.models import Assignment


def end_assignment(held: Held, how: Assignment.Ended, reason: str = "") -> None:
    """Close the current assignment of a held ticket and take it out of its agent's hands."""
    Assignment.objects.filter(ticket=held.ticket, until__isnull=True).update(
        until=held.at, ended_how=how, ended_reason=reason[:250]
    )
    held.ticket.assignee = None
    held.ticket.assigned_at = None
    held.ticket.touched_at = None
