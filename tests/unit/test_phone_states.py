"""What a phone is doing at a moment: the first of its states that holds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calls.rules.phone_states import PhoneFact, phone_now

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FREE = PhoneFact(is_on_duty=True, presence="on", is_reachable=True)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("changed", "state", "since", "until"),
    [
        ({}, "free", None, None),
        ({"claimed_since": at(-9), "is_talking": True, "is_on_duty": False}, "talks", at(-9), None),
        ({"claimed_since": at(-9), "presence": "paused"}, "rings", at(-9), None),
        ({"is_on_duty": False, "presence": "off"}, "off_duty", None, None),
        ({"presence": "off", "presence_since": at(-5)}, "off", at(-5), None),
        ({"presence": "paused", "presence_since": at(-5), "is_reachable": False}, "paused", at(-5), None),
        ({"is_reachable": False, "wrap_up_until": at(5)}, "unreachable", None, None),
        ({"freed_at": at(-5), "wrap_up_until": at(25)}, "notes", at(-5), at(25)),
        ({"freed_at": at(-30), "wrap_up_until": at(0)}, "held", at(0), at(10)),
        ({"freed_at": at(-9)}, "held", at(-9), at(1)),
        ({"freed_at": at(-10), "presence_since": at(-60)}, "free", at(-10), None),
        ({"freed_at": at(-90), "presence_since": at(-60)}, "free", at(-60), None),
    ],
)
def test_a_phone_is_what_holds_first(
    changed: dict[str, Any], state: str, since: datetime | None, until: datetime | None
) -> None:
    found = phone_now(replace(FREE, **changed), NOW, contract_hold=10)
    assert (found.state, found.since, found.until) == (state, since, until)
    assert found.is_free is (state in {"free", "held"})
