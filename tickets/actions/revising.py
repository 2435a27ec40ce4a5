"""Changing several things of one ticket in one step, and only if it is still as the editor saw it."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Team, User
from contracts.actions.standing_changes import lock_customers
from customers.models import Contact, Customer
from lib.locking import Lock, lock_exclusive, lock_shared
from tickets.actions import assigning, moving, placing, rating, sweeping
from tickets.actions.refusals import Outdated
from tickets.models import Ticket


@dataclass(frozen=True)
class Revision:
    """What shall be otherwise; None leaves a thing as it is. `is_released` takes it out of all hands."""

    subject: str | None = None
    severity: Ticket.Severity | None = None
    customer: Customer | None = None
    contact: Contact | None = None
    team: Team | None = None
    assignee: User | None = None
    is_released: bool = False
    reason: str = ""


def revise(
    *,
    ticket: Ticket,
    revision: Revision,
    by: User,
    versions: AbstractSet[int] | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Apply all of a revision or nothing of it; each part is the action of its own verb, with its refusals.

    `versions`, when given, are those the editor may have seen. Error: Outdated for any other.
    """
    if revision.assignee is not None:
        sweeping.apply_due(at=at)
    with unchanged(ticket, versions, new_customer=revision.customer, at=at) as current:
        revised = current
        for step in _steps(revision, by, at):
            revised = step(revised)
    return revised


@contextmanager
def unchanged(
    ticket: Ticket,
    versions: AbstractSet[int] | None,
    *,
    new_customer: Customer | None = None,
    at: datetime | None = None,
) -> Iterator[Ticket]:
    """Hold a ticket for a larger change, with its customer's standing, if it has one of these versions.

    Yields it as it now is; the change commits with the block. Error: Outdated.
    """
    with transaction.atomic():
        # What a later step locks is locked now, in its order: sharing first would be waiting for each other.
        lock_exclusive(Lock.QUEUE) if new_customer else lock_shared(Lock.QUEUE)
        customer_ids = Ticket.objects.filter(pk=ticket.pk).values_list("customer_id", flat=True)
        lock_customers({*customer_ids, *([new_customer.pk] if new_customer else [])})
        current = placing.hold(ticket, at=at).ticket
        if versions is not None and current.version not in versions:
            raise Outdated
        yield current


def _steps(revision: Revision, by: User, at: datetime | None) -> Iterator[Callable[[Ticket], Ticket]]:
    """The verbs of a revision. The team comes before the agent, who has to belong to it."""
    reason = revision.reason
    if (subject := revision.subject) is not None:
        yield lambda ticket: moving.rename(ticket=ticket, subject=subject, by=by, at=at)
    if (severity := revision.severity) is not None:
        yield lambda ticket: rating.set_severity(
            ticket=ticket, severity=severity, by=by, reason=reason, at=at
        )
    if (customer := revision.customer) is not None:
        contact = revision.contact
        yield lambda ticket: moving.change_customer(
            ticket=ticket, customer=customer, contact=contact, by=by, at=at
        )
    if (team := revision.team) is not None:
        yield lambda ticket: moving.move_to_team(ticket=ticket, team=team, by=by, reason=reason, at=at)
    if (agent := revision.assignee) is not None:
        yield lambda ticket: assigning.assign_as_it_stands(
            ticket=ticket, to=agent, by=by, reason=reason, at=at
        )
    elif revision.is_released:
        yield lambda ticket: assigning.release(ticket=ticket, by=by, reason=reason, at=at)
