"""What leads set at other people's phones: a pause that was forgotten, or one that somebody needs."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from calls.actions import announcing
from calls.models import AgentPhone
from tickets.access import require

BY_LEAD = "by_lead"
"""The reason of a pause that a lead set (worded in calls/rules/wording.py)."""
Presence = AgentPhone.Presence


@transaction.atomic
def set_presence(*, phone_id: int, presence: str, by: User, at: datetime | None = None) -> AgentPhone:
    """Pause somebody's phone, or let it be rung again. A call that rings or is talked on goes on.

    Errors: Denied for whoever is no lead; ValueError for another presence; AgentPhone.DoesNotExist.
    """
    require(allowed=by.is_active and by.is_lead)
    chosen, at = Presence(presence), at or timezone.now()
    if chosen == Presence.OFF:
        raise ValueError(presence)
    phone = AgentPhone.objects.select_for_update(of=("self",)).select_related("user").get(pk=phone_id)
    phone.presence, phone.presence_since = chosen, at
    phone.presence_reason = BY_LEAD if chosen == Presence.PAUSED else ""
    phone.save(update_fields=["presence", "presence_since", "presence_reason"])
    auditing.record(by=by, verb="agent_phone.set", what=phone, at=at, details={"presence": chosen.value})
    announcing.changed(phone.pk)
    return phone
