"""Whether an agent may be rung: free, paused with a reason, or not at the phone.

It changes many times a day, so the audit trail hears only of a call that was declared over.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from calls.actions import announcing, ending
from calls.models import AgentPhone, Call

Presence = AgentPhone.Presence
LONGEST_REASON = 80


class NoPhone(Exception):
    """This person has no phone."""


class StillTalks(Exception):
    """The telephone system says that they talk; whoever knows better confirms it."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self.call = call


@transaction.atomic
def set_presence(*, presence: str, by: User, reason: str = "", at: datetime | None = None) -> AgentPhone:
    """Set one's own phone to on, paused or off; `reason`: why it is paused, a code or words of one's own.

    A call that rings or is talked on goes on. Error: NoPhone.
    """
    phone = _own_phone(by)
    phone.presence = Presence(presence)
    phone.presence_reason = reason.strip()[:LONGEST_REASON] if presence == Presence.PAUSED else ""
    phone.presence_since = at or timezone.now()
    phone.save(update_fields=["presence", "presence_reason", "presence_since"])
    announcing.changed(phone.pk)
    return phone


def say_free(*, by: User, is_confirmed: bool = False, at: datetime | None = None) -> AgentPhone:
    """Be free for calls from now on: time for notes is over, and a call that still claims the phone, too.

    Errors: NoPhone; StillTalks where a call counts as answered and that it is over was not confirmed.
    """
    at = at or timezone.now()
    claimed = _claimed_by(by)
    if claimed is not None and claimed.state == Call.State.CONNECTED and not is_confirmed:
        raise StillTalks(claimed)
    if claimed is not None:
        _let_go(claimed, by, at)
    return _become_free(by, at)


def _claimed_by(by: User) -> Call | None:
    phone = AgentPhone.objects.filter(user=by).select_related("claimed_call").first()
    if phone is None:
        raise NoPhone
    return phone.claimed_call


@transaction.atomic
def _let_go(call: Call, by: User, at: datetime) -> None:
    """End a call of which its agent says that it is over. One that still rings looks for another phone."""
    locked = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if locked.state == Call.State.CONNECTED and ending.end(call=locked, at=at, cause="said_free"):
        auditing.record(by=by, verb="call.said_over", what=locked, at=at)


@transaction.atomic
def _become_free(by: User, at: datetime) -> AgentPhone:
    phone = _own_phone(by)
    is_stale = phone.claimed_call is not None and (
        phone.claimed_call.state == Call.State.ENDED or (phone.claim_until or at) < at
    )
    if is_stale:
        phone.claimed_call = phone.claim_until = None
    phone.presence, phone.presence_reason, phone.presence_since = Presence.ON, "", at
    phone.freed_at, phone.wrap_up_until = at, None
    phone.save(
        update_fields=[
            *("claimed_call", "claim_until", "presence", "presence_reason", "presence_since"),
            *("freed_at", "wrap_up_until"),
        ]
    )
    announcing.changed(phone.pk)
    return phone


def _own_phone(by: User) -> AgentPhone:
    """The phone's row, locked. Error: NoPhone."""
    rows = AgentPhone.objects.select_for_update(of=("self",)).select_related("claimed_call")
    phone = rows.filter(user=by).first()
    if phone is None:
        raise NoPhone
    return phone
