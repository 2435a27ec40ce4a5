"""Data-processing agreements from the wish to the end, step by step."""

from datetime import UTC, datetime

import pytest

from contracts.actions import processing
from contracts.models import DpaReviewItem, ProcessingAgreement
from tests.factories.cast import make_cast
from tests.factories.gates import make_document

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_from_the_wish_to_the_force() -> None:
    cast = make_cast()
    dpa = processing.request(customer=cast.gold_customer, source="agent", by=cast.agent, at=NOW)
    dpa = processing.begin_review(dpa=dpa, by=cast.lead, at=NOW)
    for item in DpaReviewItem.objects.filter(processing_agreement=dpa):
        processing.settle_item(item=item, note="", is_done=True, by=cast.lead, at=NOW)
    dpa = processing.offer(dpa=dpa, document=make_document(), by=cast.lead, at=NOW)
    dpa = processing.sign(dpa=dpa, party="firm", method="click", name="Lea", role="CEO", by=cast.lead, at=NOW)
    assert dpa.state == "offered"
    dpa = processing.sign(dpa=dpa, party="customer", method="click", name="O", role="CEO", by=None, at=NOW)
    assert ProcessingAgreement.objects.get().state == "in_force"
    assert processing.sweep(at=NOW) == 1
