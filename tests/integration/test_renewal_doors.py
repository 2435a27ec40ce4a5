"""Terms of renewal at the other doors: the administration, the import, the API."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.actions import renewing
from contracts.models import Agreement
from contracts.resources import AgreementResource
from tests.factories.calling import Caller
from tests.factories.cast import Cast, make_agreement, make_cast

pytestmark = pytest.mark.django_db

TERMS: dict[str, Any] = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31), "reference": "SV-9"}


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def posted(agreement: Agreement, **changed: Any) -> dict[str, Any]:
    fields = ("reference", "starts_on", "ends_on", "renewal_months", "notice_days", "notice_given_on")
    values = {name: getattr(agreement, name) or "" for name in fields}
    rows = {f"suspensions-{count}_FORMS": 0 for count in ("TOTAL", "INITIAL")}
    whose = {"customer": agreement.customer_id, "kind": agreement.kind, "level": agreement.level_id}
    return {**values, **whose, **rows, "terminated_on": "", **changed}


def test_admins_enter_the_terms_and_are_told_what_comes(cast: Cast) -> None:
    agreement = make_agreement(cast.plain_customer, cast.gold, **TERMS)
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.admin)
    path = f"/admin/contracts/agreement/{agreement.pk}/change/"
    answer = client.post(path, posted(agreement, renewal_months=12, notice_days=30))
    assert answer.status_code == 302
    agreement.refresh_from_db()
    assert (agreement.renewal_months, agreement.notice_days) == (12, 30)
    page = client.get(path).content.decode()
    assert "unless notice is given by 1 December 2026" in page
    assert f"/desk/agreements/{agreement.pk}/" in page

    late = client.post(path, posted(agreement, notice_days=60, notice_given_on="2026-11-23"))
    assert late.status_code == 200
    assert "Too late: notice had to be given by" in late.content.decode()
    agreement.refresh_from_db()
    assert agreement.notice_given_on is None


def test_terms_are_imported_and_the_terms_of_a_chain_told_apart(cast: Cast) -> None:
    agreement = make_agreement(cast.plain_customer, cast.gold, **TERMS)
    renewal = renewing.renew(agreement=agreement, until=date(2027, 12, 31), by=cast.lead)
    resource = AgreementResource()
    row = {"customer": cast.plain_customer.name, "reference": "SV-9", "starts_on": "2027-01-01"}
    blank = dict.fromkeys(resource.fields, "")
    rows = [
        {**blank, **row, "kind": "service", "level": "Gold", "ends_on": "2027-12-31", "notice_days": "90"}
    ]
    rows[0]["renewal_months"] = "24"
    resource.prepare(rows)
    found = resource.find(rows[0])
    assert found == renewal
    assert resource.parsed(rows[0], "renewal_months") == 24
    assert resource.parsed(rows[0], "notice_days") == 90


def test_the_api_shows_the_terms_to_whom_they_concern_and_lets_admins_write(cast: Cast) -> None:
    agreement = make_agreement(cast.gold_customer, cast.gold, renewal_months=12, notice_days=30, **TERMS)
    renewal = renewing.renew(agreement=agreement, until=date(2027, 12, 31), by=cast.lead)
    assert cast.owner.user is not None
    shown = Caller(cast.owner.user).get(f"agreements/{renewal.pk}/").json()
    assert (shown["renewal_months"], shown["notice_days"], shown["notice_given_on"]) == (12, 30, None)
    assert shown["renewed_from"] == agreement.pk

    path = f"agreements/{renewal.pk}/"
    assert Caller(cast.agent).patch(path, {"notice_days": 60}).status_code == 403
    assert Caller(cast.admin).patch(path, {"renewed_from": None}).status_code == 400
    assert Caller(cast.admin).patch(path, {"notice_days": 60}).status_code == 200
    refused = Caller(cast.admin).patch(path, {"starts_on": "2027-02-01"})
    assert refused.status_code == 400
    assert "starts_on" in refused.content.decode()
    renewal.refresh_from_db()
    assert (renewal.notice_days, renewal.renewed_from_id) == (60, agreement.pk)
