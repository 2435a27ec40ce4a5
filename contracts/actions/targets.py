"""Writing what a level promises, and who is told when it is at risk."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from contracts.actions import terms
from contracts.models import Escalation, ServiceLevel, Target
from contracts.queries.promised import promises_of
from contracts.rules.targets import Promise, short_minutes


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
    terms.hold_terms()
    at = at or timezone.now()
    is_new = escalation.pk is None
    former = None if is_new else Escalation.objects.get(pk=escalation.pk).level_id
    escalation.full_clean()
    escalation.save()
    verb = "escalation.created" if is_new else "escalation.changed"
    auditing.record(by=by, verb=verb, what=escalation, at=at)
    _announce({escalation.level_id, escalation.level_id if is_new else former}, by, at)
    return escalation


@transaction.atomic
def delete_escalation(*, escalation: Escalation, by: User | None, at: datetime | None = None) -> None:
    """Remove a rule; nobody is told by it any more."""
    terms.hold_terms()
    at = at or timezone.now()
    auditing.record(by=by, verb="escalation.deleted", what=escalation, at=at)
    _announce({escalation.level_id}, by, at)
    escalation.delete()


def _announce(level_ids: Collection[int | None], by: User | None, at: datetime) -> None:
    """Running clocks have to know when they are looked at next; None stands for every level."""
    levels = ServiceLevel.objects.filter(targets__isnull=False).distinct()
    named = [pk for pk in level_ids if pk is not None]
    for level in levels if None in level_ids else levels.filter(pk__in=named):
        terms.announce_terms_changed(level=level, by=by, at=at)
