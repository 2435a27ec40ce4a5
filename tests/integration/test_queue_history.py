"""Any past queue can be had back as it was, whatever was corrected, renamed or moved since."""

import os
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from tests.doors import queue_command
from tests.queue_machine import QueueMachine
from tickets.models import QueueStay

IS_FUZZ = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
SETTINGS = settings(
    max_examples=200 if IS_FUZZ else 15,
    stateful_step_count=50 if IS_FUZZ else 30,
    deadline=None,
    derandomize=not IS_FUZZ,
    database=None,
    print_blob=True,
    # Shrinking takes minutes, which a red build need not; `make fuzz` finds the smallest example.
    phases=tuple(Phase) if IS_FUZZ else (Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


class RememberingMachine(QueueMachine):
    """Takes a picture of the queue after each step and compares them all at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: dict[datetime, list[dict[str, Any]]] = {}

    @invariant()
    def take_a_picture(self) -> None:
        self.settle()
        self.pictures[timezone.now()] = queue_command()

    def teardown(self) -> None:
        try:
            for moment, picture in self.pictures.items():
                assert queue_command(at=moment.isoformat()) == picture, moment
            for one, following in _stays_of_each_ticket():
                assert one.left_at is not None
                assert one.left_at <= following.entered_at
        finally:
            super().teardown()


def _stays_of_each_ticket() -> list[tuple[QueueStay, QueueStay]]:
    """Each stay with the next one of the same ticket."""
    stays = list(QueueStay.objects.order_by("ticket_id", "id"))
    return [(one, other) for one, other in pairwise(stays) if one.ticket_id == other.ticket_id]


@pytest.mark.django_db(transaction=True)
def test_the_queue_of_any_past_moment_equals_the_picture_taken_then() -> None:
    run_state_machine_as_test(RememberingMachine, settings=SETTINGS)
