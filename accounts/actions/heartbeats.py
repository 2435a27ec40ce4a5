"""Signs of life."""

from datetime import datetime

from accounts.models import Heartbeat


def note(*, part: str, at: datetime) -> None:
    """The part is alive."""
    Heartbeat.objects.update_or_create(part=part, defaults={"seen_at": at})


def forget_all() -> None:
    """A new start: every part has yet to show itself."""
    Heartbeat.objects.all().delete()
