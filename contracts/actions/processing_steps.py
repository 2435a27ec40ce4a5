"""What every step of a data-processing agreement does: lock, judge who acts, note, announce, tell."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import auditing, notices
from accounts.models import Notice, User
from contracts.access import may_keep_dpas, may_sign_dpa
from contracts.actions.processing_refusals import NotFromHere, NotYours
from contracts.actions.standing_changes import lock_customers
from contracts.models import Agreement, DpaEvent, GateChange, ProcessingAgreement
from contracts.rules import dpa_lifecycle
from contracts.rules.dpa_lifecycle import Actor, State, Verb
from customers.access import contact_of
from customers.models import Customer
from customers.queries.colleagues import admins_of_company
from lib.reasons import reason
from lib.waking import wake

Kind = Notice.Kind


def moment(dpa: ProcessingAgreement, at: datetime | None) -> datetime:
    """When a step happens: now is asked once its customer is locked, after whoever was at it before."""
    lock_customers([dpa.customer_id])
    return at or timezone.now()


def locked(dpa: ProcessingAgreement, at: datetime) -> ProcessingAgreement:
    """The agreement as it is stored now, with its customer locked and what is over by now turned."""
    lock_customers([dpa.customer_id])
    turn_ended(customer_id=dpa.customer_id, at=at)
    rows = ProcessingAgreement.objects.select_related("customer", "document")
    return rows.select_for_update(of=("self",)).get(pk=dpa.pk)


def acting_as(by: User | None, customer_id: int, *, asks: bool = False) -> Actor:
    """For whom somebody acts; None is the system. `asks`: only asks for one, as every agent may.

    Error: NotYours for who may not act for either side.
    """
    if by is None:
        return Actor.SYSTEM
    if may_keep_dpas(by) or (asks and by.is_active and by.is_agent):
        return Actor.FIRM
    me = contact_of(by) if by.is_active and not by.is_agent else None
    if me is None or me.customer_id != customer_id or not may_sign_dpa(me):
        raise NotYours(reason("dpa_not.yours"))
    return Actor.CUSTOMER


def stepped(dpa: ProcessingAgreement, verb: Verb, by: User | None) -> State:
    """The state after this step. Errors: NotYours, NotFromHere."""
    actor = acting_as(by, dpa.customer_id)
    try:
        return dpa_lifecycle.transition(dpa.state, verb, actor)
    except dpa_lifecycle.NotAllowed as refusal:
        raise NotFromHere(refusal.reason) from None


def open_request(
    customer: Customer,
    source: str,
    agreement: Agreement | None,
    *,
    by: User | None,
    at: datetime,
    tells: bool = True,
) -> ProcessingAgreement:
    """Write a wish for a data-processing agreement (the customer is locked, and has none on its way)."""
    dpa = ProcessingAgreement.objects.create(
        customer=customer, source=source, agreement=agreement, requested_at=at, requested_by=by
    )
    note(dpa, "requested", by=by, at=at, source=str(source))
    announce_gates(customer_id=customer.pk, at=at)
    if tells:
        tell(dpa, Kind.DPA_REQUESTED, at=at, firm=True)
    return dpa


def note(
    dpa: ProcessingAgreement,
    code: str,
    *,
    by: User | None,
    at: datetime,
    audited: dict[str, Any] | None = None,
    **params: str | int | bool | None,
) -> None:
    """Write a step into its history and into the audit trail. `params` name no person: columns do.

    `audited`: what only the audit trail says, where values can be erased.
    """
    kept = {name: value for name, value in params.items() if value not in (None, "")}
    DpaEvent.objects.create(
        processing_agreement=dpa,
        at=at,
        by=by,
        by_name=by.display_name if by else "",
        code=f"dpa_event.{code}",
        params=kept,
    )
    auditing.record(by=by, verb=f"dpa.{code}", what=dpa, at=at, details={**kept, **(audited or {})})


def announce_gates(*, customer_id: int, at: datetime) -> None:
    """Write when this customer's gates may change: now, and at the end that is set (in the transaction)."""
    held = ProcessingAgreement.objects.filter(customer_id=customer_id, state=State.IN_FORCE, ends_at__gt=at)
    ends: Iterable[datetime | None] = held.values_list("ends_at", flat=True)
    GateChange.objects.bulk_create(
        (GateChange(customer_id=customer_id, at=moment) for moment in (at, *ends) if moment),
        ignore_conflicts=True,
    )
    wake("tickets.sweep_gates")


def turn_ended(*, customer_id: int, at: datetime) -> int:
    """Note as ended what is over by its date (the customer is locked). Returns how many."""
    over = ProcessingAgreement.objects.filter(
        customer_id=customer_id, state=State.IN_FORCE, ends_at__lte=at
    ).select_related("customer")
    rows = list(over.select_for_update(of=("self",)))
    for dpa in rows:
        close(
            dpa,
            dpa.ended_because or ProcessingAgreement.Cause.TERMINATED,
            by=None,
            at=at,
            ends_at=dpa.ends_at,
        )
    return len(rows)


def close(
    dpa: ProcessingAgreement,
    because: str,
    *,
    by: User | None,
    at: datetime,
    ends_at: datetime | None = None,
    why: str = "",
) -> None:
    """End it (the customer is locked): the dates first, then its history, its gates and its letters."""
    was_in_force = dpa.in_force_at is not None
    dpa.state = State.ENDED
    dpa.ends_at = ends_at or at
    dpa.ended_because = because
    dpa.end_reason = why or dpa.end_reason
    dpa.save(update_fields=["state", "ends_at", "ended_because", "end_reason"])
    note(dpa, "ended", by=by, at=at, cause=because)
    announce_gates(customer_id=dpa.customer_id, at=at)
    # A new version that takes its place is told of by itself; what was never offered is nobody's news.
    if because != ProcessingAgreement.Cause.SUPERSEDED and (was_in_force or dpa.offered_at is not None):
        tell(dpa, Kind.DPA_ENDED, at=at, firm=True, company=True)


def tell(
    dpa: ProcessingAgreement, kind: Notice.Kind, *, at: datetime, firm: bool = False, company: bool = False
) -> None:
    """Tell the firm's leads and admins, the customer's company admins, or both."""
    for user in concerned(dpa.customer_id, firm=firm, company=company):
        notices.tell_of_dpa(user=user, kind=kind, dpa=str(dpa.pk), at=at)


def concerned(customer_id: int, *, firm: bool, company: bool) -> list[User]:
    """Whoever is told, each once: the firm's leads and admins, then the customer's company admins."""
    people: list[User] = []
    if firm:
        leads: QuerySet[User] = User.objects.filter(
            role__in=[User.Role.LEAD, User.Role.ADMIN], is_active=True
        ).exclude(email="")
        people += leads.order_by("pk")
    if company:
        admins = admins_of_company(customer_id).filter(customer__is_active=True).select_related("user")
        people += [each.user for each in admins.order_by("pk") if each.user]
    return people
