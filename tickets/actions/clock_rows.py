"""Writing clocks and pauses, however many, in a few statements."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Greatest

from tickets.actions.clockwork import Clockwork
from tickets.models import Clock, ClockPause

BATCH = 2_000

# Columns that change in the life of a clock, with their types.
_COLUMNS = {
    "state": "text",
    "level_id": "bigint",
    "severity": "int",
    "minutes": "int",
    "grace_minutes": "int",
    "is_real_time": "boolean",
    "pauses_for_third_party": "boolean",
    "hours_id": "bigint",
    "due_at": "timestamptz",
    "next_at": "timestamptz",
    "told_percent": "int",
    "stopped_at": "timestamptz",
    "breached_at": "timestamptz",
    "changes": "jsonb",
}
_UPDATE = f"""
    UPDATE tickets_clock c SET {", ".join(f"{name} = n.{name}" for name in _COLUMNS)}
    FROM unnest(%s::bigint[], {", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())})
         AS n(id, {", ".join(_COLUMNS)})
    WHERE c.id = n.id
"""  # noqa: S608 (made of constants)


def write(work: Clockwork) -> None:
    """Write what a clockwork has worked out."""
    ClockPause.objects.bulk_create(work.new_pauses, batch_size=BATCH)
    ended = [pause for pause in work.ended_pauses if pause.pk is not None]
    if ended:
        rows = ClockPause.objects.filter(pk__in=[pause.pk for pause in ended])
        rows.update(ends_at=Greatest(F("starts_at"), Value(work.at)))
    Clock.objects.bulk_create(work.new_clocks, batch_size=BATCH)
    update(list(work.changed.values()))


def update(clocks: Sequence[Clock]) -> None:
    """Write clocks that changed, in one statement."""
    if not clocks:
        return
    columns = [[_value(clock, name) for clock in clocks] for name in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [[clock.pk for clock in clocks], *columns])


def _value(clock: Clock, name: str) -> Any:
    value = getattr(clock, name)
    return json.dumps(value) if name == "changes" else value
