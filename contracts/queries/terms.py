"""Which changes of hours and levels the deadlines have still to follow."""

from contracts.models import ServiceHours, ServiceLevel, TermsChange


def waiting_change(
    *, hours: ServiceHours | None = None, level: ServiceLevel | None = None
) -> TermsChange | None:
    """The oldest change of these hours, or of this level, that is not applied yet."""
    return TermsChange.objects.filter(hours=hours, level=level, applied_at__isnull=True).first()
