"""A customer's other rights under the agreement: instructions, audits, notices of personal-data breaches."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import auditing
from accounts.models import Notice, User
from contracts.access import answers_for, may_answer, require_keeper_of_directory
from contracts.actions import telling_contacts
from contracts.actions.standing_changes import lock_customers
from contracts.models import (
    AuditRequest,
    Breach,
    BreachNotice,
    Instruction,
    ProcessingAgreement,
    ToldContact,
)
from customers.models import Contact, Customer
from lib.locking import Lock, lock_exclusive

Matter = Instruction | AuditRequest


class RightsRefused(Exception):
    """This cannot be done; the text says why. `field` is what it is about, if anything."""

    def __init__(self, why: str, field: str = "") -> None:
        super().__init__(why)
        self.field = field


@transaction.atomic
def instruct(
    *, customer: Customer, text: str, by: User, given_by_name: str = "", at: datetime | None = None
) -> Instruction:
    """Enter an instruction: by a contact who answers for the customer, or as the desk was told by a person.

    Said twice and still open it stands there once. Errors: NotTheirs; RightsRefused without an agreement in
    force, a text or a name.
    """
    now = at or timezone.now()
    contact, name = _who(by, customer, given_by_name)
    dpa = _require_dpa(customer, now)
    said = _required(text, _("Write down what was instructed."))
    same = Instruction.objects.filter(customer=customer, text=said, settled_at__isnull=True).first()
    if same is not None:
        return same
    instruction = Instruction.objects.create(
        customer=customer,
        processing_agreement=dpa,
        given_by=contact,
        given_by_name=name,
        given_at=now,
        text=said,
    )
    auditing.record(by=by, verb="instruction.given", what=dpa, at=now, details=_of(instruction))
    return instruction


@transaction.atomic
def ask_audit(
    *, customer: Customer, text: str, by: User, given_by_name: str = "", at: datetime | None = None
) -> AuditRequest:
    """Enter a wish to examine how we keep the agreement. By whom, and errors: as for `instruct`."""
    now = at or timezone.now()
    contact, name = _who(by, customer, given_by_name)
    dpa = _require_dpa(customer, now)
    said = _required(text, _("Write down what is to be examined."))
    same = AuditRequest.objects.filter(customer=customer, subject=said, settled_at__isnull=True).first()
    if same is not None:
        return same
    request = AuditRequest.objects.create(
        customer=customer,
        processing_agreement=dpa,
        asked_by=contact,
        asked_by_name=name,
        asked_at=now,
        subject=said,
    )
    auditing.record(by=by, verb="audit_request.asked", what=dpa, at=now, details=_of(request))
    return request


@transaction.atomic
def settle_instruction(
    *, instruction: Instruction, outcome: str, by: User, at: datetime | None = None
) -> Instruction:
    """Say what was done about an instruction; the customer reads it. Errors: NotTheirs, RightsRefused."""
    now = at or timezone.now()
    require_keeper_of_directory(by)
    row = Instruction.objects.select_for_update(of=("self",)).get(pk=instruction.pk)
    was = _said(row)
    if _settle(row, outcome, by, now):
        row.save()
        dpa = row.processing_agreement
        auditing.record(by=by, verb="instruction.settled", what=dpa, at=now, details=_changed(row, was))
    return row


@transaction.atomic
def settle_audit(
    *,
    request: AuditRequest,
    held_on: date | None,
    outcome: str,
    by: User,
    at: datetime | None = None,
) -> AuditRequest:
    """Note the day of an audit and, once it is over, its outcome: the customer reads them. Errors: above."""
    now = at or timezone.now()
    require_keeper_of_directory(by)
    row = AuditRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    was = _said(row)
    if row.settled_at is None and not outcome.strip():
        if held_on is None:
            raise RightsRefused(_("Note the day or the outcome."), "held_on")
        verb, is_new = "audit_request.dated", held_on != row.held_on
    else:
        verb = "audit_request.settled"
        is_new = _settle(row, outcome, by, now) or held_on != row.held_on
    if is_new:
        row.held_on = held_on
        row.save()
        details = _changed(row, was)
        auditing.record(by=by, verb=verb, what=row.processing_agreement, at=now, details=details)
    return row


@transaction.atomic
def report_breach(
    *,
    title: str,
    text: str,
    known_at: datetime,
    customers: Iterable[Customer],
    by: User,
    at: datetime | None = None,
) -> Breach:
    """Enter a personal-data breach and tell these customers at once. Errors: NotTheirs, RightsRefused."""
    now = at or timezone.now()
    require_keeper_of_directory(by)
    if known_at > now:
        raise RightsRefused(_("Choose a moment that is over."), "known_at")
    facts = {
        "title": _required(title, _("Give it a title."), "title"),
        "text": _required(text, _("Describe what happened."), "text"),
        "known_at": known_at,
    }
    concerned = list(customers)
    if not concerned:
        raise RightsRefused(_("Choose whom it concerns."), "customers")
    lock_exclusive(Lock.CONTRACTS)
    breach = Breach.objects.filter(**facts).first()
    if breach is None:
        breach = Breach.objects.create(**facts, created_at=now, created_by=by)
        auditing.record(by=by, verb="breach.entered", what=breach, at=now)
    notify_of_breach(breach=breach, customers=concerned, by=by, at=now)
    return breach


@transaction.atomic
def notify_of_breach(
    *,
    breach: Breach,
    customers: Iterable[Customer],
    by: User,
    texts: Mapping[int, str] | None = None,
    at: datetime | None = None,
) -> int:
    """Tell customers of a breach, each once. `texts`: by customer id, what it means for them.

    Returns how many were told who were not before. Error: NotTheirs.
    """
    now = at or timezone.now()
    require_keeper_of_directory(by)
    row = Breach.objects.select_for_update().get(pk=breach.pk)
    told = set(BreachNotice.objects.filter(breach=row).values_list("customer_id", flat=True))
    fresh = {one.pk: one for one in customers if one.pk not in told}
    said = texts or {}
    rows = BreachNotice.objects.bulk_create(
        BreachNotice(breach=row, customer_id=pk, sent_at=now, text=said.get(pk, "").strip()) for pk in fresh
    )
    telling_contacts.tell(
        kind=Notice.Kind.BREACH,
        told=[(one.customer_id, ToldContact(breach_notice=one), {"notice": str(one.pk)}) for one in rows],
        at=now,
    )
    if rows:
        details = {"customers": sorted(fresh)}
        auditing.record(by=by, verb="breach.told", what=row, at=now, details=details)
    return len(rows)


@transaction.atomic
def acknowledge_breach(*, notice: BreachNotice, by: User, at: datetime | None = None) -> BreachNotice:
    """Note who at the customer took notice, and when: the first counts. Error: NotTheirs."""
    now = at or timezone.now()
    contact = answers_for(by, notice.customer_id)
    row = BreachNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = now, contact
        row.acknowledged_by_name = contact.name
        row.save()
        auditing.record(by=by, verb="breach.acknowledged", what=row, at=now)
    return row


def _who(by: User, customer: Customer, name: str) -> tuple[Contact | None, str]:
    """As whom it is entered: the contact who acts, or the person whom the desk names."""
    if may_answer(by, customer.pk):
        contact = answers_for(by, customer.pk)
        return contact, contact.name
    require_keeper_of_directory(by)
    return None, _required(name, _("Write down who at the customer said so."), "given_by_name")


def _require_dpa(customer: Customer, now: datetime) -> ProcessingAgreement:
    """The agreement that is in force, held so until the transaction ends."""
    lock_customers([customer.pk])
    dpas = ProcessingAgreement.objects.in_force_at(now).filter(customer=customer)
    dpa = dpas.select_related("customer").order_by("-in_force_at").first()
    if dpa is None:
        raise RightsRefused(_("No data-processing agreement is in force with this customer."))
    return dpa


def _of(row: Matter) -> dict[str, int]:
    return {row._meta.model_name or "": row.pk}


def _said(row: Matter) -> dict[str, str]:
    """What was answered so far: the customer reads it, so what it was before a correction is kept."""
    held_on = getattr(row, "held_on", None)
    return {"outcome": row.outcome, **({"held_on": held_on.isoformat()} if held_on else {})}


def _changed(row: Matter, was: dict[str, str]) -> dict[str, Any]:
    return {**_of(row), "was": was, "now": _said(row)}


def _settle(row: Matter, outcome: str, by: User, now: datetime) -> bool:
    """Note an outcome, which may be corrected later. Returns whether it is another one than before."""
    said = _required(outcome, _("Say what came of it: the customer reads it."), "outcome")
    if said == row.outcome:
        return False
    row.outcome, row.settled_at, row.settled_by = said, now, by
    return True


def _required(text: str, why: str, field: str = "text") -> str:
    if not text.strip():
        raise RightsRefused(why, field)
    return text.strip()
