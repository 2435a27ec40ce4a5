"""Statements by mail, by API and by command."""

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from billing.actions import closing, parties
from billing.models import BillingParty, Statement
from billing.queries.worklist import month_of
from contracts.models import PriceItem
from customers.models import Contact
from lib.paper_links import paper_token
from mail.actions.delivering import deliver
from tests.factories.billing import CLOSED, billed_ticket, make_list, make_work
from tests.factories.calling import Caller, rows
from tests.factories.cast import Cast, make_cast, make_ticket

pytestmark = pytest.mark.django_db
BILLS = "buchhaltung@kunde.example"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def work(cast: Cast) -> None:
    make_list()
    item = PriceItem.objects.select_related("price_list").get(code="remote")
    make_work(cast, billed_ticket(cast), {"minutes": 60, "item": item})


def closed(cast: Cast) -> Statement:
    work(cast)
    month = month_of("2026-10", CLOSED)
    (statement,) = closing.close_period(customer=cast.gold_customer, month=month, by=cast.lead, at=CLOSED)
    return statement


def letters() -> dict[str, str]:
    """The mails about statements by address."""
    deliver()
    found = [message for message in mail.outbox if "RE-" in message.subject]
    return {message.to[0]: " ".join(str(message.body).split()) for message in found}


def test_the_billing_address_gets_a_link_that_needs_no_login(cast: Cast) -> None:
    statement = closed(cast)

    body = letters()[BILLS]

    assert "Oktober 2026" in body
    assert "142,80 €" in body
    (path,) = set(re.findall(r"/statement/[^\s>)]+", body))
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert (answer["X-Robots-Tag"], answer["Cache-Control"]) == ("noindex", "private, no-store")
    assert Client().get(path[:-2] + "x/").status_code == 404
    assert (
        Client().get(f"/statement/{paper_token(statement.number, 'else@where.example')}/").status_code == 404
    )
    party = BillingParty.objects.get(customer=cast.gold_customer)
    party.email = "new@kunde.example"
    parties.save_party(party=party, by=None)
    assert Client().get(path).status_code == 404, "bills go elsewhere now"


def test_company_admins_are_told_as_long_as_they_are_some(cast: Cast) -> None:
    Contact.objects.filter(pk__in=[cast.owner.pk, cast.colleague.pk]).update(
        is_company_admin=True, language="en"
    )
    statement = closed(cast)
    Contact.objects.filter(pk=cast.colleague.pk).update(is_company_admin=False)

    told = letters()

    assert cast.owner.user is not None
    assert set(told) == {BILLS, cast.owner.user.email}
    assert f"/portal/statements/{statement.number}/" in told[cast.owner.user.email]
    assert "October 2026" in told[cast.owner.user.email]
    assert "/statement/" not in told[cast.owner.user.email]


def test_the_api_shows_statements_to_whom_the_pages_show_them(cast: Cast) -> None:
    statement = closed(cast)
    Contact.objects.filter(pk=cast.owner.pk).update(is_company_admin=True)
    path = f"statements/{statement.number}/"

    def seen(who: User | Contact) -> tuple[list[str], int]:
        caller = Caller(who)
        return [row["number"] for row in rows(caller.get("statements/"))], caller.get(path).status_code

    assert seen(cast.lead) == seen(cast.admin) == seen(cast.owner) == ([statement.number], 200)
    assert seen(cast.agent) == seen(cast.colleague) == seen(cast.stranger) == ([], 404)
    shown: dict[str, Any] = Caller(cast.owner).get(path).json()
    assert (shown["net"], shown["vat"], shown["gross"]) == ("120.00", "22.80", "142.80")
    assert [line["net"] for line in shown["lines"]] == ["120.00"]
    assert shown["lines"][0]["reason"]["en"] == "No service agreement"
    assert "/portal/statements/" in shown["files"]["pdf"]
    assert rows(Caller(cast.lead).get("statements/", handed_over="true")) == []
    assert len(rows(Caller(cast.lead).get("statements/", period_starts_on="2026-10-01"))) == 1
    assert Caller(cast.lead).post("statements/", {"net": "0"}).status_code == 405


def test_the_command_closes_a_month_for_one_and_for_all(cast: Cast) -> None:
    work(cast)
    item = PriceItem.objects.select_related("price_list").get(code="remote")
    make_work(cast, make_ticket(cast.bronze_customer), {"minutes": 30, "item": item})

    def run(*options: str) -> list[dict[str, Any]]:
        out = StringIO()
        try:
            call_command("close_period", "--month", "2026-10", *options, stdout=out)
        finally:
            said.extend(json.loads(line) for line in out.getvalue().splitlines())
        return said

    said: list[dict[str, Any]] = []
    (one,) = run("--customer", str(cast.gold_customer.pk))
    assert one["statements"] == [Statement.objects.get().number]
    said.clear()
    with pytest.raises(CommandError, match="1 customers"):
        run()
    assert said == [{"customer": "Brandl", "statements": [], "error": "no_address"}]
    said.clear()
    address = {"line_one": "Weg 1", "postcode": "80331", "city": "München"}
    BillingParty.objects.filter(customer=cast.bronze_customer).update(**address)
    run()
    assert Statement.objects.count() == 2
    for wrong in (
        ["--month", "10/2026"],
        ["--month", "2099-01"],
        ["--month", "2026-10", "--customer", "999"],
    ):
        with pytest.raises(CommandError):
            call_command("close_period", *wrong)
