"""Announcing the moments at which a standing changes, and marking them as applied."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from contracts.models import StandingChange
from contracts.queries import agreement_facts, company_zone
from contracts.rules.standing import boundaries_after
from customers.models import Customer
from lib.waking import wake


def lock_customers(customer_ids: Iterable[int]) -> None:
    """Lock customers in pk order.

    A standing and the tickets ranked by it meet on this lock: whoever writes agreements, ranks a ticket
    by a standing or applies a change holds it, so that no ticket slips between a change and its sweep.
    """
    ids = list(customer_ids)
    list(Customer.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def announce(*, customer_ids: Iterable[int], at: datetime) -> None:
    """Write the pending changes of customers whose agreements were just changed (inside that transaction)."""
    ids = list(customer_ids)
    facts = agreement_facts(ids)
    zone = company_zone()
    StandingChange.objects.filter(customer_id__in=ids, applied_at__isnull=True, at__gt=at).delete()
    StandingChange.objects.bulk_create(
        (
            StandingChange(customer_id=customer_id, at=moment)
            for customer_id in ids
            for moment in (at, *boundaries_after(facts[customer_id], at, zone))
        ),
        ignore_conflicts=True,
    )
    wake("tickets.apply_standing_changes")


def mark_applied(*, customer_id: int, at: datetime) -> None:
    """Mark what was due for a customer as applied (inside the transaction that re-ranked)."""
    pending = StandingChange.objects.filter(customer_id=customer_id, applied_at__isnull=True, at__lte=at)
    pending.update(applied_at=at)


@transaction.atomic
def set_aside(*, customer_id: int, at: datetime, error: Exception) -> None:
    """Keep what is due for a customer and cannot be applied from being tried again and again.

    The audit trail says so. The customer's next change applies it too, and so does a repair of the queue.
    """
    StandingChange.objects.due(at).filter(customer_id=customer_id).update(set_aside_at=at)
    auditing.record(
        by=None,
        verb="standing_change.set_aside",
        what=Customer.objects.get(pk=customer_id),
        at=at,
        details={"error": type(error).__name__},
    )
