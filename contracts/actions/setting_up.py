"""The steps of setting up that concern contracts, and the last one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.actions import setting_up as account_steps
from accounts.actions.setting_up import StepMissing
from accounts.models import Company, User
from contracts.actions import agreements, dpa_documents
from contracts.models import ServiceLevel
from lib.locking import Lock, lock_exclusive


@dataclass(frozen=True)
class Tier:
    """A service level to be: its name, and its rank from 1 (served first) to 99."""

    name: str
    rank: int


@transaction.atomic
def choose_levels(
    *, tiers: Sequence[Tier], by: User | None, at: datetime | None = None
) -> list[ServiceLevel]:
    """The fourth step: these service levels and no others.

    Levels of the same name stay the rows they are. Errors: AlreadySetUp, StepMissing, ValidationError;
    ProtectedError where an agreement names a level that would go.
    """
    lock_exclusive(Lock.CONTRACTS)
    account_steps.hold()
    for gone in ServiceLevel.objects.exclude(name__in=[tier.name for tier in tiers]):
        auditing.record(by=by, verb="level.deleted", what=gone, at=at)
        gone.delete()
    kept = {level.name: level for level in ServiceLevel.objects.all()}
    return [_level(kept.get(tier.name) or ServiceLevel(name=tier.name), tier.rank, by, at) for tier in tiers]


def _level(level: ServiceLevel, rank: int, by: User | None, at: datetime | None) -> ServiceLevel:
    if level.pk and level.rank == rank:
        return level
    level.rank = rank
    return agreements.save_level(level=level, by=by, at=at)


@transaction.atomic
def finish(*, by: User | None, at: datetime | None = None) -> Company:
    """The last step: from now on people use this installation. Errors: AlreadySetUp, StepMissing."""
    if not ServiceLevel.objects.exists():
        raise StepMissing
    dpa_documents.ship_document(by=by, at=at)
    return account_steps.finish(by=by, at=at)
