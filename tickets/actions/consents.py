"""Consents: who is concerned by a case, what each of them permits for it, and taking that back.

They open gates of one ticket, and only while it belongs to the customer for whom they were given. Each change
holds the customer, on whom gates change, before the ticket, and announces that gates may have changed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from contracts.actions.processing_steps import announce_gates
from contracts.rules.gates import BY_CONSENT
from customers.models import Contact
from tickets import access
from tickets.actions import gating, placing
from tickets.actions.consent_refusals import (
    ForeignPerson,
    GivenInFuture,
    GivenTooEarly,
    HasConsents,
    NameNeeded,
    NobodyNamed,
    NothingPermitted,
    ProofNeeded,
)
from tickets.actions.placing import Held
from tickets.models import Consent, ConsentList, DataSubject, Ticket

NAME_LENGTH = 200
NOTE_LENGTH = 250
EVIDENCE_LENGTH = 2_000


@dataclass(frozen=True)
class Given:
    """A consent as it was given. `capabilities`: values of `Capability`; `evidence`: where the proof lies."""

    capabilities: Collection[str]
    how: str
    given_at: datetime
    evidence: str


@transaction.atomic
def name_subject(
    *, ticket: Ticket, name: str = "", contact: Contact | None = None, by: User, at: datetime | None = None
) -> DataSubject:
    """Say that a person is concerned, a contact or anybody else by name; nobody says any more that all are.

    Naming the same person twice is once. Errors: Denied, NameNeeded, ForeignPerson.
    """
    held = _hold(ticket, by, at)
    if contact is not None and contact.customer_id != held.ticket.customer_id:
        raise ForeignPerson
    name = (contact.name if contact else name).strip()[:NAME_LENGTH]
    if not name:
        raise NameNeeded
    known = DataSubject.objects.counting().filter(ticket=held.ticket)
    for subject in known:
        same = subject.name.casefold() == name.casefold() and subject.contact_id is None
        if (contact and subject.contact_id == contact.pk) or (not contact and same):
            return subject
    subject = DataSubject.objects.create(ticket=held.ticket, name=name, contact=contact, created_at=held.at)
    ConsentList.objects.filter(ticket=held.ticket).delete()
    _tell(held, "subject_named", by)
    auditing.record(by=by, verb="data_subject.named", what=subject, at=held.at, details=_case(held))
    return subject


@transaction.atomic
def remove_subject(*, subject: DataSubject, by: User, at: datetime | None = None) -> None:
    """Take somebody off the list who is not concerned after all. Twice is once.

    Errors: Denied, HasConsents.
    """
    held = _hold(subject.ticket, by, at)
    row = DataSubject.objects.counting().filter(pk=subject.pk).first()
    if row is None:
        return
    if row.consents.exists():
        raise HasConsents
    auditing.record(by=by, verb="data_subject.removed", what=row, at=held.at, details=_case(held))
    row.delete()
    if not DataSubject.objects.counting().filter(ticket=held.ticket).exists():
        ConsentList.objects.filter(ticket=held.ticket).delete()
    _tell(held, "subject_removed", by)


@transaction.atomic
def confirm_list(*, ticket: Ticket, by: User, at: datetime | None = None) -> ConsentList:
    """Say that nobody else is concerned. Twice is once. Errors: Denied, NobodyNamed."""
    held = _hold(ticket, by, at)
    people = DataSubject.objects.counting().filter(ticket=held.ticket).count()
    if not people:
        raise NobodyNamed
    kept = {"confirmed_at": held.at, "confirmed_by": by, "confirmed_by_name": by.display_name}
    row, is_new = ConsentList.objects.get_or_create(ticket=held.ticket, defaults=kept)
    if is_new:
        _tell(held, "list_confirmed", by, people=people)
        auditing.record(
            by=by, verb="consent_list.confirmed", what=held.ticket, at=held.at, details={"people": people}
        )
    return row


@transaction.atomic
def reopen_list(*, ticket: Ticket, by: User, at: datetime | None = None) -> None:
    """Say that others may be concerned after all. Twice is once. Error: Denied."""
    held = _hold(ticket, by, at)
    deleted, _by_model = ConsentList.objects.filter(ticket=held.ticket).delete()
    if deleted:
        _tell(held, "list_reopened", by)
        auditing.record(by=by, verb="consent_list.reopened", what=held.ticket, at=held.at)


@transaction.atomic
def record_consent(*, subject: DataSubject, given: Given, by: User, at: datetime | None = None) -> Consent:
    """Record what somebody permits for this case.

    Agents record what reached them, a contact in the portal gives their own. Where a standing consent says
    as much already, that one stands. Errors: Denied, NothingPermitted, GivenInFuture, GivenTooEarly,
    ProofNeeded.
    """
    held, subject = _hold_subject(subject, at)
    access.require(allowed=_may_record(by, subject, held.ticket, given.how))
    capabilities = _require_sound(given, held)
    for one in subject.consents.filter(withdrawn_at__isnull=True):
        if set(capabilities) <= set(one.capabilities) and one.given_at <= given.given_at:
            return one
    consent = Consent.objects.create(
        subject=subject,
        capabilities=capabilities,
        how=given.how,
        given_at=given.given_at,
        evidence=given.evidence.strip()[:EVIDENCE_LENGTH],
        recorded_at=held.at,
        recorded_by=by,
    )
    _tell(held, "consent_recorded", by, how=given.how)
    auditing.record(
        by=by,
        verb="consent.recorded",
        what=subject,
        at=held.at,
        details={**_case(held), "how": given.how, "permits": capabilities},
    )
    return consent


@transaction.atomic
def record_of_person(
    *,
    ticket: Ticket,
    given: Given,
    name: str = "",
    contact: Contact | None = None,
    by: User,
    at: datetime | None = None,
) -> Consent:
    """Record what a person permits who may not be on the list yet: both, or nothing.

    Errors: those of `name_subject` and `record_consent`.
    """
    subject = name_subject(ticket=ticket, name=name, contact=contact, by=by, at=at)
    return record_consent(subject=subject, given=given, by=by, at=at)


@transaction.atomic
def withdraw_consent(*, consent: Consent, note: str = "", by: User, at: datetime | None = None) -> Consent:
    """Record that somebody takes their consent back, from this moment on. Twice is once.

    Agents say how it reached them; a contact takes back their own, at any time. What was held because the
    gate was closed is deleted by its deadline; what was let through is held again.

    Errors: Denied, ProofNeeded.
    """
    held, subject = _hold_subject(consent.subject, at)
    is_own = access.is_data_subject(by, subject)
    access.require(allowed=is_own or access.may_work(by, held.ticket))
    consent = subject.consents.get(pk=consent.pk)
    if consent.withdrawn_at is not None:
        return consent
    if not (note.strip() or is_own):
        raise ProofNeeded
    consent.withdrawn_at = max(held.at, consent.given_at)
    consent.withdrawal_note = note.strip()[:NOTE_LENGTH]
    consent.save(update_fields=["withdrawn_at", "withdrawal_note"])
    _tell(held, "consent_withdrawn", by)
    details = {**_case(held), "permitted": consent.capabilities}
    auditing.record(by=by, verb="consent.withdrawn", what=subject, at=held.at, details=details)
    return consent


def set_aside(*, ticket: Ticket, customer_ids: Collection[int], at: datetime) -> None:
    """Let no consent count any more, since the ticket goes to another customer (both are locked).

    Gates of both may change: consents of the one are gone, and sessions ran for the one.
    """
    DataSubject.objects.counting().filter(ticket=ticket).update(set_aside_at=at)
    ConsentList.objects.filter(ticket=ticket).delete()
    for customer_id in customer_ids:
        announce_gates(customer_id=customer_id, at=at)


def _hold(ticket: Ticket, by: User, at: datetime | None) -> Held:
    """Error: Denied for whoever does not work on the ticket."""
    gating.hold_customer(ticket)
    held = placing.hold(ticket, at=at)
    access.require(allowed=access.may_work(by, held.ticket))
    return held


def _hold_subject(subject: DataSubject, at: datetime | None) -> tuple[Held, DataSubject]:
    """Error: Denied for whose customer the ticket left meanwhile."""
    gating.hold_customer(subject.ticket)
    held = placing.hold(subject.ticket_id, at=at)
    row = DataSubject.objects.counting().select_related("contact").filter(pk=subject.pk).first()
    if row is None:
        raise access.Denied
    return held, row


def _may_record(by: User, subject: DataSubject, ticket: Ticket, how: str) -> bool:
    """In the portal only the person themselves; every other way goes through whoever works on the ticket."""
    if how == Consent.How.PORTAL:
        return access.is_data_subject(by, subject) and ticket.status != Ticket.Status.CLOSED
    return access.may_work(by, ticket)


def _require_sound(given: Given, held: Held) -> list[str]:
    """The capabilities in order. Errors: NothingPermitted, GivenInFuture, GivenTooEarly, ProofNeeded."""
    wanted = set(given.capabilities)
    if not wanted or wanted - {str(one) for one in BY_CONSENT}:
        raise NothingPermitted
    if given.given_at > held.at:
        raise GivenInFuture
    if given.given_at < held.ticket.arrived_at.replace(second=0, microsecond=0):
        raise GivenTooEarly
    if not given.evidence.strip():
        raise ProofNeeded
    return sorted(wanted)


def _case(held: Held) -> dict[str, Any]:
    return {"ticket": held.ticket.number}


def _tell(held: Held, kind: str, by: User, **params: object) -> None:
    """The history (which names nobody), open pages, and whoever follows gates."""
    placing.record(held.ticket, kind, by=by, at=held.at, **params)
    held.ticket.touched_at = held.at
    held.ticket.save(update_fields=["touched_at"])
    placing.announce(held)
    announce_gates(customer_id=held.ticket.customer_id, at=held.at)
