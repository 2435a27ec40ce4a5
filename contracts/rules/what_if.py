"""What a change of agreements would do to a standing: now, and from each moment that is to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.rules.standing import AgreementFact, Standing, boundaries_after, standing_at

NOT_YET_FILED = 2**62
"""The id of an agreement that has none yet: of equals the one filed first counts, so it comes last."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of time in which the change puts a customer into another band; `until` None: for good.

    `since` is the moment asked for where the change acts at once.
    """

    since: datetime
    until: datetime | None
    before: Standing
    after: Standing

    @property
    def bands(self) -> tuple[int, int]:
        """The band without the change and with it."""
        return self.before.band, self.after.band


def shifts(
    before: Sequence[AgreementFact], after: Sequence[AgreementFact], at: datetime, zone: ZoneInfo
) -> list[Shift]:
    """Every stretch from `at` on in which both lists of agreements amount to different bands, in order."""
    coming = {*boundaries_after(before, at, zone), *boundaries_after(after, at, zone)}
    found: list[Shift] = []
    running: Shift | None = None
    for moment in (at, *sorted(coming)):
        here = Shift(moment, None, standing_at(before, moment, zone), standing_at(after, moment, zone))
        if running is not None and here.bands == running.bands:
            continue
        if running is not None:
            found.append(Shift(running.since, moment, running.before, running.after))
        running = here if here.before.band != here.after.band else None
    return [*found, running] if running is not None else found
