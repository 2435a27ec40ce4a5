"""Keeping the list of contract numbers on the telephone system: it decides by it while it cannot ask us.

What is there is read and made what it should be, so that a number which is no longer in force goes, and a
list that somebody emptied comes back.
"""

import hashlib
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from calls.gateways import ami
from calls.gateways.ari import Unreachable
from calls.models import PhoneSystem
from calls.queries.telephony import fallback_keys

EVERY = timedelta(hours=1)
"""Without a change it is compared this often."""
IN_FORCE = "1"

log = structlog.get_logger(__name__)


def push(*, at: datetime | None = None) -> int:
    """Send the numbers wherever they have changed, or were not compared for an hour. Returns to how many.

    A failure is kept for admins ("last failure to send numbers"), and tried again the next time.
    """
    at = at or timezone.now()
    systems = PhoneSystem.objects.filter(is_active=True, kind=PhoneSystem.Kind.ASTERISK).order_by("pk")
    return sum(push_to(system=system, at=at) for system in systems if ami.is_known(system))


def push_to(*, system: PhoneSystem, at: datetime) -> bool:
    """Send the numbers to one telephone system if that is due. Returns: whether it has them now."""
    wanted = frozenset(fallback_keys(system, at))
    place = f"{system.ami_host}:{system.ami_port}"  # another one has not got them yet
    digest = hashlib.sha256("\n".join([place, *sorted(wanted)]).encode()).hexdigest()
    is_old = system.numbers_pushed_at is None or at - system.numbers_pushed_at >= EVERY
    if digest == system.numbers_pushed and not is_old:
        return False
    rows = PhoneSystem.objects.filter(pk=system.pk)
    try:
        _make_it(system, wanted)
    except Unreachable as error:
        log.warning("contract_numbers_not_sent", system=system.pk, why=error.why)
        rows.update(numbers_error=error.why)
        return False
    rows.update(numbers_pushed=digest, numbers_pushed_at=at, numbers_error="")
    return True


def _make_it(system: PhoneSystem, wanted: frozenset[str]) -> None:
    """Make the telephone system's list the one that is wanted. Error: Unreachable."""
    with ami.session(system) as database:
        there = database.read(ami.CONTRACT_NUMBERS)
        for number in sorted(there.keys() - wanted):
            database.delete(ami.CONTRACT_NUMBERS, number)
        for number in sorted(wanted):
            if there.get(number) != IN_FORCE:
                database.put(ami.CONTRACT_NUMBERS, number, IN_FORCE)
