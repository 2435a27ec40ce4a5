"""Counting requests of the API per minute: one statement each, on a table that is not logged."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from accounts.models import ApiUse, User

KEPT_FOR = timedelta(minutes=5)


def count(*, by: User | None, who: Sequence[str], at: datetime) -> dict[str, int]:
    """Count one request of somebody under each of these names.

    Returns for each how many there were in this minute, this one included.
    """
    # Requests of one caller lock their rows in one order, or two of them could wait for each other.
    names = sorted(who)
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO accounts_apiuse AS use (who, "window", requests) SELECT name, %s, 1'
            " FROM unnest(%s::text[]) AS name"
            ' ON CONFLICT (who, "window") DO UPDATE SET requests = use.requests + 1 RETURNING who, requests',
            [ApiUse.window_of(at), names],
        )
        return dict(cursor.fetchall())


def forget(*, at: datetime) -> int:
    """Delete the counts of minutes that are over. Returns how many."""
    deleted, _ = ApiUse.objects.filter(window__lt=at - KEPT_FOR).delete()
    return deleted
