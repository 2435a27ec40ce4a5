"""Following the gates: releasing, holding again, deleting, and tidying up what a crash has left."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from contracts.actions.standing_changes import lock_customers
from contracts.models import GateChange
from contracts.rules.gates import Capability
from tickets.actions import releasing, sealing
from tickets.actions.gating import GateClosed
from tickets.actions.rowwise import each
from tickets.models import HeldFile, Ticket
from tickets.models.held_files import FOLDER, HeldFileQuerySet
from tickets.models.messages import storage_name
from tickets.queries.gates import gates_of_many

BATCH = 200
UNDER_WAY = timedelta(hours=1)
"""A file that no row names may belong to a message that is just being written."""
LATELY = timedelta(days=2)


def sweep_gates(at: datetime | None = None) -> int:
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


def follow_gates(at: datetime | None = None) -> int:
    """Release and hold again whatever is not as its gate says, announced or not. Returns how many."""
    return _follow(HeldFile.objects.filter(deleted_at__isnull=True), at or timezone.now())


def purge(at: datetime | None = None) -> int:
    """Delete what was held until its deadline. Returns how many."""
    at = at or timezone.now()
    due = HeldFile.objects.held().filter(delete_at__lte=at).order_by("pk").values_list("pk", flat=True)
    return each(
        list(due), lambda pk: releasing.delete_due(held=HeldFile(pk=pk), at=at), work="held_files_due"
    )


def tidy(at: datetime | None = None) -> int:
    """Delete files that a crash has left: encrypted ones that no row names, open ones of what is held.

    Returns how many.
    """
    at = at or timezone.now()
    lost = [path for path in _stored() if _is_old(path, at)]
    named = set(HeldFile.objects.filter(file__in=lost).values_list("file", flat=True))
    closed = HeldFile.objects.filter(attachment__isnull=True).exclude(deleted_at__lt=at - LATELY)
    left = [
        path for key in closed.values_list("key", flat=True) if default_storage.exists(path := _open(key))
    ]
    gone = [*(path for path in lost if path not in named), *left]
    sealing.throw_away(gone)
    return len(gone)


def _apply(customer_id: int, at: datetime) -> int:
    """Follow one customer's gates. What fails now is left to the next `follow_gates`."""
    _follow(HeldFile.objects.filter(customer=customer_id, deleted_at__isnull=True), at)
    with transaction.atomic():
        lock_customers([customer_id])
        pending = GateChange.objects.filter(customer=customer_id, applied_at__isnull=True, at__lte=at)
        pending.update(applied_at=at)
    return 1


def _follow(rows: HeldFileQuerySet, at: datetime) -> int:
    held, let_through = _by_ticket(rows.filter(released_at__isnull=True)), _by_ticket(rows.let_through())
    tickets = list(Ticket.objects.filter(pk__in={*held, *let_through}))
    gates = gates_of_many(tickets, at)
    is_open = {one.pk: gates[one.pk][Capability.LOG_ANALYSIS].is_open for one in tickets}
    to_release = [pk for ticket, files in held.items() if is_open[ticket] for pk in files]
    to_hold = [pk for ticket, files in let_through.items() if not is_open[ticket] for pk in files]
    return each(to_release, lambda pk: _release(pk, at), work="held_files") + each(
        to_hold,
        lambda pk: int(releasing.hold_again(held=HeldFile(pk=pk), at=at).is_held),
        work="released_files",
    )


def _by_ticket(rows: QuerySet[HeldFile]) -> dict[int, list[int]]:
    """Files by ticket."""
    files: dict[int, list[int]] = defaultdict(list)
    for ticket_id, pk in rows.order_by("pk").values_list("ticket_id", "pk"):
        files[ticket_id].append(pk)
    return files


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


def _is_old(path: str, at: datetime) -> bool:
    return default_storage.get_modified_time(path) < at - UNDER_WAY


def _open(key: str) -> str:
    """Where the open file of this key would lie."""
    return storage_name(HeldFile(key=key), "")  # type: ignore[arg-type]  # it asks for the key alone
