"""Which service of the firm a kind of work is."""

from contracts.models import Service
from tickets.models import WorkKind

SERVICE_OF_KIND = {
    WorkKind.ADVICE: "phone",
    WorkKind.REMOTE: "remote",
    WorkKind.LOG_ANALYSIS: "remote",
    WorkKind.INSTALLATION: "installation",
    WorkKind.MONITORING: "monitoring",
    WorkKind.ON_SITE: "on-site",
    WorkKind.TRAVEL: "travel",
}
"""Which service a kind of work is, unless somebody says otherwise."""


def service_of_kind(kind: str) -> Service | None:
    """The service that goes with a kind of work; None where this installation has none of that code."""
    return Service.objects.filter(code=SERVICE_OF_KIND[WorkKind(kind)], is_active=True).first()
