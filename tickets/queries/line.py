"""A whole queue in order with the reason of every place: now, or at any past moment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from accounts.models import Team
from contracts.queries import company_zone
from tickets.models import QueueStay, Ticket
from tickets.rules.ranking import AheadCounts, severity_name
from tickets.rules.wording import rank_sentence

CHUNK = 2_000

_Row = tuple[str, int, str | None, int, datetime, datetime | None]


@dataclass(frozen=True)
class InLine:
    """One ticket of a queue, now or then."""

    position: int
    number: str
    band: int
    level_name: str | None
    severity: int
    arrived_at: datetime
    pinned_at: datetime | None
    counts: AheadCounts

    def sentence(self, language: str, now: datetime) -> str:
        """Why it stands there, for agents."""
        zone = company_zone()
        return rank_sentence(
            language,
            "agent",
            position=self.position,
            level_name=self.level_name,
            severity=self.severity,
            since=localtime(self.arrived_at, zone),
            today=localtime(now, zone).date(),
            counts=self.counts,
            pinned=self.pinned_at is not None,
        )

    def as_json(self, language: str, now: datetime) -> dict[str, Any]:
        """As `manage.py queue --json` prints it."""
        return {
            "position": self.position,
            "number": self.number,
            "band": self.band,
            "level": self.level_name,
            "severity": severity_name(self.severity),
            "arrived_at": self.arrived_at.isoformat(),
            "pinned": self.pinned_at is not None,
            "reason": self.sentence(language, now),
        }


def queue_now(team: Team) -> Iterator[InLine]:
    """A team's queue as it stands."""
    rows = (
        Ticket.objects.waiting()
        .filter(team=team)
        .in_rank_order()
        .values_list("number", "band", "level__name", "severity", "arrived_at", "pinned_at")
    )
    return _in_line(rows.iterator(chunk_size=CHUNK))


def queue_at(team: Team, moment: datetime) -> Iterator[InLine]:
    """A team's queue as it stood at a past moment, whatever was corrected since."""
    rows = (
        QueueStay.objects.at(moment)
        .filter(team=team)
        .order_by("rank_key")
        .values_list("ticket__number", "band", "level_name", "severity", "ticket__arrived_at", "pinned_at")
    )
    return _in_line(rows.iterator(chunk_size=CHUNK))


def _in_line(rows: Iterable[_Row]) -> Iterator[InLine]:
    """Number the rows and count, in one pass, who is ahead of each by which part of the order."""
    ahead = _Ahead()
    for position, (number, band, level_name, severity, arrived_at, pinned_at) in enumerate(rows, start=1):
        counts = ahead.counts_of(pinned_at, band, severity)
        yield InLine(position, number, band, level_name or None, severity, arrived_at, pinned_at, counts)


class _Ahead:
    """The sizes of the groups that a walk through the queue has passed."""

    def __init__(self) -> None:
        self._pin: tuple[Any, int] = (None, 0)  # the pin of the current group, and what stood before it
        self._band: tuple[Any, int] = (None, 0)
        self._severity: tuple[Any, int] = (None, 0)
        self._passed = 0

    def counts_of(self, pinned_at: datetime | None, band_rank: int, severity_rank: int) -> AheadCounts:
        """The counts for the next row of the walk."""
        pin, band = (pinned_at,), (pinned_at, band_rank)
        severity = (pinned_at, band_rank, severity_rank)
        self._pin = self._pin if self._pin[0] == pin else (pin, self._passed)
        self._band = self._band if self._band[0] == band else (band, self._passed)
        self._severity = self._severity if self._severity[0] == severity else (severity, self._passed)
        counts = AheadCounts(
            pinned=self._pin[1],
            better_band=self._band[1] - self._pin[1],
            more_severe=self._severity[1] - self._band[1],
            earlier=self._passed - self._severity[1],
        )
        self._passed += 1
        return counts
