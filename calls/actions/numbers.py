"""The numbers that customers dial: added, given to an agreement, released, woken, deleted.

Nothing has to be done when an agreement starts, is suspended, renewed or ends: see
`calls.rules.numbers_life`. A number that was in service rests when it is released, so that nobody who still
dials it reaches somebody else's line.
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from calls.actions.refusing import Refused, refuse_if
from calls.models import ServiceNumber
from calls.queries.numbers import life_of, normal, rests_until, why_not_to
from calls.rules.entries import faulty_sound_name
from calls.rules.numbers_life import NumberState, state_on, why_not_delete, why_not_release, why_not_wake
from contracts.models import Agreement
from contracts.queries.renewals import today_at
from lib.reasons import reason
from lib.waking import wake

PUSH = "calls.push_numbers"
"""Telephone systems keep the numbers in force for the time in which they cannot ask."""
CHANGEABLE = ("system", "valid_from", "valid_until", "announcement", "note")


@transaction.atomic
def add(*, number: ServiceNumber, by: User | None, at: datetime | None = None) -> ServiceNumber:
    """Enter a number; one with an agreement is given to it at once. Error: Refused."""
    at, agreement = at or timezone.now(), number.agreement
    number.number, why = normal(number.number, number.system)
    refuse_if(why)
    number.agreement, number.quarantine_until, number.created_at = None, None, at
    _check(number)
    try:
        with transaction.atomic():
            number.save(force_insert=True)
    except IntegrityError as error:  # somebody else was quicker
        raise Refused(reason("refused.number_taken")) from error
    auditing.record(
        by=by, verb="service_number.added", what=number, at=at, details={"kind": number.kind, **_own(number)}
    )
    return give(number=number, agreement=agreement, by=by, at=at) if agreement else number


@transaction.atomic
def change(*, number: ServiceNumber, by: User | None, at: datetime | None = None) -> ServiceNumber:
    """Change where it is, from when until when it holds, what is played, the note. Error: Refused."""
    _check(number)
    kept = _own(_locked(number))
    number.save(update_fields=CHANGEABLE)
    changed = {name: [kept[name], value] for name, value in _own(number).items() if kept[name] != value}
    if changed:
        auditing.record(by=by, verb="service_number.changed", what=number, at=at, details=changed)
        wake(PUSH)
    return number


@transaction.atomic
def give(
    *, number: ServiceNumber, agreement: Agreement, by: User | None, at: datetime | None = None
) -> ServiceNumber:
    """Give it to a service agreement and those that renew it. Error: Refused.

    Of a number that goes back before its rest is over, the former customer stays noted: see `rest_after`.
    """
    at = at or timezone.now()
    kept = _locked(number)
    refuse_if(why_not_to(kept, agreement, at))
    rests = state_on(life_of(kept, at), today_at(at)) == NumberState.RESTING
    former = agreement.customer if rests else None
    _set(number, agreement=agreement, former_customer=former, quarantine_until=None)
    details = {"agreement": agreement.pk, "reference": str(agreement), "customer": agreement.customer_id}
    auditing.record(by=by, verb="service_number.given", what=number, at=at, details=details)
    wake(PUSH)
    return number


@transaction.atomic
def release(*, number: ServiceNumber, by: User | None, at: datetime | None = None) -> ServiceNumber:
    """Take it from its agreement. It rests, if it could be dialled by whom it was told. Error: Refused."""
    at = at or timezone.now()
    kept = _locked(number)
    refuse_if(why_not_release(life_of(kept, at)))
    until, former = rests_until(kept, at), kept.agreement
    _set(number, agreement=None, former_customer=former and former.customer, quarantine_until=until)
    details = {"agreement": former and former.pk, "rests_until": until and until.isoformat()}
    auditing.record(by=by, verb="service_number.released", what=number, at=at, details=details)
    wake(PUSH)
    return number


@transaction.atomic
def end_rest(
    *, number: ServiceNumber, reason_why: str, by: User | None, at: datetime | None = None
) -> ServiceNumber:
    """End its rest early: anybody may be given it. Error: Refused, also without a reason."""
    at = at or timezone.now()
    kept = _locked(number)
    refuse_if(why_not_wake(life_of(kept, at), today_at(at)))
    if not reason_why.strip():
        raise Refused(reason("refused.no_reason"))
    rested = kept.quarantine_until and kept.quarantine_until.isoformat()
    _set(number, quarantine_until=None)
    details = {"reason": reason_why.strip(), "rested_until": rested}
    auditing.record(by=by, verb="service_number.woken", what=number, at=at, details=details)
    return number


@transaction.atomic
def delete(*, number: ServiceNumber, by: User | None, at: datetime | None = None) -> None:
    """Delete a number that is free, or the public one; its calls stay. Error: Refused."""
    at = at or timezone.now()
    refuse_if(why_not_delete(life_of(_locked(number), at), today_at(at)))
    auditing.record(by=by, verb="service_number.deleted", what=number, at=at)
    number.delete()


def _locked(number: ServiceNumber) -> ServiceNumber:
    """The row as it is kept, held until the end of the transaction."""
    rows = ServiceNumber.objects.select_for_update(of=("self",)).select_related("agreement__customer")
    return rows.get(pk=number.pk)


def _set(number: ServiceNumber, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(number, name, value)
    number.save(update_fields=list(fields))


def _check(number: ServiceNumber) -> None:
    """Error: Refused for days in the wrong order, or a recording that the dialplan would not play."""
    if number.kind == ServiceNumber.Kind.PUBLIC:
        number.valid_from = number.valid_until = None  # it is for everybody, always
    is_in_order = not (number.valid_from and number.valid_until and number.valid_until < number.valid_from)
    refuse_if(None if is_in_order else reason("refused.days_order"), *faulty_sound_name(number.announcement))


def _own(number: ServiceNumber) -> dict[str, Any]:
    """What of it can be changed, as the audit trail keeps it."""
    return {
        "system": number.system_id,
        "valid_from": number.valid_from and number.valid_from.isoformat(),
        "valid_until": number.valid_until and number.valid_until.isoformat(),
        "announcement": number.announcement,
        "note": number.note,
    }
