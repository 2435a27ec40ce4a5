"""An agreement without a number or title is still called something in the sentences about it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from contracts.queries import company_zone, standing_of
from contracts.rules.wording import TABLE
from lib.reasons import say
from tests.factories.cast import make_agreement, make_customer, make_level

pytestmark = pytest.mark.django_db


def test_an_agreement_without_a_reference_goes_by_its_serial_number() -> None:
    customer = make_customer()
    ended_on = date.today() - timedelta(days=30)  # noqa: DTZ011 (any day long ago will do)
    agreement = make_agreement(customer, make_level("Gold"), ends_on=ended_on, reference="")

    (seen,) = standing_of(customer.pk, timezone.now()).not_counting

    assert say(seen.reason, "de", TABLE, zone=company_zone()).startswith(
        f"#{agreement.pk} zählt nicht mehr: endete am"
    )
