"""Statements on paper and for machines: PDF, CSV, JSON and the invoice by EN 16931."""

import csv
import json
import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from facturx import get_facturx_xml_from_pdf, xml_check_xsd
from lxml import etree
from pypdf import PdfReader

from billing.actions import closing, collecting, deciding
from billing.models import Charge, Statement
from billing.queries.content import as_csv, content_of
from billing.queries.e_invoices import X_RECHNUNG, e_invoice, has_e_invoice
from billing.queries.papers import paper_of, statement_pdf
from billing.rules.periods import Month
from contracts.models import PriceItem
from tests.factories.billing import (
    CLOSED,
    WORKED,
    billed_ticket,
    make_list,
    make_party,
    make_seller,
    make_work,
    take_back,
)
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.schematron import faults_of

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER = Month.parse("2026-10"), Month.parse("2026-11")
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def item(code: str = "remote") -> PriceItem:
    return PriceItem.objects.select_related("price_list").filter(code=code).latest("pk")


def mixed(cast: Cast) -> Statement:
    """Covered work, work by the hour with and without a surcharge, kilometres, and two rates of VAT."""
    old, new = make_list(), make_list("7", valid_from="2026-10-05", hourly="133.37")
    ticket = billed_ticket(cast, subject="Drucker <b>& Scanner</b> \x0b stumm")
    make_work(cast, ticket, {"minutes": 50, "item": old.items.get(code="remote")}, {"minutes": 25})
    surcharged = {"minutes": 35, "item": new.items.get(code="remote"), "surcharge": "33.33"}
    make_work(cast, ticket, surcharged, started_at=WORKED + timedelta(days=1), text="=1+1 & <x>")
    km = item("km")
    deciding.add(
        customer=cast.gold_customer,
        item=km,
        quantity=Decimal("12.5"),
        day=WORKED.date(),
        by=cast.lead,
        at=CLOSED,
    )
    return _closed(cast)


def corrected(cast: Cast) -> Statement:
    """One line of October taken back and new work: more to pay than to give back."""
    make_list()
    ticket = billed_ticket(cast)
    entry = make_work(cast, ticket, {"minutes": 30, "item": item()})
    _closed(cast)
    take_back(entry)
    make_work(cast, ticket, {"minutes": 90, "item": item()}, started_at=WORKED + timedelta(days=30))
    return _closed(cast, NOVEMBER)


def refund(cast: Cast) -> Statement:
    """Nothing but a correction: a credit note."""
    make_list()
    entry = make_work(cast, billed_ticket(cast), {"minutes": 30, "item": item()})
    _closed(cast)
    take_back(entry)
    return _closed(cast, NOVEMBER)


def waived(cast: Cast) -> Statement:
    """A charge and the goodwill that takes it back: nothing to pay."""
    make_list("0")
    make_work(cast, billed_ticket(cast), {"minutes": 30, "item": item()})
    collecting.collect(at=CLOSED)
    deciding.waive(charge=Charge.objects.get(), by=cast.lead, note="Erstes Mal", at=CLOSED)
    return _closed(cast)


def _closed(cast: Cast, month: Month = OCTOBER) -> Statement:
    at = CLOSED if month == OCTOBER else CLOSED + timedelta(days=30)
    (statement,) = closing.close_period(customer=cast.gold_customer, month=month, by=cast.lead, at=at)
    return statement


STORIES: list[Callable[[Cast], Statement]] = [mixed, corrected, refund, waived]


@pytest.mark.parametrize("story", STORIES)
def test_the_e_invoice_keeps_the_schema_and_the_rules_of_en_16931(
    story: Callable[[Cast], Statement], cast: Cast
) -> None:
    statement = story(cast)
    xml = e_invoice(statement)

    assert xml_check_xsd(xml, flavor="factur-x", level="en16931")
    assert faults_of(xml) == []
    tree = etree.fromstring(xml)
    totals = tree.find(f".//{RAM}SpecifiedTradeSettlementHeaderMonetarySummation")
    sign = -1 if statement.gross < 0 else 1
    assert Decimal(totals.findtext(f"{RAM}GrandTotalAmount")) == sign * statement.gross
    nets = [Decimal(each.text) for each in tree.iter(f"{RAM}LineTotalAmount")][:-1]
    assert sum(nets) == sign * statement.net
    assert tree.findtext(f".//{RAM}TypeCode") == ("381" if sign < 0 else "380")


def test_only_a_statement_before_is_named_as_corrected(cast: Cast) -> None:
    assert b"InvoiceReferencedDocument" not in e_invoice(waived(cast)), "it cannot correct itself"


def test_what_corrects_a_statement_names_it(cast: Cast) -> None:
    later = refund(cast)
    first = Statement.objects.exclude(pk=later.pk).get()
    tree = etree.fromstring(e_invoice(later))
    assert tree.findtext(f".//{RAM}InvoiceReferencedDocument/{RAM}IssuerAssignedID") == first.number


def test_the_rules_of_en_16931_are_really_asked(cast: Cast) -> None:
    broken = e_invoice(mixed(cast)).replace(b"<ram:GrandTotalAmount>", b"<ram:GrandTotalAmount>9")

    assert any("BR-CO" in fault for fault in faults_of(broken))


def test_a_public_buyer_gets_an_x_rechnung(cast: Cast) -> None:
    make_list()
    make_seller()
    make_party(cast.gold_customer, buyer_reference="04011000-1234512345-06")
    make_work(cast, make_ticket(cast.gold_customer), {"minutes": 30, "item": item()})

    xml = e_invoice(_closed(cast), profile=X_RECHNUNG)

    tree = etree.fromstring(xml)
    assert tree.findtext(f".//{RAM}BuyerReference") == "04011000-1234512345-06"
    assert tree.findtext(f".//{RAM}GuidelineSpecifiedDocumentContextParameter/{RAM}ID") == X_RECHNUNG
    for wanted in ("PersonName", "CompleteNumber", "IBANID", "Description"):
        assert tree.findtext(f".//{RAM}{wanted}")
    assert len(tree.findall(f".//{RAM}URIUniversalCommunication")) == 2
    (its_name,) = faults_of(xml)
    assert X_RECHNUNG in its_name or "not allowed" in its_name, "the rules of the core know no other profile"


def test_covered_work_alone_is_no_invoice(cast: Cast) -> None:
    make_work(cast, billed_ticket(cast), {"minutes": 30})
    statement = _closed(cast)

    assert not has_e_invoice(statement)
    said = paper_of(statement, "de")
    assert said.closing == ["Alle Leistungen sind in Ihrem Vertrag enthalten. Es ist nichts zu zahlen."]
    assert not PdfReader(BytesIO(statement_pdf(statement, "de"))).attachments


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_pdf_is_tagged_archivable_and_carries_the_invoice(language: str, cast: Cast) -> None:
    statement = mixed(cast)
    pdf = statement_pdf(statement, language)

    if folder := os.environ.get("KEEP_PDFS"):
        (Path(folder) / f"statement-{language}.pdf").write_bytes(pdf)
    reader = PdfReader(BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    told = root["/Metadata"].get_object().get_data().decode()
    assert root["/Lang"].startswith(language)
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in told
    assert "<pdfuaid:part>1</pdfuaid:part>" in told
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in told
    name, xml = get_facturx_xml_from_pdf(pdf)
    assert (name, xml) == ("factur-x.xml", e_invoice(statement))
    assert statement.number in str(reader.metadata and reader.metadata.title)
    text = "\n".join(page.extract_text() for page in reader.pages)
    said = paper_of(statement, language)
    assert said.total in text
    assert "Berger IT GmbH" in text
    assert f"{said.words['page']} 1 {said.words['of']} {len(reader.pages)}" in text
    assert statement_pdf(statement, language) == pdf


def test_a_long_statement_breaks_between_lines_and_repeats_the_head_of_its_table(cast: Cast) -> None:
    make_list()
    ticket = billed_ticket(cast)
    for number in range(40):
        make_work(cast, ticket, {"minutes": 10, "item": item()}, started_at=WORKED + timedelta(hours=number))

    pdf = statement_pdf(_closed(cast), "de")

    if folder := os.environ.get("KEEP_PDFS"):
        (Path(folder) / "long.pdf").write_bytes(pdf)
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    assert len(pages) > 2
    assert all("Einzelpreis" in page for page in pages[:2])
    assert f"Seite 2 von {len(pages)}" in pages[1]


def test_csv_and_json_say_the_same_lines(cast: Cast) -> None:
    statement = mixed(cast)
    known = json.loads(json.dumps(content_of(statement)))

    sheet = as_csv([statement], "de")
    rows = list(csv.DictReader(StringIO(sheet.removeprefix("\ufeff")), delimiter=";"))

    assert sheet.startswith("\ufeff")
    assert [Decimal(row["net"].replace(",", ".")) for row in rows] == [
        Decimal(line["net"]) for line in known["lines"]
    ]
    assert sum(Decimal(line["net"]) for line in known["lines"]) == Decimal(known["net"])
    assert {row["statement"] for row in rows} == {statement.number}
    assert "'=1+1 & <x>" in {row["text"] for row in rows}, "no cell is a formula"
