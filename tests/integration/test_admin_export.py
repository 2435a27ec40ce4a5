"""Exported tables: they can be imported again, hold no formula, and tell nothing written in confidence."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEntry, User
from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement
from customers.actions import customers as customer_actions
from customers.models import Customer
from lib.sheets import pages as sheet_pages
from lib.sheets.cells import plain_cell, safe_cell
from lib.sheets.pages import ExportPages, ImportPages
from lib.sheets.reading import read_sheet
from tests.admin_sheets import fates, upload
from tests.corpora import require_corpora
from tests.factories.cast import Cast, make_agreement, make_cast, make_contact, make_customer, make_ticket
from tests.factories.phones import make_number, make_system
from tests.factories.prices import make_price_list
from tickets.actions import replying

pytestmark = pytest.mark.django_db

FORMULAS = [
    "=1+1",
    "+49 89 1",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\rx",
    " =cmd|' /C calc'!A0",
    "＝1",
    "'=1",
    "'",
    "''x",
]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast, settings: Any, tmp_path: Any) -> Client:
    settings.DATA_DIR = tmp_path
    User.objects.filter(pk=cast.admin.pk).update(language="en")
    client.force_login(cast.admin)
    return client


def tables(kind: Any) -> list[Any]:
    """The admin pages of this kind, by the model's label."""
    registered: dict[Any, Any] = admin.site._registry
    return [
        pytest.param(pages._name("x").removesuffix("_x"), id=model._meta.label)
        for model, pages in registered.items()
        if isinstance(pages, kind)
    ]


def export(client: Client, table: str, kind: str = "csv", query: str = "") -> bytes:
    answer = client.get(reverse(f"admin:{table}_export", args=[kind]) + query)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return bytes(answer.getvalue())


def cells(content: bytes) -> list[list[str]]:
    """All cells of a CSV file, as a spreadsheet gets them."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def furnish(cast: Cast) -> None:
    """Rows with everything that a column can hold."""
    customer_actions.save(
        customer=cast.plain_customer,
        by=None,
        domains=["moser.example", "moser-gruppe.example"],
        phone_numbers=["+498999998200"],
    )
    note = Customer.objects.get(pk=cast.gold_customer.pk)
    note.note = '=HYPERLINK("https://evil.example")\nsecond; line, "quoted"'
    customer_actions.save(customer=note, by=None)
    contact = make_contact(cast.plain_customer, "=Erika", email="erika@moser.example", language="en")
    customer_actions.save_contact(contact=contact, by=None, phone_numbers=["+491701234567"])
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    periods: list[Any] = [
        {"starts_on": "2026-01-01", "ends_on": "2026-01-31", "reason": 'unpaid; "twice", (or more)'},
        {"starts_on": "2026-05-01", "ends_on": None, "reason": ""},
    ]
    agreement_actions.save(agreement=agreement, by=None, suspensions=periods)
    make_agreement(cast.plain_customer)
    make_price_list(date(2026, 1, 1))
    make_price_list(date(2040, 1, 1), is_published=False)
    make_number(make_system(), "+4930555001", Agreement.objects.get(customer=cast.gold_customer), note="=1")


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("table", tables(ImportPages))
def test_what_is_exported_can_be_imported_and_changes_nothing(
    as_admin: Client, cast: Cast, table: str, kind: str, language: str
) -> None:
    furnish(cast)
    User.objects.filter(pk=cast.admin.pk).update(language=language)
    before = AuditEntry.objects.count()

    page = upload(as_admin, table, export(as_admin, table, kind), f"table.{kind}")

    assert [line.errors for line in page.context["outcome"].of("wrong")] == []
    assert set(fates(page)) == {"unchanged"}, page.context["outcome"].of("changed")
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_can_be_a_formula_and_the_quote_goes_again(text: str) -> None:
    assert safe_cell(text).startswith("'")
    assert plain_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["", "Müller", "2026-01-01", "a=b", "O'Neil", "#REF!", "1;2"])
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == plain_cell(text) == text


def test_hostile_names_and_notes_leave_as_text(as_admin: Client, cast: Cast) -> None:
    texts = [text for text in require_corpora() if "\0" not in text and text.strip() and len(text) < 10_000]
    texts += FORMULAS
    Customer.objects.bulk_create(
        Customer(name=f"N{number}", sort_name=f"n{number}", note=text) for number, text in enumerate(texts)
    )

    exported = export(as_admin, "customers_customer")

    dangerous = tuple("=+-@\t\r\n")
    assert [cell for row in cells(exported) for cell in row if cell.startswith(dangerous)] == []
    kept = {row[1]: row[4] for _, row in read_sheet(exported).rows}
    assert {name: kept[name] for name in kept if name.startswith("N")} == {
        f"N{number}": text for number, text in enumerate(texts)
    }
    book = load_workbook(io.BytesIO(export(as_admin, "customers_customer", "xlsx")))
    found = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in found} <= {"s"}


def test_tickets_leave_without_what_was_written_in_them(as_admin: Client, cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, subject="=Printer", body="the body", contact=cast.owner)
    replying.note(ticket=ticket, by=cast.agent, body="the internal note")

    exported = export(as_admin, "tickets_ticket")

    assert ticket.number in exported.decode()
    assert "'=Printer" in exported.decode()
    assert "Owner" in exported.decode()
    for secret in ("the body", "the internal note", "owner@customer.example"):
        assert secret not in exported.decode()


def test_an_export_follows_search_and_filters(as_admin: Client, cast: Cast) -> None:
    found = cells(export(as_admin, "customers_customer", query="?q=aigner"))

    assert [row[1] for row in found[1:]] == ["Aigner"]
    odd = as_admin.get(reverse("admin:customers_customer_export", args=["csv"]) + "?nonsense__x=1")
    assert odd.status_code == 302
    assert as_admin.get(reverse("admin:customers_customer_export", args=["pdf"])).status_code == 404


def test_too_much_for_one_file_is_refused_in_words(
    as_admin: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_pages, "MOST_EXPORTED", 2)

    answer = as_admin.get(reverse("admin:customers_customer_export", args=["csv"]), follow=True)

    assert "at most 2 lines" in answer.text


@pytest.mark.parametrize("table", tables(ExportPages))
def test_an_export_costs_the_same_however_long(as_admin: Client, cast: Cast, table: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            export(as_admin, table)
        return len(queries)

    def grow() -> None:
        customer = make_customer()
        make_contact(customer)
        make_agreement(customer, cast.gold)
        make_ticket(customer)

    grow()
    count()
    before = count()
    for _ in range(6):
        grow()
    assert count() == before


def test_the_list_leads_to_import_and_export_with_its_filters(as_admin: Client, cast: Cast) -> None:
    page = as_admin.get(reverse("admin:customers_customer_changelist") + "?q=aigner").text
    tickets = as_admin.get(reverse("admin:tickets_ticket_changelist")).text

    assert reverse("admin:customers_customer_import") in page
    assert reverse("admin:customers_customer_export", args=["csv"]) + "?q=aigner" in page
    assert reverse("admin:tickets_ticket_export", args=["xlsx"]) in tickets
    assert "/import/" not in tickets
