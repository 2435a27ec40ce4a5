"""Reading approvals: which one chargeable work may rest on, and what is left under its ceiling."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.timezone import localtime

from contracts.models import Service, StandingApproval
from contracts.queries import company_zone
from contracts.queries.prices import standing_approvals
from customers.models import Contact
from tickets.models import ApprovalRequest, CoverageSlice, Ticket
from tickets.rules.coverage import BILL

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Ceiling:
    """A standing approval on one ticket, with what was used and is left there."""

    approval: StandingApproval
    used: Decimal

    @property
    def left(self) -> Decimal:
        """What is left under the ceiling on this ticket, net, never below zero."""
        return max(self.approval.ceiling - self.used, NOTHING)


def approval_for(
    *,
    ticket: Ticket,
    service: Service,
    amount: Decimal,
    currency: str,
    at: datetime,
    besides: int | None = None,
    customer_id: int | None = None,
) -> ApprovalRequest | StandingApproval | None:
    """What allows chargeable work of `amount` (net) on a ticket; None where the customer has to be asked.

    An answered request comes first (the one approved first that has enough left), then a standing approval
    of the day, one for this service before one for all. `besides` is the id of a time entry that is decided
    anew and does not count against the ceilings. Whoever books holds the ticket, so that two entries
    cannot use up the same rest. `customer_id` is who pays (the ticket's customer, unless given): what
    somebody of another customer approved, while the ticket was theirs, allows nothing.
    """
    payer = customer_id or ticket.customer_id
    rows = ApprovalRequest.objects.approved().filter(ticket=ticket, service=service, currency=currency)
    own = rows.of_the_customer() if payer == ticket.customer_id else rows.filter(_said_by(payer))
    approved = own.order_by("answered_at", "pk")
    rests = lefts(approved, besides=besides)
    for request in approved:
        if amount <= rests[request.pk]:
            return request
    for ceiling in ceilings_on(ticket, at, besides=besides, customer_id=payer):
        standing = ceiling.approval
        is_meant = standing.currency == currency and standing.service_id in (None, service.pk)
        if is_meant and amount <= ceiling.left:
            return standing
    return None


def contacts_to_ask(ticket: Ticket) -> list[Contact]:
    """Who can be asked by mail: the ticket's contact first, then colleagues who see the company's tickets.

    What is offered; whether one may be asked decides the action (`access.may_be_told`).
    """
    people = Contact.objects.filter(
        Q(pk=ticket.contact_id) | Q(sees_company_tickets=True), customer=ticket.customer_id, is_active=True
    ).exclude(email="")
    return sorted(people, key=lambda one: (one.pk != ticket.contact_id, one.name.casefold()))


def lefts(requests: Iterable[ApprovalRequest], *, besides: int | None = None) -> dict[int, Decimal]:
    """What is left under each ceiling, by the id of its request: less its time entries, never below zero."""
    ceilings = {request.pk: request.ceiling for request in requests}
    used = dict(
        _charged(besides)
        .filter(decision__entry__approval__in=list(ceilings))
        .order_by()
        .values_list("decision__entry__approval")
        .annotate(used=Sum("amount"))
    )
    return {pk: max(ceiling - used.get(pk, NOTHING), NOTHING) for pk, ceiling in ceilings.items()}


def ceilings_on(
    ticket: Ticket, at: datetime, *, besides: int | None = None, customer_id: int | None = None
) -> list[Ceiling]:
    """The standing approvals of the ticket's customer on that day, each with what this ticket used of it.

    Work that rests on a request of its own, or on nothing (flagged), does not count, nor does overrun that is
    billed without a question. `customer_id` as in `approval_for`.
    """
    payer, day = customer_id or ticket.customer_id, localtime(at, company_zone()).date()
    standing = standing_approvals(payer, day)
    if not standing:
        return []
    by_service = dict(
        _charged(besides)
        .filter(
            decision__entry__ticket=ticket,
            decision__entry__customer=payer,
            decision__entry__approval=None,
            decision__entry__is_flagged=False,
        )
        .order_by()
        .values_list("decision__entry__service")
        .annotate(used=Sum("amount"))
    )
    everything = sum(by_service.values(), NOTHING)
    return [
        Ceiling(row, by_service.get(row.service_id, NOTHING) if row.service_id else everything)
        for row in standing
    ]


def _said_by(customer_id: int) -> Q:
    """Answered by somebody of this customer; of an answer that an agent recorded counts who was asked."""
    recorded = Q(contact=None) | Q(contact__customer=customer_id)
    return Q(answered_contact__customer=customer_id) | Q(answered_contact=None) & recorded


def _charged(besides: int | None) -> QuerySet[CoverageSlice]:
    """The slices that count now: what needs an approval, of current decisions that were not taken back."""
    needs_approval = Q(reason_params__overrun__isnull=True) | ~Q(reason_params__overrun=BILL)
    rows = CoverageSlice.objects.filter(
        needs_approval, decision__is_current=True, decision__entry__voided_at=None, is_covered=False
    )
    return rows.exclude(decision__entry=besides) if besides else rows
