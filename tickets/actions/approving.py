"""The price before the work: asking the customer, and keeping what they answered.

A request is answered once. Whoever answers, withdraws or lets it run out holds the ticket and looks at the
request's state under that lock, so of several at once one comes first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing, notices
from accounts.models import User
from contracts.models import Service
from contracts.queries.prices import price_facts
from contracts.rules.pricing import Rate, rate_at
from customers.models import Contact
from lib.money import cents, money_param
from tickets import access
from tickets.actions import gating, notifying, placing
from tickets.actions.placing import Held
from tickets.actions.progressing import move
from tickets.actions.refusals import AlreadyAnswered, CeilingNeeded, EvidenceNeeded, NoPrice, TextNeeded
from tickets.actions.rowwise import each
from tickets.models import ApprovalRequest, Ticket
from tickets.rules.lifecycle import Actor, Status, Verb, verbs_for

State, How = ApprovalRequest.State, ApprovalRequest.How


@dataclass(frozen=True)
class Answer:
    """What the customer said, who said it and how we know.

    `contact` or `by` answered themselves (portal, link); an agent who records an answer names the person and
    the evidence.
    """

    is_approved: bool
    how: ApprovalRequest.How
    contact: Contact | None = None
    by: User | None = None
    name: str = ""
    evidence: str = ""
    note: str = ""


@transaction.atomic
def ask(
    *,
    ticket: Ticket,
    service: Service,
    ceiling: Decimal,
    text: str,
    by: User,
    contact: Contact | None,
    is_out_of_hours: bool = False,
    expires_at: datetime | None = None,
    waits: bool = False,
    at: datetime | None = None,
) -> ApprovalRequest:
    """Ask the customer to approve work of a service at today's rate, up to `ceiling` net.

    The contact gets a mail with a link that needs no login; None where nobody is written to and the answer
    will be recorded. `waits` sets the ticket to waiting for the customer where that is possible. Errors:
    Denied for whoever does not work on the ticket and for a contact who may not read it, NoPrice,
    CeilingNeeded, TextNeeded, LogInText.
    """
    gating.hold_customer(ticket)
    held = placing.hold(ticket, at=at)
    access.require(allowed=access.may_work(by, held.ticket))
    access.require(allowed=contact is None or access.may_be_told(contact, held.ticket))
    if not text.strip():
        raise TextNeeded
    if cents(ceiling) <= 0:
        raise CeilingNeeded
    gating.require_no_log(held.ticket, at=held.at, text=text)
    rate = _rate(held, service)
    request = ApprovalRequest.objects.create(
        ticket=held.ticket,
        service=service,
        ceiling=cents(ceiling),
        **_priced(rate, is_out_of_hours=is_out_of_hours),
        text=text.strip(),
        contact=contact,
        asked_by=by,
        asked_at=held.at,
        expires_at=expires_at or held.at + timedelta(days=settings.APPROVAL_DAYS),
    )
    _record(held, request, "approval_asked", by=by, contact=contact.name if contact else "")
    if waits and Verb.WAIT_CUSTOMER in verbs_for(held.ticket.status, Actor.AGENT):
        move(held, Verb.WAIT_CUSTOMER, by=by, actor=Actor.AGENT)
    auditing.record(by=by, verb="approval.asked", what=request, at=held.at)
    placing.settle(held)
    if held.is_live:
        notifying.tell_of_approval(request, at=held.at)
    return request


@transaction.atomic
def withdraw(
    *, request: ApprovalRequest, by: User, why: str = "", at: datetime | None = None
) -> ApprovalRequest:
    """Take back a question that is open. Errors: Denied, AlreadyAnswered."""
    held, row = _hold_open(request, at)
    access.require(allowed=access.may_work(by, held.ticket))
    _end(held, row, State.WITHDRAWN)
    _record(held, row, "approval_withdrawn", by=by, why=why.strip())
    auditing.record(by=by, verb="approval.withdrawn", what=row, at=held.at)
    placing.settle(held)
    return row


@transaction.atomic
def answer(*, request: ApprovalRequest, given: Answer, at: datetime | None = None) -> ApprovalRequest:
    """Keep what the customer answered; a ticket that waited for them waits for us again.

    Errors: Denied for whoever may not answer (a contact who may not read the ticket, an agent who does not
    work on it), EvidenceNeeded, AlreadyAnswered for whoever comes second or too late.
    """
    _require_complete(given)
    held, row = _hold_open(request, at)
    access.require(allowed=_may_answer(given, held.ticket))
    row.answered_at, row.answered_how = held.at, given.how
    row.answered_contact, row.answered_user = given.contact, given.by
    row.answered_by_name = given.name.strip() or (given.contact.name if given.contact else "")
    row.answer_note, row.evidence = given.note.strip()[:500], given.evidence.strip()[:250]
    _end(held, row, State.APPROVED if given.is_approved else State.DECLINED)
    _record(
        held,
        row,
        f"approval_{row.state}",
        by=given.by,
        name=row.answered_by_name,
        how=row.answered_how,
        evidence=row.evidence,
    )
    if held.ticket.status == Status.WAITING_CUSTOMER:
        move(held, Verb.CUSTOMER_REPLIED, by=given.by, actor=Actor.CUSTOMER)
    verb = "approval.approved" if given.is_approved else "approval.declined"
    auditing.record(by=given.by, verb=verb, what=row, at=held.at, details={"how": row.answered_how})
    placing.settle(held)
    _tell_asker(held, row, but=given.by)
    return row


def expire(*, at: datetime | None = None) -> int:
    """End the requests that nobody answered in time. Returns how many."""
    due = ApprovalRequest.objects.filter(state=State.OPEN, expires_at__lte=at or timezone.now())
    ids = list(due.order_by("expires_at", "pk").values_list("pk", flat=True)[:500])
    return each(ids, lambda pk: _expire_one(pk, at), work="approvals")


@transaction.atomic
def _expire_one(pk: int, at: datetime | None) -> bool:
    request = ApprovalRequest.objects.get(pk=pk)
    held = placing.hold(request.ticket_id, at=at)
    request.refresh_from_db()
    if request.state != State.OPEN or request.expires_at > held.at:
        return False
    _end(held, request, State.EXPIRED)
    _record(held, request, "approval_expired", by=None)
    placing.settle(held)
    _tell_asker(held, request, but=None)
    return True


def _rate(held: Held, service: Service) -> Rate:
    rate = rate_at(price_facts(held.ticket.customer_id, held.at, held.at), service.code, held.at)
    if rate is None:
        raise NoPrice
    return rate


def _priced(rate: Rate, *, is_out_of_hours: bool) -> dict[str, Any]:
    """The columns of a request that its rate decides."""
    return {
        "price_list_id": rate.list_id,
        "price_item_id": rate.item_id,
        "rate": rate.amount,
        "surcharge_percent": rate.surcharge_percent if is_out_of_hours and rate.is_hourly else 0,
        "currency": rate.currency,
        "vat_percent": rate.vat_percent,
    }


def _hold_open(request: ApprovalRequest, at: datetime | None) -> tuple[Held, ApprovalRequest]:
    """The ticket, held, and the request as it is under that lock. Error: AlreadyAnswered."""
    held = placing.hold(request.ticket_id, at=at)
    row = ApprovalRequest.objects.select_related("price_item", "contact", "asked_by").get(pk=request.pk)
    if row.state != State.OPEN:
        raise AlreadyAnswered(row.state)
    if row.expires_at <= held.at:
        raise AlreadyAnswered(State.EXPIRED)
    return held, row


def _may_answer(given: Answer, ticket: Ticket) -> bool:
    if given.how == How.RECORDED:
        return given.by is not None and access.may_work(given.by, ticket)
    if given.contact is None or not access.may_be_told(given.contact, ticket):
        return False
    return given.by is None or access.may_write_as_customer(given.by, ticket)


def _require_complete(given: Answer) -> None:
    if given.how == How.RECORDED and not (given.name.strip() and given.evidence.strip()):
        raise EvidenceNeeded


def _end(held: Held, row: ApprovalRequest, state: ApprovalRequest.State) -> None:
    row.ticket = held.ticket
    row.state = state
    row.save()


def _record(held: Held, row: ApprovalRequest, kind: str, *, by: User | None, **params: str) -> None:
    words = {
        "item": row.price_item.name_in(settings.LANGUAGE_CODE[:2]),
        "ceiling": money_param(row.ceiling, row.currency),
    }
    placing.record(held.ticket, kind, by=by, at=held.at, **words, **params)


def _tell_asker(held: Held, row: ApprovalRequest, *, but: User | None) -> None:
    """Tell the agent who asked, unless they recorded the answer themselves."""
    asker = row.asked_by
    if held.is_live and asker is not None and asker.is_active and asker != but:
        notices.tell_of_approval(user=asker, approval=str(row.pk), at=held.at)
