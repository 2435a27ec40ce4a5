"""Sessions that are over: nobody comes back to them, and each sign-in left one."""

from datetime import datetime

from django.contrib.sessions.models import Session


def forget(*, at: datetime) -> int:
    """Delete the sessions that have expired. Returns how many."""
    deleted, _ = Session.objects.filter(expire_date__lte=at).delete()
    return deleted
