"""The rules of the phone, and who is on call."""

from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from calls.actions.refusing import refuse_if
from calls.models import CallPolicy, OnCall
from calls.queries.policy import policy_row
from calls.rules.entries import faulty_target
from lib.reasons import reason


@transaction.atomic
def save_policy(*, policy: CallPolicy, by: User | None, at: datetime | None = None) -> CallPolicy:
    """Keep the one row; the next decision goes by it. Error: ValidationError by field, Refused."""
    policy.pk = 1
    policy.clean_fields()
    refuse_if(reason("refused.keep_order") if policy.keep_step_days > policy.keep_days else None)
    was, now = _values(policy_row()), _values(policy)
    policy.save()
    changed = {name: [was[name], value] for name, value in now.items() if was[name] != value}
    auditing.record(by=by, verb="call_policy.changed", what=policy, at=at, details=changed)
    return policy


@transaction.atomic
def save_on_call(*, on_call: OnCall, by: User | None, at: datetime | None = None) -> OnCall:
    """Say where calls of a level ring outside of the service hours. Error: Refused, ValidationError."""
    refuse_if(*faulty_target(on_call.dial_target, kind=""))
    on_call.clean_fields()
    verb = "on_call.added" if on_call._state.adding else "on_call.changed"
    on_call.save()
    details = {"dial_target": on_call.dial_target, "ring_seconds": on_call.ring_seconds}
    auditing.record(by=by, verb=verb, what=on_call, at=at, details=details)
    return on_call


@transaction.atomic
def remove_on_call(*, on_call: OnCall, by: User | None, at: datetime | None = None) -> None:
    """Nobody is on call for the level any more."""
    auditing.record(by=by, verb="on_call.removed", what=on_call, at=at)
    on_call.delete()


def _values(policy: CallPolicy) -> dict[str, int | bool | None]:
    fields = [field.attname for field in policy._meta.concrete_fields if not field.primary_key]
    return {name: getattr(policy, name) for name in fields}
