"""After the end of an agreement: what the customer chose for its data, and what we did (Art. 28 (3) g)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from contracts.actions import processing_steps as steps
from contracts.actions.processing_refusals import DataReturnUnfit, DayPast, NotFromHere, NotYours
from contracts.models import DataReturn, ProcessingAgreement
from contracts.queries.data_returns import is_over
from contracts.queries.renewals import today_at
from contracts.rules.data_returns import is_done
from contracts.rules.dpa_lifecycle import Actor
from customers.access import contact_of
from lib.reasons import reason

COLUMNS = ("choice", "wish_on", "chosen_by_name", "returned_on", "deleted_on", "kept")


@transaction.atomic
def choose(
    *,
    dpa: ProcessingAgreement,
    choice: str,
    wish_on: date | None,
    by: User,
    chosen_by_name: str = "",
    at: datetime | None = None,
) -> DataReturn:
    """Note what is to become of the data: a company admin's word, or what the desk was told by a person.

    It can be changed until all is done. Errors: NotYours, NotFromHere, DataReturnUnfit, DayPast.
    """
    now = at or timezone.now()
    actor, row = _entered(dpa, by, now)
    if row.settled_at is not None:
        raise DataReturnUnfit(reason("dpa_not.data_settled"))
    if choice not in DataReturn.Choice.values:
        raise DataReturnUnfit(reason("dpa_not.choice_missing"))
    if wish_on is not None and wish_on < today_at(now):
        raise DayPast(reason("dpa_not.day_past", last_day_on=wish_on))
    contact = contact_of(by) if actor is Actor.CUSTOMER else None
    name = contact.name if contact else chosen_by_name.strip()
    if not name:
        raise DataReturnUnfit(reason("dpa_not.chooser_missing"))
    was = _facts(row)
    if (row.choice, row.wish_on, row.chosen_by_name) == (choice, wish_on, name):
        return row
    row.choice, row.wish_on = choice, wish_on
    row.chosen_at, row.chosen_by, row.chosen_by_name = now, contact, name
    row.save()
    said = {"choice": choice, "wish_on": wish_on and wish_on.isoformat()}
    _note(row, "data_chosen", was, said, by=by, at=now)
    return row


@transaction.atomic
def note_done(
    *,
    dpa: ProcessingAgreement,
    returned_on: date | None,
    deleted_on: date | None,
    kept: str,
    by: User,
    at: datetime | None = None,
) -> DataReturn:
    """Note what was done, in whole or in part; the customer reads it. It can be corrected later.

    Errors: NotYours, NotFromHere; DataReturnUnfit where nothing was done, or only on a day to come.
    """
    now = at or timezone.now()
    actor, row = _entered(dpa, by, now)
    if actor is not Actor.FIRM:
        raise NotYours(reason("dpa_not.yours"))
    ahead = max((day for day in (returned_on, deleted_on) if day), default=today_at(now))
    if ahead > today_at(now):
        raise DataReturnUnfit(reason("dpa_not.day_ahead", day_on=ahead))
    kept = kept.strip()
    if not (returned_on or deleted_on or kept):
        raise DataReturnUnfit(reason("dpa_not.nothing_done"))
    was = _facts(row)
    if (row.returned_on, row.deleted_on, row.kept) == (returned_on, deleted_on, kept):
        return row
    row.returned_on, row.deleted_on, row.kept = returned_on, deleted_on, kept
    row.noted_at, row.noted_by = now, by
    whole = is_done(row.choice, returned=bool(returned_on), deleted=bool(deleted_on), kept=bool(kept))
    row.settled_at = now if whole else None
    row.save()
    said = {
        "returned_on": returned_on and returned_on.isoformat(),
        "deleted_on": deleted_on and deleted_on.isoformat(),
    }
    _note(row, "data_settled" if whole else "data_noted", was, said, by=by, at=now)
    return row


def _entered(dpa: ProcessingAgreement, by: User, now: datetime) -> tuple[Actor, DataReturn]:
    """For whom somebody acts, and the row, locked; only once the agreement is over."""
    row = steps.locked(dpa, now)
    actor = steps.acting_as(by, row.customer_id)
    if not is_over(row, now):
        raise NotFromHere(reason("dpa_not.not_over"))
    stored, _is_new = DataReturn.objects.select_for_update(of=("self",)).get_or_create(
        processing_agreement=row
    )
    stored.processing_agreement = row
    return actor, stored


def _facts(row: DataReturn) -> dict[str, str]:
    return {name: str(getattr(row, name) or "") for name in COLUMNS}


def _note(
    row: DataReturn, code: str, was: dict[str, str], said: dict[str, Any], *, by: User, at: datetime
) -> None:
    """A step of the history that never changes; the audit trail has what stood there before, too."""
    now = _facts(row)
    changed = [name for name in COLUMNS if was[name] != now[name]]
    more = {"was": {name: was[name] for name in changed}, "now": {name: now[name] for name in changed}}
    steps.note(row.processing_agreement, code, by=by, at=at, audited=more, **said)
