"""The pages of billing: leads decide, close and hand over; company admins read their company's statements."""

import json
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from billing.actions import closing, collecting
from billing.models import Charge, CloseRun, Statement
from billing.queries.worklist import month_of
from contracts.models import PriceItem
from customers.models import Contact
from tests.factories.billing import CLOSED, WORKED, billed_ticket, make_list, make_work
from tests.factories.cast import PASSWORD, Cast, make_cast
from tests.factories.prices import make_own_price

pytestmark = pytest.mark.django_db
MONTH = "2026-10"


@pytest.fixture
def cast(db: None) -> Cast:
    cast = make_cast()
    admins = Contact.objects.filter(pk__in=[cast.owner.pk, cast.stranger.pk])
    admins.update(is_company_admin=True, language="en")
    return cast


def signed_in(name: str) -> Client:
    client = Client()
    assert client.login(username=name, password=PASSWORD)
    return client


def item(code: str = "remote") -> PriceItem:
    return PriceItem.objects.select_related("price_list").filter(code=code).latest("pk")


def work(cast: Cast, *, is_flagged: bool = False) -> None:
    make_list()
    ticket = billed_ticket(cast, subject="Scanner schweigt")
    make_work(cast, ticket, {"minutes": 60, "item": item()}, is_flagged=is_flagged)
    make_work(cast, ticket, {"minutes": 15}, started_at=WORKED + timedelta(hours=3), text="Rückfrage")
    collecting.collect(at=CLOSED)


def closed(cast: Cast) -> Statement:
    work(cast)
    month = month_of(MONTH, CLOSED)
    (statement,) = closing.close_period(customer=cast.gold_customer, month=month, by=cast.lead, at=CLOSED)
    return statement


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == status, answer
    return answer.content.decode()


def test_the_worklist_shows_who_is_to_be_billed_and_what_has_to_be_decided(cast: Cast) -> None:
    work(cast, is_flagged=True)

    shown = page(signed_in("lead"), f"/desk/billing/?month={MONTH}")

    assert "Aigner" in shown
    assert "1 without approval, €120.00" in shown
    assert "Close October 2026 for everybody" in shown
    assert "Brandl" not in shown


def test_a_month_is_closed_in_the_background_and_the_page_says_how_it_went(cast: Cast) -> None:
    work(cast)
    lead = signed_in("lead")

    lead.post("/desk/billing/close/", {"month": MONTH})
    from billing.tasks import close_month

    close_month()
    shown = page(lead, f"/desk/billing/?month={MONTH}")

    assert CloseRun.objects.get().finished_at is not None
    assert "1 of 1 customers done, 1 with a statement." in shown
    assert Statement.objects.get().number in shown
    assert "not handed over" in shown


def test_a_charge_is_entered_decided_waived_and_taken_out(cast: Cast) -> None:
    work(cast, is_flagged=True)
    lead, at = signed_in("lead"), f"/desk/billing/customers/{cast.gold_customer.pk}/"
    held = Charge.objects.held().get()

    refused = lead.post(at, {"day": "2026-10-05", "item": item("km").pk, "quantity": "0", "ticket": "x"})
    assert refused.status_code == 422
    sent = {"day": "2026-10-05", "item": item("km").pk, "quantity": "12.5", "text": "Zweimal gefahren"}
    assert lead.post(at, sent).status_code == 302
    manual = Charge.objects.get(kind="manual")
    assert (manual.net, manual.created_by_name) == (Decimal("8.75"), cast.lead.display_name)

    for verb, charge in (("release", held), ("waive", held), ("withdraw", manual)):
        address = f"/desk/billing/charges/{charge.pk}/{verb}/"
        assert charge.title_en in page(lead, address)
        assert lead.post(address, {"reason": ""}).status_code == 422
        assert lead.post(address, {"reason": "Said so on the phone"}).status_code == 302

    assert {(charge.kind, charge.net) for charge in Charge.objects.open()} == {
        ("work", Decimal("120.00")), ("waiver", Decimal("-120.00")), ("work", Decimal(0)),
    }  # fmt: skip
    shown = page(lead, at)
    assert "Goodwill: Said so on the phone" in shown
    assert page(lead, f"/desk/billing/charges/{held.pk}/burn/", 404)


def test_a_charge_too_dear_to_write_is_refused_at_its_quantity(cast: Cast) -> None:
    make_list()
    at = f"/desk/billing/customers/{cast.gold_customer.pk}/"
    make_own_price(cast.gold_customer, "9999999.99", "km")

    def send(quantity: str) -> Any:
        sent = {"day": "2026-10-05", "item": item("km").pk, "quantity": quantity}
        return signed_in("lead").post(at, sent, headers={"Accept-Language": "en"})

    refused = send("9999999.99")

    assert refused.status_code == 422
    assert refused.context["form"].errors == {
        "quantity": ["The amount is too high for one charge: it has to stay below 100 million."]
    }
    assert not Charge.objects.exists()
    assert send("10").status_code == 302
    assert Charge.objects.get().net == Decimal("99999999.90")


def test_one_customer_is_closed_from_their_page(cast: Cast) -> None:
    work(cast)
    month = month_of("", timezone.now())
    answer = signed_in("lead").post(
        f"/desk/billing/customers/{cast.gold_customer.pk}/close/", {"month": str(month)}
    )
    statement = Statement.objects.get()
    assert answer["Location"] == f"/desk/billing/statements/{statement.number}/"
    again = signed_in("lead").post(
        f"/desk/billing/customers/{cast.bronze_customer.pk}/close/", {"month": str(month)}
    )
    assert again.status_code == 302
    assert Statement.objects.count() == 1


def test_bookkeeping_gets_every_statement_also_those_that_the_page_leaves_out(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement, lead = closed(cast), signed_in("lead")
    monkeypatch.setattr("billing.queries.worklist.STATEMENTS_SHOWN", 0)

    shown = page(lead, f"/desk/billing/?month={MONTH}")

    assert statement.number not in shown
    sheet = lead.get(f"/desk/billing/hand-over.csv?month={MONTH}")
    assert statement.number in sheet.content.decode()


def test_a_statement_is_read_and_handed_over(cast: Cast) -> None:
    statement = closed(cast)
    lead, at = signed_in("lead"), f"/desk/billing/statements/{statement.number}"

    shown = page(lead, f"{at}/")
    assert "not handed over" in shown
    assert "No service agreement" in shown
    assert "Included in the agreement" in shown
    assert "€142.80" in shown
    assert "differs from what was sealed" not in shown
    lead.post("/desk/billing/hand-over/", {"month": MONTH})
    assert "not handed over" not in page(lead, f"{at}/")

    for _time in range(2):
        sheet = lead.get(f"/desk/billing/hand-over.csv?month={MONTH}")
        assert statement.number in sheet.content.decode()
        known = json.loads(lead.get(f"/desk/billing/hand-over.json?month={MONTH}").content)
        assert [one["number"] for one in known["statements"]] == [statement.number]
    assert lead.get(f"/desk/billing/hand-over.exe?month={MONTH}").status_code == 404


@pytest.mark.parametrize("kind", ["pdf", "csv", "json", "xml"])
def test_the_files_of_a_statement_are_saved_and_never_cached(kind: str, cast: Cast) -> None:
    statement = closed(cast)
    answer: Any = signed_in("lead").get(f"/desk/billing/statements/{statement.number}.{kind}")

    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="{statement.number}.{kind}"'
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    if kind == "pdf":
        assert "Rechnungsnummer" in PdfReader(BytesIO(answer.content)).pages[0].extract_text()


def test_a_statement_that_was_tampered_with_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    statement = closed(cast)
    monkeypatch.setattr("billing.views.statements.digest_of", lambda _statement: "another")

    shown = page(signed_in("lead"), f"/desk/billing/statements/{statement.number}/")

    assert "differs from what was sealed" in shown


def test_company_admins_read_their_own_companys_statements_and_nobody_elses(cast: Cast) -> None:
    statement = closed(cast)
    at = f"/portal/statements/{statement.number}"
    owner = signed_in("owner")

    assert "October 2026" in page(owner, "/portal/contract/")
    assert statement.number in page(owner, "/portal/statements/")
    assert "Scanner schweigt" in page(owner, f"{at}/")
    assert owner.get(f"{at}.pdf").status_code == owner.get(f"{at}.xml").status_code == 200
    assert owner.get(f"{at}.json").status_code == 404

    stranger = signed_in("stranger")
    assert statement.number not in page(stranger, "/portal/statements/")
    for address in (f"{at}/", f"{at}.pdf"):
        page(stranger, address, 404)
        page(signed_in("colleague"), address, 404)
    page(signed_in("colleague"), "/portal/statements/", 404)
    assert "/portal/statements/" not in page(signed_in("colleague"), "/portal/contract/")


@pytest.mark.parametrize("name", ["agent", "owner"])
def test_billing_is_for_leads_and_admins(name: str, cast: Cast) -> None:
    statement = closed(cast)
    charge = Charge.objects.earliest("pk")
    client = signed_in(name)
    for address in (
        "", "hand-over.csv", f"customers/{cast.gold_customer.pk}/", f"charges/{charge.pk}/waive/",
        f"statements/{statement.number}/", f"statements/{statement.number}.pdf",
    ):  # fmt: skip
        page(client, f"/desk/billing/{address}", 404)
    for address in ("close/", "hand-over/", f"customers/{cast.gold_customer.pk}/close/"):
        assert client.post(f"/desk/billing/{address}", {"month": MONTH}).status_code == 404
    statement.refresh_from_db()
    assert statement.handed_over_at is None
    assert not CloseRun.objects.exists()
