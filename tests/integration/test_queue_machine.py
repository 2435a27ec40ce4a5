"""Whatever happens, every door agrees with the naive oracle, and index and history with the truth."""

import os

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from tests.doors import DOORS, WEB_DOORS, WITHOUT_BAND, Row, oracle_rows
from tests.queue_machine import QueueMachine
from tickets.models import Ticket
from tickets.queries.verification import verify

IS_FUZZ = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
SETTINGS = settings(
    max_examples=400 if IS_FUZZ else 30,
    stateful_step_count=50 if IS_FUZZ else 20,
    deadline=None,
    derandomize=not IS_FUZZ,
    database=None,
    print_blob=True,
    # Shrinking takes minutes, which a red build need not; `make fuzz` finds the smallest example.
    phases=tuple(Phase) if IS_FUZZ else (Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


class AgreeingMachine(QueueMachine):
    """After each step everybody who is asked says the same."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0

    @invariant()
    def everybody_agrees(self) -> None:
        self.settle()
        self.steps += 1
        expected = oracle_rows(self.world)
        for name, door in {**DOORS, **({} if self.steps % 8 else WEB_DOORS)}.items():
            assert sorted(door()) == _as_told(expected, name), name

    @invariant()
    def nothing_is_lost(self) -> None:
        rows = Ticket.objects.values_list("number", "status", "severity", "assignee__username", "arrived_at")
        assert sorted(rows, key=str) == sorted(
            (
                (case.number, case.status, case.severity, case.holder and case.holder.name, case.arrived_at)
                for case in self.world.cases.values()
            ),
            key=str,
        )

    @invariant()
    def verification_is_clean(self) -> None:
        report = verify(timezone.now())
        assert report.is_clean, report.as_json()
        assert report.tickets == sum(case.is_waiting for case in self.world.cases.values())


def _as_told(rows: list[Row], door: str) -> list[Row]:
    """Some doors do not tell the band."""
    return [row._replace(band=None) for row in rows] if door in WITHOUT_BAND else rows


@pytest.mark.django_db(transaction=True)
def test_every_door_agrees_with_the_oracle_after_every_step() -> None:
    run_state_machine_as_test(AgreeingMachine, settings=SETTINGS)
