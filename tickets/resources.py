"""Tickets as a table, to be exported: what their list says, and nothing of what was written in them."""

from django.db.models import QuerySet

from lib.sheets.columns import Column, Moment, Text
from lib.sheets.resources import ActionResource
from tickets.models import Ticket


class TicketResource(ActionResource):
    """Tickets without their conversation: neither messages nor internal notes leave in a list."""

    model = Ticket

    number = Column("number", Text(), ("Nummer", "Number"), is_shown_only=True)
    subject = Column("subject", Text(), ("Betreff", "Subject"), is_shown_only=True)
    customer = Column("customer__name", Text(), ("Kunde", "Customer"), is_shown_only=True)
    contact = Column("contact__name", Text(), ("Ansprechpartner", "Contact"), is_shown_only=True)
    team = Column("team__name", Text(), ("Team", "Team"), is_shown_only=True)
    assignee = Column("assignee__display_name", Text(), ("Zugewiesen an", "Assignee"), is_shown_only=True)
    status = Column("get_status_display", Text(), ("Status", "Status"), is_shown_only=True)
    severity = Column("get_severity_display", Text(), ("Schweregrad", "Severity"), is_shown_only=True)
    level = Column("level__name", Text(), ("Servicestufe", "Service level"), is_shown_only=True)
    channel = Column("get_channel_display", Text(), ("Kanal", "Channel"), is_shown_only=True)
    arrived_at = Column("arrived_at", Moment(), ("Eingegangen", "Arrived"), is_shown_only=True)
    changed_at = Column("changed_at", Moment(), ("Geändert", "Changed"), is_shown_only=True)
    solved_at = Column("solved_at", Moment(), ("Gelöst", "Solved"), is_shown_only=True)
    closed_at = Column("closed_at", Moment(), ("Geschlossen", "Closed"), is_shown_only=True)

    def export_set(self, rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
        """With everybody whom a line names."""
        return rows.select_related("customer", "contact", "team", "assignee", "level")
