"""What happens to held files when gates open and close, and when their time is up."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing, kept_answers
from accounts.models import User
from contracts.actions.standing_changes import lock_customers
from lib.waking import wake
from tickets import access
from tickets.actions import placing, sealing
from tickets.actions.gating import GateClosed
from tickets.actions.holding import deadline
from tickets.actions.placing import WAKE_INDEX
from tickets.models import Attachment, HeldFile, LiveChange
from tickets.models.messages import storage_name
from tickets.queries.held import file_gate


class NotHeld(Exception):
    """It was deleted at its deadline: there is nothing left to release."""


@transaction.atomic
def release(*, held: HeldFile, by: User | None, at: datetime | None = None) -> Attachment:
    """File what is held with its message, as its sender meant it. A second time changes nothing.

    Errors: GateClosed, NotHeld, Denied for whoever does not work on the ticket, lib.crypto.Unreadable.
    """
    row = _locked(held)
    at = at or timezone.now()  # after whoever was changing the gate
    access.require(allowed=by is None or access.may_work(by, row.ticket))
    if row.attachment is not None:
        return row.attachment
    if row.deleted_at is not None:
        raise NotHeld
    gate = file_gate(row, at)
    if not gate.is_open:
        raise GateClosed(gate, at)
    path = row.file.name
    name, content = sealing.opened(row)
    attachment = sealing.new_attachment(key=row.key, name=name)
    attachment.message = row.message
    try:
        sealing.store_open(attachment, content)
        attachment.save(force_insert=True)
    except BaseException:
        sealing.throw_away([storage_name(attachment, "")])
        raise
    sealing.forget_later(path)
    row.attachment, row.released_at, row.delete_at = attachment, at, None
    row.sealed, row.file.name = None, ""
    row.save(update_fields=["attachment", "released_at", "delete_at", "sealed", "file"])
    _note(row, "released", by=by, at=at, because=[one.code for one in gate.reasons])
    return attachment


@transaction.atomic
def hold_again(*, held: HeldFile, at: datetime | None = None) -> HeldFile:
    """Take back what was let through, since its gate is closed: nobody reads it, and its deadline runs.

    Nothing where the gate is open, or where it is held or gone already.
    """
    row = _locked(held)
    at = at or timezone.now()
    attachment = row.attachment
    if attachment is None or file_gate(row, at).is_open:
        return row
    path = attachment.file.name
    with attachment.file.open("rb") as content:
        sealing.store_sealed(row, content, name=attachment.name)
    row.attachment, row.released_at = None, None
    row.held_at, row.delete_at = at, deadline(at)
    row.save(update_fields=["attachment", "released_at", "held_at", "delete_at", "sealed", "file"])
    attachment.delete()
    sealing.forget_later(path)
    kept_answers.silence(naming=row.key)  # a repeated request would tell the file's name
    _note(row, "held_again", by=None, at=at)
    return row


@transaction.atomic
def delete_due(*, held: HeldFile, at: datetime) -> int:
    """Delete what was held until its deadline. Returns 1, or 0 where that is done or no longer due."""
    row = _locked(held)
    if not row.is_held or row.delete_at is None or row.delete_at > at:
        return 0
    sealing.destroy(row, at=at)
    _note(row, "deleted", by=None, at=at)
    return 1


def _locked(held: HeldFile) -> HeldFile:
    """Its row, after the customers', on which gates change."""
    whose = HeldFile.objects.filter(pk=held.pk).values_list("customer_id", "ticket__customer_id")
    lock_customers({customer_id for pair in whose for customer_id in pair})
    rows = HeldFile.objects.select_for_update(of=("self",)).select_related("ticket", "message", "attachment")
    row: HeldFile = rows.get(pk=held.pk)
    return row


def _note(row: HeldFile, what: str, *, by: User | None, at: datetime, **details: list[str]) -> None:
    """The audit trail, the ticket's history, and pages that are open."""
    kept = {"ticket": row.ticket.number, "kind": row.kind, **details}
    auditing.record(by=by, verb=f"held_file.{what}", what=row, at=at, details=kept)
    placing.record(row.ticket, f"file_{what}", by=by, at=at)
    LiveChange.objects.create(ticket_id=row.ticket_id, is_internal=row.message.is_internal, created_at=at)
    wake(WAKE_INDEX)
