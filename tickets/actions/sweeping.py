"""What falls due by the clock alone. Beat sweeps it; a claim applies it first."""

from datetime import datetime

from django.utils import timezone

from tickets.actions.progressing import wake_scheduled
from tickets.actions.rating import expire_pins
from tickets.actions.reranking import apply_standing_changes
from tickets.queries.claims import is_anything_due


def apply_due(*, at: datetime | None = None) -> None:
    """Apply what is due: standings that changed, pins that ran out, scheduled tickets that come back.

    `at` is for tests and repairs of one moment. Without it each change is stamped under its own locks, so
    that no ticket's history runs backwards however long the sweep before it took.
    """
    if not is_anything_due(at or timezone.now()):
        return
    apply_standing_changes(at=at)
    expire_pins(at=at)
    wake_scheduled(at=at)
