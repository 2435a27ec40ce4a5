"""The steps of a ticket's work: adding, ticking, ordering and removing them.

A step of a kind that a gate guards is added and ticked only while that gate is open. One that stands there
already stays: it says what is still to be done, and nobody does it meanwhile.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from tickets import access
from tickets.actions import gating, placing
from tickets.actions.placing import Held
from tickets.actions.refusals import ChecklistFull, TextNeeded
from tickets.models import ChecklistItem, Ticket

MOST = 100
LONGEST = 250


@transaction.atomic
def add(*, ticket: Ticket, text: str, work_kind: str, by: User, at: datetime | None = None) -> ChecklistItem:
    """Add a step at the end. Errors: Denied, TextNeeded, ChecklistFull, GateClosed."""
    access.require(allowed=access.may_work(by, ticket))
    if not text.strip():
        raise TextNeeded
    gating.require_kind(ticket, work_kind, at=at)
    held = _hold(ticket, by, at)
    items = ChecklistItem.objects.filter(ticket=held.ticket)
    if items.count() >= MOST:
        raise ChecklistFull
    last = items.aggregate(last=Max("place"))["last"]
    item = ChecklistItem.objects.create(
        ticket=held.ticket,
        text=text.strip()[:LONGEST],
        work_kind=work_kind,
        place=0 if last is None else last + 1,
        created_by=by,
        created_at=held.at,
    )
    _tell(held, "step_added", item, by)
    return item


@transaction.atomic
def tick(*, item: ChecklistItem, is_done: bool, by: User, at: datetime | None = None) -> ChecklistItem:
    """Say that a step is done, or that it is not after all. Twice is once. Errors: Denied, GateClosed."""
    access.require(allowed=access.may_work(by, item.ticket))
    if is_done and item.done_at is None:
        gating.require_kind(item.ticket, item.work_kind, at=at)
    held = _hold(item.ticket, by, at)
    item = ChecklistItem.objects.get(pk=item.pk)
    if (item.done_at is not None) is is_done:
        return item
    item.done_at, item.done_by = (held.at, by) if is_done else (None, None)
    item.save(update_fields=["done_at", "done_by"])
    _tell(held, "step_done" if is_done else "step_undone", item, by)
    return item


@transaction.atomic
def move(*, item: ChecklistItem, is_up: bool, by: User, at: datetime | None = None) -> None:
    """Move a step by one place; the first stays first. Error: Denied."""
    held = _hold(item.ticket, by, at)
    items = list(ChecklistItem.objects.filter(ticket=held.ticket).order_by("place", "id"))
    here = next(index for index, one in enumerate(items) if one.pk == item.pk)
    there = here - 1 if is_up else here + 1
    if not 0 <= there < len(items):
        return
    items[here], items[there] = items[there], items[here]
    for place, one in enumerate(items):
        one.place = place
    ChecklistItem.objects.bulk_update(items, ["place"])
    placing.settle_note(held)


@transaction.atomic
def remove(*, item: ChecklistItem, by: User, at: datetime | None = None) -> None:
    """Take a step away; the history keeps that it was there. Twice is once. Error: Denied."""
    held = _hold(item.ticket, by, at)
    deleted, _by_model = ChecklistItem.objects.filter(pk=item.pk, ticket=held.ticket).delete()
    if deleted:
        _tell(held, "step_removed", item, by)


def _hold(ticket: Ticket, by: User, at: datetime | None) -> Held:
    """Error: Denied."""
    held = placing.hold(ticket, at=at)
    access.require(allowed=access.may_work(by, held.ticket))
    return held


def _tell(held: Held, kind: str, item: ChecklistItem, by: User) -> None:
    placing.record(held.ticket, kind, by=by, at=held.at, step=item.text)
    held.ticket.touched_at = held.at
    placing.settle_note(held)
