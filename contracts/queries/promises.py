"""Reading what service levels promise, in one query, as whoever keeps clocks needs it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from contracts.rules.targets import parse_percents

DUE_PERCENT = 100

_LEVELS = """
    SELECT l.id, l.name, l.hours_id, l.grace_minutes, l.warn_at, l.pauses_for_third_party,
        (SELECT coalesce(json_agg(json_build_array(t.severity, t.kind, t.minutes, t.is_real_time)), '[]')
         FROM contracts_target t WHERE t.level_id = l.id),
        (SELECT coalesce(json_agg(json_build_array(e.at_percent, e.kind, e.severity, e.tells)), '[]')
         FROM contracts_escalation e WHERE e.level_id = l.id OR e.level_id IS NULL)
    FROM contracts_servicelevel l WHERE l.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Promised:
    """One target: how many minutes, and whether every minute counts."""

    minutes: int
    is_real_time: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One escalation: who is told at which share. An empty `kind` is every kind."""

    percent: int
    kind: str
    severity: int
    tells: str

    def covers(self, kind: str, severity: int) -> bool:
        """Whether it holds for such a target; 1 is the most severe."""
        return self.kind in ("", kind) and severity <= self.severity


@dataclass(frozen=True, slots=True)
class LevelTerms:
    """What a level promises. `hours_id` None: the hours of the company."""

    id: int
    name: str
    hours_id: int | None
    grace_minutes: int
    pauses_for_third_party: bool
    warn_at: tuple[int, ...]
    targets: Mapping[tuple[int, str], Promised]
    rules: tuple[Rule, ...]

    def promised(self, severity: int, kind: str) -> Promised | None:
        """The target of such a ticket, if there is one."""
        return self.targets.get((severity, kind))

    def percents(self, severity: int, kind: str) -> frozenset[int]:
        """The shares of such a target at which something happens; all of it is always among them."""
        told = (rule.percent for rule in self.rules if rule.covers(kind, severity))
        return frozenset((*self.warn_at, DUE_PERCENT, *told))

    def told_at(self, severity: int, kind: str, *, above: int, up_to: int) -> frozenset[str]:
        """Whom the escalations between two shares tell: agent, team, leads."""
        return frozenset(
            rule.tells for rule in self.rules if rule.covers(kind, severity) and above < rule.percent <= up_to
        )


def terms_of(level_ids: Iterable[int]) -> dict[int, LevelTerms]:
    """The terms of these levels, in one query."""
    ids = list(level_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_LEVELS, [ids])
        return {row[0]: _terms(row) for row in cursor.fetchall()}


def _terms(row: tuple[Any, ...]) -> LevelTerms:
    id_, name, hours_id, grace, warn_at, pauses, targets, rules = row
    return LevelTerms(
        id=id_,
        name=name,
        hours_id=hours_id,
        grace_minutes=grace,
        pauses_for_third_party=pauses,
        warn_at=parse_percents(warn_at),
        targets={
            (severity, kind): Promised(minutes, real) for severity, kind, minutes, real in _read(targets)
        },
        rules=tuple(Rule(*rule) for rule in _read(rules)),
    )


def _read(value: Any) -> list[Any]:
    """A list that the database aggregated; the driver may have read it already."""
    found: list[Any] = json.loads(value) if isinstance(value, str) else value
    return found
