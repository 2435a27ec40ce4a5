"""Noting who saw a ticket that holds more of people's data than its conversation."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.actions import auditing
from accounts.models import User
from tickets.models import Ticket
from tickets.models.consents import DataSubject
from tickets.models.held_files import HeldFile

SEEN = "ticket.personal_seen"


def note_seen(*, ticket: Ticket, by: User, door: str, at: datetime | None = None) -> None:
    """Note that somebody saw the ticket, if it has held files or data subjects with their consents.

    Once a person and hour; of all other tickets nothing is noted. `door`: ``desk``, ``portal`` or ``api``.
    """
    of_it = {"ticket": OuterRef("pk")}
    found = Ticket.objects.filter(pk=ticket.pk).annotate(
        has_files=Exists(HeldFile.objects.filter(**of_it)),
        has_people=Exists(DataSubject.objects.filter(**of_it)),
    )
    has_files, has_people = found.values_list("has_files", "has_people").get()
    if has_files or has_people:
        details = {"door": door, "held_files": has_files, "consents": has_people}
        auditing.record_view(by=by, verb=SEEN, what=ticket, at=at, details=details)
