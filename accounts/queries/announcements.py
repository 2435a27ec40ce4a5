"""What is announced just now. Every page asks, so each process keeps what it read for a few seconds.

Whatever starts or ends meanwhile was read along, so that a notice appears and goes at its very moment.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError
from django.db.models import Q
from django.utils import timezone

from accounts.models import Announcement

KEPT_SECONDS = 10.0
_URGENCY = list(Announcement.Kind.values)


class _Memory:
    """What this process last read."""

    def __init__(self) -> None:
        self._rows: list[Announcement] | None = None
        self._holds_until = 0.0

    def rows(self, now: datetime) -> list[Announcement]:
        """What was in force, or was about to be, when it was read."""
        kept = self._rows
        if kept is None or time.monotonic() >= self._holds_until:
            kept = _read(now)
            self.keep(kept)
        return kept

    def keep(self, rows: list[Announcement], seconds: float = KEPT_SECONDS) -> None:
        """Answer this for a while, without asking."""
        self._rows, self._holds_until = rows, time.monotonic() + seconds

    def forget(self) -> None:
        """Read again next time."""
        self._rows = None


memory = _Memory()


@dataclass(frozen=True)
class Said:
    """An announcement in one language. `ends_at` is None until further notice.

    `updated_at` is when it was last said anew since it began.
    """

    kind: str
    label: str
    text: str
    starts_at: datetime
    ends_at: datetime | None
    updated_at: datetime | None


def announcements(*, is_signed_in: bool, language: str, now: datetime | None = None) -> list[Said]:
    """What this reader should know now, the most urgent first, the newest first among equals."""
    now = now or timezone.now()
    shown = [
        row
        for row in _rows(now)
        if row.starts_at <= now
        and (row.ends_at is None or now < row.ends_at)
        and (is_signed_in or row.audience == Announcement.Audience.EVERYBODY)
    ]
    return [_said(row, language) for row in sorted(shown, key=lambda row: _URGENCY.index(row.kind))]


def _rows(now: datetime) -> list[Announcement]:
    """None while the database is away: error pages ask, too."""
    try:
        return memory.rows(now)
    except (DatabaseError, InterfaceError):
        return []


def _read(now: datetime) -> list[Announcement]:
    soon = now + timedelta(seconds=KEPT_SECONDS)
    rows = Announcement.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=soon)
    return list(rows)


def _said(row: Announcement, language: str) -> Said:
    return Said(
        kind=row.kind,
        label=str(Announcement.Kind(row.kind).label),
        text=row.text_de if language.startswith("de") else row.text_en,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        updated_at=row.changed_at if row.changed_at > row.starts_at else None,
    )
