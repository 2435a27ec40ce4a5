"""What company admins do about the data-processing agreement: several answers are written together."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from contracts.actions import processing
from contracts.models import DpaReviewItem, ProcessingAgreement


@transaction.atomic
def answer_review(
    *,
    dpa: ProcessingAgreement,
    answers: Mapping[int, tuple[str, bool]],
    by: User | None,
    at: datetime | None = None,
) -> None:
    """Write the customer's answers, by the question's id: the answer, and whether it is complete.

    All or none. Errors: as `processing.settle_item`.
    """
    items = DpaReviewItem.objects.filter(processing_agreement=dpa, party="customer", pk__in=answers)
    for item in items.select_related("processing_agreement").order_by("pk"):
        note, is_done = answers[item.pk]
        processing.settle_item(item=item, note=note, is_done=is_done, by=by, at=at)


def decline(*, dpa: ProcessingAgreement, why: str, by: User | None, at: datetime | None = None) -> None:
    """Say no to an offer with a reason, or take a request back. Errors: as `processing`."""
    if dpa.state == ProcessingAgreement.State.OFFERED:
        processing.refuse(dpa=dpa, reason=why, by=by, at=at)
    else:
        processing.withdraw(dpa=dpa, by=by, at=at)
