"""What levels promise in tests: targets, escalations, hours."""

from contracts.models import Escalation, ServiceHours, ServiceLevel, Target
from contracts.queries.calendars import memory


def make_targets(
    level: ServiceLevel,
    *,
    is_real_time: bool = False,
    severities: tuple[int, ...] = (1, 2, 3, 4),
    **minutes: int,
) -> None:
    """Targets of a level, the same for each severity: `response=120, resolution=480`."""
    Target.objects.bulk_create(
        Target(level=level, severity=severity, kind=kind, minutes=length, is_real_time=is_real_time)
        for severity in severities
        for kind, length in minutes.items()
    )


def make_hours(weekly: str = "Mon-Fri 08:00-17:00", **fields: object) -> ServiceHours:
    """Service hours without holidays, those of the company."""
    ServiceHours.objects.filter(is_default=True).update(is_default=False)
    memory.forget()
    return ServiceHours.objects.create(
        name=f"Hours {ServiceHours.objects.count()}",
        weekly=weekly,
        **{"is_default": True, "time_zone": "Europe/Berlin", "country": "", "region": "", **fields},
    )


def make_escalation(percent: int, tells: str, **fields: object) -> Escalation:
    """Who is told at a share of every target."""
    return Escalation.objects.create(at_percent=percent, tells=tells, **fields)
