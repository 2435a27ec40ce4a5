"""Telling everybody who opens our pages what is the matter just now."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import Announcement, User
from accounts.queries.announcements import memory


@transaction.atomic
def save(*, announcement: Announcement, by: User | None, at: datetime | None = None) -> Announcement:
    """Announce something, or say it anew. Error: ValidationError where it ends before it starts.

    Other processes show it within ten seconds.
    """
    now = at or timezone.now()
    is_new = announcement._state.adding
    announcement.changed_at = now
    announcement.full_clean()
    announcement.save()
    auditing.record(
        by=by, verb="announcement.created" if is_new else "announcement.changed", what=announcement, at=now
    )
    forget()
    return announcement


@transaction.atomic
def delete(*, announcement: Announcement, by: User | None, at: datetime | None = None) -> None:
    """Take an announcement back, as if it had never been."""
    auditing.record(by=by, verb="announcement.deleted", what=announcement, at=at)
    announcement.delete()
    forget()


def forget() -> None:
    """Read them anew from now on: within this transaction, and again when it has committed."""
    memory.forget()
    transaction.on_commit(memory.forget)
