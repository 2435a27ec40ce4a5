"""Entering data-processing agreements that were concluded before this helpdesk knew of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from contracts.actions.processing_steps import announce_gates
from contracts.actions.standing_changes import lock_customers
from contracts.models import DpaDocument, DpaEvent, DpaReviewItem, DpaSignature, ProcessingAgreement
from contracts.queries.dpa_offers import compose_offer, offered_sha256
from contracts.queries.processing import directory_in_effect
from contracts.rules.dpa_lifecycle import REVIEW_QUESTIONS
from customers.models import Customer

REQUESTED, OFFERED = timedelta(days=12), timedelta(days=4)
"""So long before it came into force it was asked for and offered, as far as anybody remembers."""


@transaction.atomic
def enter_concluded(
    *,
    customer: Customer,
    document: DpaDocument,
    answers: Mapping[str, str],
    signers: Mapping[str, tuple[str, str]],
    by: User | None,
    at: datetime,
) -> ProcessingAgreement:
    """Enter one that is in force since `at`, which lies behind us. Nobody is told.

    `answers`: of the customer, by question; `signers`: name and role, by party. Error: IntegrityError where
    one is in force already.
    """
    lock_customers([customer.pk])
    dpa = ProcessingAgreement.objects.create(
        customer=customer,
        state=ProcessingAgreement.State.IN_FORCE,
        source=ProcessingAgreement.Source.AGREEMENT,
        document=document,
        directory_version=directory_in_effect(at),
        requested_at=at - REQUESTED,
        offered_at=at - OFFERED,
        in_force_at=at,
    )
    _answer(dpa, answers, at)
    dpa.offered_text = compose_offer(dpa, document, dpa.directory_version)
    dpa.save(update_fields=["offered_text"])
    _sign(dpa, signers, at)
    auditing.record(by=by, verb="dpa.entered", what=dpa, at=at, details={"version": document.version})
    announce_gates(customer_id=customer.pk, at=at)
    return dpa


def _answer(dpa: ProcessingAgreement, answers: Mapping[str, str], at: datetime) -> None:
    DpaReviewItem.objects.bulk_create(
        DpaReviewItem(
            processing_agreement=dpa,
            party=party,
            code=code,
            note=answers.get(code, "") if party == DpaSignature.Party.CUSTOMER else "",
            is_done=True,
            done_at=at - OFFERED,
        )
        for party, codes in REVIEW_QUESTIONS.items()
        for code in codes
    )


def _sign(dpa: ProcessingAgreement, signers: Mapping[str, tuple[str, str]], at: datetime) -> None:
    """Its signatures and its history."""
    digest = offered_sha256(dpa)
    DpaSignature.objects.bulk_create(
        DpaSignature(
            processing_agreement=dpa,
            party=party,
            method=DpaSignature.Method.CLICK,
            name=name,
            role=role,
            at=at,
            document_sha256=digest,
        )
        for party, (name, role) in signers.items()
    )
    version = dpa.document.version if dpa.document else ""
    steps: list[tuple[str, datetime, dict[str, str]]] = [
        ("requested", dpa.requested_at, {"source": str(dpa.source)}),
        ("review_begun", dpa.requested_at, {}),
        ("offered", at - OFFERED, {"version": version, "sha256": digest}),
        *(("signed", at, {"party": party, "method": "click"}) for party in signers),
        ("in_force", at, {}),
    ]
    DpaEvent.objects.bulk_create(
        DpaEvent(processing_agreement=dpa, at=moment, code=f"dpa_event.{code}", params=params)
        for code, moment, params in steps
    )
