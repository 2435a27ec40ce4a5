"""Data-processing agreements taken from step to step through the actions."""

from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile

from contracts.actions import processing
from contracts.models import DpaDocument, DpaReviewItem, ProcessingAgreement
from customers.models import Customer
from tests.factories.gates import make_document


def settle_all(dpa: ProcessingAgreement, *, at: datetime | None = None) -> None:
    """Answer every question of the review."""
    for item in DpaReviewItem.objects.filter(processing_agreement=dpa, is_done=False):
        processing.settle_item(item=item, note="", is_done=True, by=None, at=at)


def make_request(customer: Customer, *, at: datetime | None = None) -> ProcessingAgreement:
    """One that was asked for."""
    return processing.request(customer=customer, source="agent", by=None, at=at)


def make_review(customer: Customer, *, at: datetime | None = None) -> ProcessingAgreement:
    """One that is under review, nothing of it settled."""
    return processing.begin_review(dpa=make_request(customer, at=at), by=None, at=at)


def make_offer(
    customer: Customer, document: DpaDocument | None = None, *, at: datetime | None = None
) -> ProcessingAgreement:
    """One that is offered, with every question settled."""
    dpa = make_review(customer, at=at)
    settle_all(dpa, at=at)
    return processing.offer(dpa=dpa, document=document or make_document(), by=None, at=at)


def press(
    dpa: ProcessingAgreement, party: str, *, at: datetime | None = None, **given: Any
) -> ProcessingAgreement:
    """Sign by a press of the button."""
    words = {"by": None, "name": "Petra Press", "role": "Managing director", **given}
    return processing.sign(dpa=dpa, party=party, method="click", at=at, **words)


def conclude(
    customer: Customer, document: DpaDocument | None = None, *, at: datetime | None = None
) -> ProcessingAgreement:
    """One in force: asked for, reviewed, offered and signed by both."""
    dpa = make_offer(customer, document, at=at)
    press(dpa, "firm", at=at)
    return press(dpa, "customer", at=at)


def signed_pdf(text: bytes = b"signed") -> ContentFile[bytes]:
    """A paper that somebody signed."""
    return ContentFile(b"%PDF-1.7 " + text, "signed.pdf")
