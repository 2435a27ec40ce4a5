"""Writing what a level promises, and who is told when it is at risk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from contracts.models import Escalation, ServiceLevel, Target
from contracts.rules.targets import short_minutes


@dataclass(frozen=True)
class Promise:
    """One target to be: severity 1 (critical) to 4 (low), a `Target.Kind`, how long and by which clock."""

    severity: int
    kind: str
    minutes: int
    is_real_time: bool = False


def promises_of(level: ServiceLevel) -> set[Promise]:
    """What a level promises as it stands; nothing for one that is not saved yet."""
    if level._state.adding:
        return set()
    return {
        Promise(one.severity, one.kind, one.minutes, one.is_real_time)
        for one in Target.objects.filter(level=level)
    }


def replace_targets(*, level: ServiceLevel, promises: Sequence[Promise]) -> bool:
    """The level promises this and nothing else; whether anything changed. For `agreements.save_level`.

    Error: ValidationError for minutes or a severity out of bounds, or two promises of a kind.
    """
    before = promises_of(level)
    if before == set(promises):
        return False
    Target.objects.filter(level=level).delete()
    for one in promises:
        row = Target(
            level=level,
            severity=one.severity,
            kind=one.kind,
            minutes=one.minutes,
            is_real_time=one.is_real_time,
        )
        row.full_clean()
        row.save()
    return True


def as_details(level: ServiceLevel) -> dict[str, str]:
    """What a level promises, for the audit trail: "1 response" → "30 min around the clock"."""
    return {
        f"{one.severity} {one.kind}": short_minutes(one.minutes)
        + (" around the clock" if one.is_real_time else "")
        for one in sorted(promises_of(level), key=lambda one: (one.severity, one.kind))
    }


@transaction.atomic
def save_escalation(*, escalation: Escalation, by: User | None, at: datetime | None = None) -> Escalation:
    """Create or change a rule of who is told. It counts for what comes due from now on.

    Error: ValidationError.
    """
    is_new = escalation.pk is None
    escalation.full_clean()
    escalation.save()
    verb = "escalation.created" if is_new else "escalation.changed"
    auditing.record(by=by, verb=verb, what=escalation, at=at or timezone.now())
    return escalation


@transaction.atomic
def delete_escalation(*, escalation: Escalation, by: User | None, at: datetime | None = None) -> None:
    """Remove a rule; nobody is told by it any more."""
    auditing.record(by=by, verb="escalation.deleted", what=escalation, at=at or timezone.now())
    escalation.delete()
