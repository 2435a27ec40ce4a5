"""Recorded waits of the past, as tickets of earlier weeks would have left them."""

from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from accounts.models import Team
from tickets.models import RecordedWait
from tickets.queries.estimates import memory


def make_waits(
    team: Team,
    count: int,
    *,
    band: int = 1,
    severity: int = 3,
    pace: float = 1200.0,
    told: tuple[int, int, int] | None = None,
    last_at: datetime | None = None,
) -> list[RecordedWait]:
    """Waits of one band and severity, an hour apart, the last an hour ago; some `pace` seconds per place."""
    rnd, last_at = Random(count), last_at or timezone.now()
    rows = []
    for number in range(count):
        ahead = number % 4
        seconds = round((ahead + 1) * pace * rnd.uniform(0.5, 1.5))
        taken_at = last_at - timedelta(hours=number + 1)
        low, middle, high = told or (None, None, None)
        rows.append(
            RecordedWait(
                team=team,
                band=band,
                severity=severity,
                arrived_at=taken_at - timedelta(seconds=seconds),
                ahead=ahead,
                low=low,
                middle=middle,
                high=high,
                taken_at=taken_at,
                ended=RecordedWait.Ended.SERVED,
                seconds=seconds,
            )
        )
    memory.forget()
    return RecordedWait.objects.bulk_create(rows)
