"""The next deadline of tickets as lists show it: prepared text, and nothing asked for one row alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from contracts.models import ServiceLevel
from contracts.queries import company_zone
from lib.reasons import say_day
from lib.spans import due_span
from tickets.models import Clock

SOON, LATE = "soon", "late"
"""What a list can be narrowed to: deadlines of which was warned, and missed ones."""

NEXT_DUE = """
    SELECT k.kind, k.state, k.due_at, k.told_percent, k.breached_at FROM tickets_clock k
    WHERE k.ticket_id = {ticket} AND k.stopped_at IS NULL AND k.state IN ('running', 'paused')
    ORDER BY k.state = 'paused', k.due_at NULLS LAST, k.id LIMIT 1
"""
"""The clock of a ticket that a list shows: the one due first, paused ones last. `{ticket}` is its id."""

CONDITIONS = {
    SOON: "k.breached_at IS NULL AND k.due_at > %(now)s AND k.told_percent > 0",
    LATE: "(k.breached_at IS NOT NULL OR k.due_at <= %(now)s)",
}

_WORDS: Mapping[str, Mapping[str, str]] = {
    "response": {"de": "Erste Antwort", "en": "First response"},
    "next_answer": {"de": "Nächste Antwort", "en": "Next answer"},
    "resolution": {"de": "Lösung", "en": "Resolution"},
    "ok": {"de": "im Plan", "en": "on track"},
    SOON: {"de": "in Gefahr", "en": "at risk"},
    LATE: {"de": "verfehlt", "en": "missed"},
    "paused": {"de": "pausiert", "en": "paused"},
    "met": {"de": "erfüllt", "en": "met"},
    "gone": {"de": "nicht mehr zugesagt", "en": "no longer promised"},
    "due": {"de": "{kind}: {state}, fällig {at}", "en": "{kind}: {state}, due {at}"},
    "standing still": {"de": "{kind}: {state}", "en": "{kind}: {state}"},
}
ICONS = {
    "ok": "clock",
    SOON: "bell-alert",
    LATE: "exclamation-triangle",
    "paused": "pause-circle",
    "met": "check-circle",
    "gone": "minus-circle",
}


def due_word(code: str, language: str) -> str:
    """A kind of target, or the state of one, in a word or two."""
    return _WORDS[code][language[:2]]


class NextDue(NamedTuple):
    """One row of `NEXT_DUE`; without a clock all of it is None."""

    kind: str | None
    state: str | None
    due_at: datetime | None
    told_percent: int | None
    breached_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline of a row. `state`: ok, soon, late or paused; `iso` is empty for one that stands still."""

    state: str
    icon: str
    state_label: str
    kind_label: str
    text: str
    iso: str
    title: str


def state_of(clock: NextDue, now: datetime) -> str:
    """What is shown of a clock: missed is missed, whether the sweep has seen it or not."""
    if clock.breached_at is not None or (clock.state == "running" and clock.due_at and clock.due_at <= now):
        return LATE
    if clock.state == "paused":
        return "paused"
    return SOON if clock.told_percent else "ok"


class DueWords:
    """Words deadlines in one language; looks each word up once."""

    def __init__(self, language: str, now: datetime) -> None:
        self._language, self._now = language[:2], now
        self._zone: ZoneInfo = company_zone()
        self._said = {code: words[self._language] for code, words in _WORDS.items()}

    def of(self, clock: NextDue) -> Due | None:
        """The deadline in words; None without one."""
        if clock.kind is None:
            return None
        state = state_of(clock, self._now)
        is_still = clock.state == "paused"
        kind, state_label = self._said[clock.kind], self._said[state]
        due_at = None if is_still else clock.due_at
        at = self._moment(due_at) if due_at else ""
        return Due(
            state=state,
            icon=ICONS[state],
            state_label=state_label,
            kind_label=kind,
            text=due_span(due_at, self._now, self._language) if due_at else state_label,
            iso=due_at.isoformat() if due_at else "",
            title=self._said["due" if at else "standing still"].format(kind=kind, state=state_label, at=at),
        )

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return f"{say_day(local.date(), self._language)}, {local:%H:%M}"


def next_due(ticket_ids: Collection[int]) -> dict[int, NextDue]:
    """The next deadline of each of these tickets that has one, in one query."""
    if not ticket_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT t.id, d.* FROM unnest(%(tickets)s::bigint[]) AS t(id)
            CROSS JOIN LATERAL ({NEXT_DUE.format(ticket="t.id")}) AS d
            """,  # noqa: S608 (all of it is ours)
            {"tickets": list(ticket_ids)},
        )
        return {ticket_id: NextDue(*row) for ticket_id, *row in cursor.fetchall()}


def unfinished_on(level: ServiceLevel) -> int:
    """How many deadlines are worked out anew when this level's terms change."""
    states = [Clock.State.RUNNING, Clock.State.PAUSED]
    return Clock.objects.filter(
        level=level, state__in=states, stopped_at__isnull=True, breached_at__isnull=True
    ).count()
