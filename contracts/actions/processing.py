"""Data-processing agreements from the wish to the end. Each step locks the customer and announces the gates.

Everything a step is refused for is in `processing_refusals`; what the clock does, in `processing_sweep`.
"""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from contracts.actions import processing_steps as steps
from contracts.actions.processing_refusals import (
    DayPast,
    DocumentUnfit,
    NothingDue,
    NotTerminated,
    NotYours,
    ReasonMissing,
    ReviewOpen,
    SignatureUnfit,
)
from contracts.actions.processing_steps import Kind
from contracts.actions.processing_sweep import sweep
from contracts.actions.standing_changes import lock_customers
from contracts.models import Agreement, DpaDocument, DpaReviewItem, DpaSignature, ProcessingAgreement
from contracts.queries.dpa_offers import compose_offer, offered_sha256
from contracts.queries.processing import directory_in_effect, has_service_agreement, pending_dpa
from contracts.queries.renewals import today_at
from contracts.queries.standings import company_zone
from contracts.rules.dpa_lifecycle import REVIEW_QUESTIONS, Actor, State, Verb, ends_after, reminder_due
from customers.models import Customer
from lib.reasons import reason as why_not

__all__ = [
    "begin_review",
    "decide_review",
    "offer",
    "refuse",
    "request",
    "settle_item",
    "sign",
    "sweep",
    "terminate",
    "withdraw",
]

Cause, Party, Method = ProcessingAgreement.Cause, DpaSignature.Party, DpaSignature.Method
PDF = b"%PDF-"


@transaction.atomic
def request(
    *,
    customer: Customer,
    source: str,
    by: User | None,
    agreement: Agreement | None = None,
    at: datetime | None = None,
) -> ProcessingAgreement:
    """Ask for a data-processing agreement; the one that is on its way already, if there is one.

    Beside one in force it is the wish for a new version. Error: NotYours.
    """
    steps.acting_as(by, customer.pk, asks=True)
    lock_customers([customer.pk])
    at = at or timezone.now()
    waiting = pending_dpa(customer.pk)
    if waiting is not None:
        return waiting
    return steps.open_request(customer, source, agreement, by=by, at=at)


@transaction.atomic
def begin_review(
    *, dpa: ProcessingAgreement, by: User | None, at: datetime | None = None
) -> ProcessingAgreement:
    """Begin the mutual review: its questions to both parties are written. Errors: NotFromHere, NotYours."""
    at = steps.moment(dpa, at)
    row = steps.locked(dpa, at)
    row.state = steps.stepped(row, Verb.BEGIN_REVIEW, by)
    row.save(update_fields=["state"])
    DpaReviewItem.objects.bulk_create(
        DpaReviewItem(processing_agreement=row, party=party, code=code)
        for party, codes in REVIEW_QUESTIONS.items()
        for code in codes
    )
    is_covered = has_service_agreement(row.customer_id, at)
    steps.note(row, "review_begun", by=by, at=at, without_agreement=not is_covered)
    steps.tell(row, Kind.DPA_REQUESTED, at=at, company=True)
    return row


@transaction.atomic
def settle_item(
    *, item: DpaReviewItem, note: str, is_done: bool, by: User | None, at: datetime | None = None
) -> DpaReviewItem:
    """Answer a question of the review, or open it again. The customer answers its own, we may note both.

    Errors: NotFromHere, NotYours.
    """
    at = steps.moment(item.processing_agreement, at)
    dpa = steps.locked(item.processing_agreement, at)
    steps.stepped(dpa, Verb.SETTLE, by)
    row = DpaReviewItem.objects.select_for_update().get(pk=item.pk)
    if steps.acting_as(by, dpa.customer_id) is Actor.CUSTOMER and row.party != Party.CUSTOMER:
        raise NotYours(why_not("dpa_not.yours"))
    note = note.strip()
    if (row.is_done, row.note) == (is_done, note):
        return row
    was_done, row.is_done, row.note = row.is_done, is_done, note
    row.done_at = at if is_done else None
    row.done_by_name = by.display_name if by and is_done else ""
    row.save()
    code = "item_settled" if is_done else "item_reopened" if was_done else "item_noted"
    steps.note(dpa, code, by=by, at=at, party=row.party, question=row.code)
    return row


@transaction.atomic
def offer(
    *, dpa: ProcessingAgreement, document: DpaDocument, by: User | None, at: datetime | None = None
) -> ProcessingAgreement:
    """Offer a published document with the directory of sub-processors as it is now.

    Errors: NotFromHere, NotYours; ReviewOpen while a question is open; DocumentUnfit for one that is not
    published, or another one once somebody has signed.
    """
    at = steps.moment(dpa, at)
    row = steps.locked(dpa, at)
    target = steps.stepped(row, Verb.OFFER, by)
    document = DpaDocument.objects.get(pk=document.pk)
    directory = directory_in_effect(at)
    if row.state == target and (row.document_id, row.directory_version) == (document.pk, directory):
        return row
    _require_offerable(row, document)
    row.state, row.document, row.offered_at = target, document, at
    row.directory_version = directory
    row.offered_text = compose_offer(row, document, row.directory_version)
    row.save(update_fields=["state", "document", "offered_at", "directory_version", "offered_text"])
    facts: dict[str, Any] = {
        "version": document.version,
        "sha256": offered_sha256(row),
        "directory": row.directory_version,
    }
    steps.note(row, "offered", by=by, at=at, **facts)
    steps.tell(row, Kind.DPA_OFFERED, at=at, company=True)
    return row


def _require_offerable(dpa: ProcessingAgreement, document: DpaDocument) -> None:
    left = dpa.review_items.filter(is_done=False).count()
    if left:
        raise ReviewOpen(why_not("dpa_not.review_open", count=left))
    if document.published_at is None or not document.sha256:
        raise DocumentUnfit(why_not("dpa_not.unpublished", version=document.version))
    if dpa.signatures.exists():
        raise DocumentUnfit(why_not("dpa_not.signed_already"))


@transaction.atomic
def sign(
    *,
    dpa: ProcessingAgreement,
    party: str,
    method: str,
    name: str,
    role: str,
    by: User | None,
    ip: str | None = None,
    file: File[Any] | None = None,
    document_sha256: str | None = None,
    at: datetime | None = None,
) -> ProcessingAgreement:
    """Sign for one party; with the second signature it is in force at that instant, and the old one is not.

    `document_sha256`: of what the signer saw. `file`: the signed PDF, for `upload`. Twice equals once.
    Errors: NotFromHere, NotYours, SignatureUnfit; DocumentUnfit where what is offered is another text.
    """
    at = steps.moment(dpa, at)
    row = steps.locked(dpa, at)
    _require_signer(row, Party(party), Method(method), by)
    if row.signatures.filter(party=party).exists():
        return row
    steps.stepped(row, Verb.SIGN, by)
    offered = _require_same(row, document_sha256)
    content = _require_whole(Method(method), name, role, file)
    signature = DpaSignature(
        processing_agreement=row,
        party=party,
        method=method,
        name=name.strip(),
        role=role.strip(),
        at=at,
        ip=ip,
        user=by,
        document_sha256=offered,
        sha256=hashlib.sha256(content).hexdigest() if content else "",
    )
    if content:
        signature.file.save(f"{uuid4().hex}.pdf", ContentFile(content), save=False)
    signature.save()
    steps.note(row, "signed", by=by, at=at, party=str(party), method=str(method))
    if row.signatures.count() == len(Party):
        _come_into_force(row, at)
    elif party == Party.CUSTOMER:
        steps.tell(row, Kind.DPA_OFFERED, at=at, firm=True)  # now it is our turn
    return row


def _require_signer(
    dpa: ProcessingAgreement, party: DpaSignature.Party, method: str, by: User | None
) -> None:
    """A customer signs for itself; we sign for us, and bring what the customer signed on paper."""
    actor = steps.acting_as(by, dpa.customer_id)
    is_own = {Actor.CUSTOMER: Party.CUSTOMER, Actor.FIRM: Party.FIRM}.get(actor, party) == party
    brings_paper = actor is Actor.FIRM and method == Method.UPLOAD
    if not (is_own or brings_paper):
        raise NotYours(why_not("dpa_not.yours"))


def _require_same(dpa: ProcessingAgreement, seen: str | None) -> str:
    """The hash of what is offered, which is what was seen and what the other party signed."""
    offered = offered_sha256(dpa)
    hashes = {offered, *dpa.signatures.values_list("document_sha256", flat=True)}
    noted = dpa.events.filter(code="dpa_event.offered").order_by("-id").first()
    # The history cannot be changed: so it says whether the text is still the one that was offered.
    hashes.update(one for one in (seen, noted and noted.params.get("sha256")) if one)
    if not offered or len(hashes) > 1:
        raise DocumentUnfit(why_not("dpa_not.changed"))
    return offered


def _require_whole(method: str, name: str, role: str, file: File[Any] | None) -> bytes:
    """The signed paper, empty for a press in the portal."""
    if not name.strip() or not role.strip():
        raise SignatureUnfit(why_not("dpa_not.nameless"))
    if method == Method.CLICK:
        return b""
    content = file.read() if file else b""
    if not content.startswith(PDF):
        raise SignatureUnfit(why_not("dpa_not.no_pdf"))
    return content


def _come_into_force(dpa: ProcessingAgreement, at: datetime) -> None:
    held = ProcessingAgreement.objects.filter(customer_id=dpa.customer_id, state=State.IN_FORCE)
    for old in held.select_related("customer").select_for_update(of=("self",)):
        steps.close(old, Cause.SUPERSEDED, by=None, at=at)
    dpa.state, dpa.in_force_at = State.IN_FORCE, at
    dpa.save(update_fields=["state", "in_force_at"])
    steps.note(dpa, "in_force", by=None, at=at)
    steps.announce_gates(customer_id=dpa.customer_id, at=at)
    steps.tell(dpa, Kind.DPA_IN_FORCE, at=at, firm=True, company=True)


@transaction.atomic
def refuse(
    *, dpa: ProcessingAgreement, reason: str, by: User | None, at: datetime | None = None
) -> ProcessingAgreement:
    """One side does not want to conclude it. Errors: NotFromHere, NotYours, ReasonMissing."""
    return _give_up(dpa, Verb.REFUSE, Cause.REFUSED, _require_reason(reason), by=by, at=at)


@transaction.atomic
def withdraw(*, dpa: ProcessingAgreement, by: User | None, at: datetime | None = None) -> ProcessingAgreement:
    """The customer takes its wish back. Errors: NotFromHere, NotYours."""
    return _give_up(dpa, Verb.WITHDRAW, Cause.WITHDRAWN, "", by=by, at=at)


def _give_up(
    dpa: ProcessingAgreement, verb: Verb, because: str, why: str, *, by: User | None, at: datetime | None
) -> ProcessingAgreement:
    """End what never came into force; ended for the same cause it stays as it is."""
    at = steps.moment(dpa, at)
    row = steps.locked(dpa, at)
    if row.state == State.ENDED and row.ended_because == because:
        steps.acting_as(by, row.customer_id)
        return row
    steps.stepped(row, verb, by)
    steps.close(row, because, by=by, at=at, why=why)
    return row


@transaction.atomic
def terminate(
    *,
    dpa: ProcessingAgreement,
    reason: str,
    by: User | None,
    last_day: date | None = None,
    at: datetime | None = None,
) -> ProcessingAgreement:
    """End it with a last day (inclusive, a day of the company); without one at once.

    Errors: NotFromHere, NotYours, ReasonMissing, DayPast.
    """
    at = steps.moment(dpa, at)
    row = steps.locked(dpa, at)
    steps.stepped(row, Verb.TERMINATE, by)
    why = _require_reason(reason)
    if last_day is None:
        steps.close(row, Cause.TERMINATED, by=by, at=at, why=why)
        return row
    ends_at = _end_of(last_day, at)
    if (row.ends_at, row.ended_because, row.end_reason) == (ends_at, Cause.TERMINATED, why):
        return row
    row.ends_at, row.ended_because, row.end_reason = ends_at, Cause.TERMINATED, why
    # A review that was due is settled by it: nobody is asked or reminded of another day.
    row.review_due_at = row.holds_until_at = row.review_decided_at = row.reminded_days = None
    row.save()
    steps.note(row, "termination_set", by=by, at=at, last_day_on=last_day.isoformat())
    steps.announce_gates(customer_id=row.customer_id, at=at)
    steps.tell(row, Kind.DPA_ENDED, at=at, firm=True, company=True)
    return row


@transaction.atomic
def take_back_termination(
    *, dpa: ProcessingAgreement, by: User | None, at: datetime | None = None
) -> ProcessingAgreement:
    """Let it go on after all, as long as the last day of its termination is not over.

    Without a service agreement in force the sweep finds it due for review then.
    Errors: NotFromHere, NotYours, NotTerminated.
    """
    at = steps.moment(dpa, at)
    row = steps.locked(dpa, at)
    steps.stepped(row, Verb.TAKE_BACK, by)
    if row.ends_at is None or row.ended_because != Cause.TERMINATED:
        raise NotTerminated(why_not("dpa_not.not_terminated"))
    row.ends_at, row.ended_because, row.end_reason = None, "", ""
    row.save(update_fields=["ends_at", "ended_because", "end_reason"])
    steps.note(row, "termination_taken_back", by=by, at=at)
    steps.announce_gates(customer_id=row.customer_id, at=at)
    steps.tell(row, Kind.DPA_IN_FORCE, at=at, firm=True, company=True)
    return row


@transaction.atomic
def decide_review(
    *, dpa: ProcessingAgreement, holds_until: date | None, by: User | None, at: datetime | None = None
) -> ProcessingAgreement:
    """Decide how long it holds without a service agreement: to a last day (inclusive), or on (None).

    Errors: NotFromHere, NotYours, DayPast; NothingDue where it is not due for review.
    """
    at = steps.moment(dpa, at)
    row = steps.locked(dpa, at)
    steps.stepped(row, Verb.DECIDE_REVIEW, by)
    if row.review_due_at is None:
        raise NothingDue(why_not("dpa_not.nothing_due"))
    ends_at = _end_of(holds_until, at) if holds_until else None
    if row.review_decided_at is not None and row.holds_until_at == ends_at:
        return row
    row.review_decided_at, row.holds_until_at, row.ends_at = at, ends_at, ends_at
    row.ended_because = Cause.LAPSED if ends_at else ""
    # The letter of today is the first reminder: only nearer distances are told of again.
    row.reminded_days = _reached(holds_until, at)
    row.save(
        update_fields=["review_decided_at", "holds_until_at", "ends_at", "ended_because", "reminded_days"]
    )
    until = holds_until.isoformat() if holds_until else None
    steps.note(row, "review_decided", by=by, at=at, holds_until_on=until)
    steps.announce_gates(customer_id=row.customer_id, at=at)
    steps.tell(row, Kind.DPA_REVIEW, at=at, firm=True, company=True)
    return row


def _reached(last_day: date | None, at: datetime) -> int | None:
    if last_day is None:
        return None
    return reminder_due(last_day + timedelta(days=1), today_at(at), settings.DPA_REMINDER_DAYS)


def _end_of(last_day: date, at: datetime) -> datetime:
    if last_day < today_at(at):
        raise DayPast(why_not("dpa_not.day_past", last_day_on=last_day))
    return ends_after(last_day, company_zone())


def _require_reason(text: str) -> str:
    if not text.strip():
        raise ReasonMissing(why_not("dpa_not.reason_missing"))
    return text.strip()
