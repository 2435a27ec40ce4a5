"""Legal holds: somebody's data must be kept for now, whatever else is asked for."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from customers.models import Contact
from lib.waking import wake
from privacy.access import may_keep_data
from privacy.models import LegalHold
from tickets import access


@transaction.atomic
def hold(*, contact: Contact, reason: str, by: User | None, at: datetime | None = None) -> LegalHold:
    """Keep a person's data from erasure and retention. A second hold is the first one. Error: Denied."""
    access.require(allowed=by is None or may_keep_data(by))
    moment = at or timezone.now()
    try:
        with transaction.atomic():
            held = LegalHold.objects.create(
                contact_id=contact.pk, reason=reason.strip(), since_at=moment, set_by=by
            )
    except IntegrityError:
        return LegalHold.objects.get(contact_id=contact.pk, ended_at__isnull=True)
    auditing.record(by=by, verb="legal_hold.set", what=contact, at=moment)
    return held


@transaction.atomic
def release(*, contact: Contact, by: User | None, at: datetime | None = None) -> bool:
    """End a person's hold; an erasure that waited goes on. Returns whether there was one. Error: Denied."""
    access.require(allowed=by is None or may_keep_data(by))
    moment = at or timezone.now()
    ended = LegalHold.objects.filter(contact_id=contact.pk, ended_at__isnull=True).update(ended_at=moment)
    if ended:
        auditing.record(by=by, verb="legal_hold.ended", what=contact, at=moment)
        wake("privacy.work_on")
    return bool(ended)
