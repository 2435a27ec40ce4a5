"""How the outboxes stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Notice
from tickets.models import Delivery

STUCK_AFTER = timedelta(minutes=15)
"""Mail goes out within seconds; what waits longer has met a server that does not take it."""
Outbox = type[Notice] | type[Delivery]
OUTBOXES: tuple[Outbox, ...] = (Notice, Delivery)


@dataclass(frozen=True)
class Trouble:
    """Mail that did not arrive: what waits for too long, and what was given up lately."""

    stuck: int
    failed: int

    @property
    def total(self) -> int:
        """Both."""
        return self.stuck + self.failed


def trouble(now: datetime, outboxes: Iterable[Outbox] = OUTBOXES) -> Trouble:
    """Count both in these outboxes. Two short indexes are read."""
    stuck = failed = 0
    for outbox in outboxes:
        stuck += outbox.objects.waiting().filter(created_at__lte=now - STUCK_AFTER).count()
        failed += outbox.objects.lost(now).count()
    return Trouble(stuck, failed)
