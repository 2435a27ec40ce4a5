"""The phones of agents: whose, where, and what is dialled."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from calls.actions.refusing import Refused, refuse_if
from calls.models import AgentPhone
from calls.rules.entries import faulty_target
from lib.reasons import reason


@transaction.atomic
def add(*, phone: AgentPhone, by: User | None, at: datetime | None = None) -> AgentPhone:
    """Give an agent a phone; it is rung once its agent says to be there. Error: Refused."""
    _check(phone)
    phone.presence, phone.device = AgentPhone.Presence.OFF, AgentPhone.Device.UNKNOWN
    phone.save(force_insert=True)
    auditing.record(by=by, verb="agent_phone.added", what=phone, at=at, details=_own(phone))
    return phone


@transaction.atomic
def change(*, phone: AgentPhone, by: User | None, at: datetime | None = None) -> AgentPhone:
    """Change what is dialled, and where. Error: Refused, also while it has a call."""
    at = at or timezone.now()
    _check(phone)
    kept = _locked(phone)
    was, now = _own(kept), _own(phone)
    if was == now:
        return phone
    _refuse_a_call(kept, at)
    phone.device = AgentPhone.Device.UNKNOWN  # nobody has asked the new one yet
    phone.save(update_fields=["system", "dial_target", "device"])
    auditing.record(by=by, verb="agent_phone.changed", what=phone, at=at, details={"was": was, **now})
    return phone


@transaction.atomic
def remove(*, phone: AgentPhone, by: User | None, at: datetime | None = None) -> None:
    """Take the phone away; its calls stay. Error: Refused while it has one."""
    at = at or timezone.now()
    _refuse_a_call(_locked(phone), at)
    auditing.record(by=by, verb="agent_phone.removed", what=phone, at=at, details=_own(phone))
    phone.delete()


def _check(phone: AgentPhone) -> None:
    """Error: Refused for who works no tickets, and for what the dialplan would not dial."""
    is_theirs = phone.user.is_agent and phone.user.is_active
    refuse_if(
        None if is_theirs else reason("refused.not_an_agent"),
        *faulty_target(phone.dial_target, kind=phone.system.kind),
    )


def _refuse_a_call(phone: AgentPhone, at: datetime) -> None:
    if phone.claimed_call_id and phone.claim_until and phone.claim_until >= at:
        raise Refused(reason("refused.has_a_call"))


def _locked(phone: AgentPhone) -> AgentPhone:
    return AgentPhone.objects.select_for_update(of=("self",)).get(pk=phone.pk)


def _own(phone: AgentPhone) -> dict[str, object]:
    return {"user": phone.user_id, "system": phone.system_id, "dial_target": phone.dial_target}
