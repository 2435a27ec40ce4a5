"""Following the gates: releasing, holding again, deleting, and tidying up what a crash has left."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contracts.actions.standing_changes import lock_customers
from contracts.models import GateChange, ProcessingAgreement
from contracts.rules.gates import Capability
from tickets.actions import releasing, remote_sessions, sealing
from tickets.actions.gating import GateClosed
from tickets.actions.rowwise import each
from tickets.models import HeldFile
from tickets.models.held_files import FOLDER, HeldFileQuerySet
from tickets.models.messages import storage_name
from tickets.queries.gates import gates_of_many
from tickets.queries.held import file_gate

BATCH = 200
UNDER_WAY = timedelta(hours=1)
"""A file that no row names may belong to a message that is just being written."""
LATELY = timedelta(days=2)


def sweep_gates(*, at: datetime | None = None) -> int:
    """Apply the changes of gates that are due, customer by customer. Returns how many customers."""
    at = at or timezone.now()
    due = GateChange.objects.filter(applied_at__isnull=True, set_aside_at__isnull=True, at__lte=at)
    customers = list(due.order_by("customer_id").values_list("customer_id", flat=True).distinct()[:BATCH])
    return each(
        customers,
        lambda customer_id: _apply(customer_id, at),
        work="gates",
        set_aside=lambda customer_id, _error: _set_aside(customer_id, at),
    )


def follow_gates(*, at: datetime | None = None) -> int:
    """Release and hold again whatever is not as its gate says, announced or not. Returns how many."""
    at = at or timezone.now()
    protected = ProcessingAgreement.objects.in_force_at(at).values("customer")
    is_as_it_should = Q(released_at__isnull=False, customer__in=protected, ticket__customer__in=protected)
    return _follow(HeldFile.objects.filter(deleted_at__isnull=True).exclude(is_as_it_should), at)


def purge(*, at: datetime | None = None) -> int:
    """Delete what was held until its deadline. Returns how many."""
    at = at or timezone.now()
    due = HeldFile.objects.held().filter(delete_at__lte=at).order_by("pk").values_list("pk", flat=True)
    return each(
        list(due), lambda pk: releasing.delete_due(held=HeldFile(pk=pk), at=at), work="held_files_due"
    )


def tidy(*, at: datetime | None = None) -> int:
    """Delete files that a crash has left: encrypted ones that no row names, open ones of what is held.

    Returns how many.
    """
    at = at or timezone.now()
    lost = [path for path in _stored() if _is_old(path, at)]
    named = set(HeldFile.objects.filter(file__in=lost).values_list("file", flat=True))
    closed = HeldFile.objects.filter(attachment__isnull=True).exclude(deleted_at__lt=at - LATELY)
    left = [pk for pk, key in closed.values_list("pk", "key") if default_storage.exists(_open(key))]
    gone = [path for path in lost if path not in named]
    sealing.throw_away(gone)
    return len(gone) + sum(_take_away(pk) for pk in left)


def _apply(customer_id: int, at: datetime) -> int:
    """Follow one customer's gates: files and running sessions. Files that fail wait for `follow_gates`."""
    whose = Q(customer=customer_id) | Q(ticket__customer=customer_id)
    # Those that are known by now: what is announced while files move waits for the next sweep.
    pending = GateChange.objects.filter(customer=customer_id, applied_at__isnull=True, at__lte=at)
    known = list(pending.values_list("pk", flat=True))
    _follow(HeldFile.objects.filter(whose, deleted_at__isnull=True), at)
    with transaction.atomic():
        lock_customers([customer_id])
        remote_sessions.flag(customer_id=customer_id, at=at)
        pending.filter(pk__in=known).update(applied_at=at)
    return 1


def _follow(rows: HeldFileQuerySet, at: datetime) -> int:
    behind = rows.filter(Q(released_at=None) | Q(attachment__isnull=False))
    files = list(behind.select_related("ticket").defer("sealed"))
    gates = gates_of_many(list({one.ticket_id: one.ticket for one in files}.values()), at)

    def is_open(one: HeldFile) -> bool:
        if one.customer_id == one.ticket.customer_id:
            return gates[one.ticket_id][Capability.LOG_ANALYSIS].is_open
        return file_gate(one, at).is_open

    to_release = [one.pk for one in files if one.is_held and is_open(one)]
    to_hold = [one.pk for one in files if not one.is_held and not is_open(one)]
    return each(to_release, lambda pk: _release(pk, at), work="held_files") + each(
        to_hold,
        lambda pk: int(releasing.hold_again(held=HeldFile(pk=pk), at=at).is_held),
        work="released_files",
    )


def _release(pk: int, at: datetime) -> int:
    try:
        releasing.release(held=HeldFile(pk=pk), by=None, at=at)
    except (GateClosed, releasing.NotHeld):
        return 0
    return 1


def _set_aside(customer_id: int, at: datetime) -> None:
    pending = GateChange.objects.filter(customer=customer_id, applied_at__isnull=True, at__lte=at)
    pending.update(set_aside_at=at)


def _stored() -> Iterator[str]:
    """Every encrypted file there is."""
    if not default_storage.exists(FOLDER):
        return
    for folder in default_storage.listdir(FOLDER)[0]:
        for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            yield str(PurePosixPath(FOLDER, folder, name))


@transaction.atomic
def _take_away(pk: int) -> int:
    """Delete an open file beside what is held. Under its lock: a release under way has stored it already."""
    row = HeldFile.objects.select_for_update(of=("self",)).defer("sealed").get(pk=pk)
    if row.attachment_id is not None:
        return 0
    sealing.throw_away([_open(row.key)])
    return 1


def _is_old(path: str, at: datetime) -> bool:
    return default_storage.get_modified_time(path) < at - UNDER_WAY


def _open(key: str) -> str:
    """Where the open file of this key would lie."""
    return storage_name(HeldFile(key=key), "")  # type: ignore[arg-type]  # it asks for the key alone
