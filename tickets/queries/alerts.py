"""What a customer's monitoring has reported about a ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.models import Alert, Ticket


@dataclass(frozen=True)
class AlertLine:
    """One thing that was reported: by which source, how often, since when, and when it was over (or None)."""

    source: str
    times: int
    fired_at: datetime
    resolved_at: datetime | None


def alerts_of(ticket: Ticket) -> Sequence[AlertLine]:
    """The alerts of a ticket, in one query; none for tickets that came another way."""
    if ticket.channel != Ticket.Channel.MONITORING:
        return ()
    rows = Alert.objects.filter(ticket=ticket).select_related("source")
    return [AlertLine(one.source.name, one.times, one.fired_at, one.resolved_at) for one in rows]
