"""Writing what levels and agreements include: services, and allowances of minutes or cases."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import auditing
from accounts.models import User
from contracts.models import Allowance, Service, ServiceLevel
from contracts.queries.services import default_services, is_used
from lib.locking import Lock, lock_exclusive
from lib.waking import wake


@transaction.atomic
def save_service(*, service: Service, by: User | None, at: datetime | None = None) -> Service:
    """Create or change a service. Its code is fixed once something names it. Error: ValidationError."""
    lock_exclusive(Lock.CONTRACTS)
    is_new = service.pk is None
    before = None if is_new else Service.objects.get(pk=service.pk)
    if before is not None and before.code != service.code and is_used(before):
        raise ValidationError({"code": _("This code is in use and stays as it is.")})
    service.full_clean()
    service.save()
    verb = "service.created" if is_new else "service.changed"
    auditing.record(by=by, verb=verb, what=service, at=at)
    return service


def include(
    *, level: ServiceLevel, services: Collection[Service] | None, is_new: bool
) -> dict[str, list[str]]:
    """Include these services and no others (inside the transaction that saves the level).

    None leaves what is there; a new level then includes the usual ones. Returns: what the audit trail notes.
    """
    if services is None and not is_new:
        return {}
    wanted = default_services() if services is None else services
    before = set(level.services.values_list("pk", flat=True))
    if before == {service.pk for service in wanted}:
        return {}
    level.services.set(wanted)
    return {"services": sorted(service.code for service in wanted)}


@transaction.atomic
def save_allowance(*, allowance: Allowance, by: User | None, at: datetime | None = None) -> Allowance:
    """Create or change the allowance of a level or an agreement; ledgers follow with lines of their own.

    Error: ValidationError, such as for an agreement that is no service agreement.
    """
    lock_exclusive(Lock.CONTRACTS)
    is_new = allowance.pk is None
    allowance.full_clean()
    allowance.save()
    verb = "allowance.created" if is_new else "allowance.changed"
    details = {"allowance": str(allowance)}
    auditing.record(by=by, verb=verb, what=allowance, at=at or timezone.now(), details=details)
    wake("contracts.open_periods")
    return allowance


@transaction.atomic
def delete_allowance(*, allowance: Allowance, by: User | None, at: datetime | None = None) -> None:
    """Include nothing any more: what is left expires, what was used stays in the ledger."""
    lock_exclusive(Lock.CONTRACTS)
    auditing.record(by=by, verb="allowance.deleted", what=allowance, at=at)
    allowance.delete()
    wake("contracts.open_periods")
