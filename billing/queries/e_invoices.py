"""A statement as an invoice for machines: EN 16931 in the syntax of UN/CEFACT (Factur-X, XRechnung).

Only what costs something is on it; covered lines are in the PDF. Built by drafthorse and checked against its
schema while it is written. A statement that gives money back is a credit note with positive amounts.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from drafthorse.models.accounting import ApplicableTradeTax
from drafthorse.models.document import Document
from drafthorse.models.note import IncludedNote
from drafthorse.models.party import TaxRegistration
from drafthorse.models.payment import PaymentMeans, PaymentTerms
from drafthorse.models.tradelines import LineItem

from billing.models import Charge, Statement
from billing.queries.content import lines_of
from billing.rules.paper_words import WORDS

EN_16931 = "urn:cen.eu:en16931:2017"
X_RECHNUNG = f"{EN_16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
SCHEMA = "FACTUR-X_EN16931"
INVOICE, CREDIT_NOTE = "380", "381"
SEPA_TRANSFER = "58"
UNITS = {"minute": "MIN", "incident": "C62", "piece": "H87", "kilometre": "KMT"}
STANDARD, ZERO = "S", "Z"
CENT = Decimal("0.01")
_HOUR = Decimal(60)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def has_e_invoice(statement: Statement) -> bool:
    """Whether there is something to invoice: a statement of covered work alone is none."""
    return bool(statement.vat_shares)


def is_x_rechnung(statement: Statement) -> bool:
    """Whether its buyer is reached by XRechnung: only with a buyer reference."""
    return has_e_invoice(statement) and bool(statement.buyer.get("buyer_reference"))


def e_invoice(statement: Statement, *, profile: str = EN_16931) -> bytes:
    """The XML, UTF-8. `profile`: EN_16931 or X_RECHNUNG. Error: lxml's, should it break the schema."""
    sign = -1 if statement.gross < 0 else 1
    document = Document()
    document.context.guideline_parameter.id = profile
    if profile == X_RECHNUNG:
        document.context.business_parameter.id = PROCESS
    header = document.header
    header.id = statement.number
    header.type_code = CREDIT_NOTE if sign < 0 else INVOICE
    header.issue_date_time = statement.closed_on
    _note(document, _title(statement))
    _note(document, statement.seller["register_entry"], code="REG")
    _parties(document, statement)
    lines = [line for line in lines_of(statement) if not line.is_covered]
    for line in lines:
        document.trade.items.add(_item(line, sign, statement.language))
    document.trade.delivery.event.occurrence = statement.period_ends_on
    _settle(document, statement, sign, _corrected(lines))
    made: bytes = document.serialize(schema=SCHEMA)
    return made


def _title(statement: Statement) -> str:
    words = WORDS[statement.language[:2]]
    return f"{words['title']} {statement.period_starts_on:%Y-%m}"


def _note(document: Any, text: str, *, code: str = "") -> None:
    if text:
        note = IncludedNote()
        note.content = _text(text)
        note.subject_code = code
        document.header.notes.add(note)


def _parties(document: Any, statement: Statement) -> None:
    seller, buyer, agreement = statement.seller, statement.buyer, document.trade.agreement
    agreement.buyer_reference = _text(buyer["buyer_reference"])
    agreement.seller.name = _text(seller["name"])
    agreement.buyer.name = _text(buyer["legal_name"])
    agreement.seller.contact.person_name = _text(seller["contact_name"] or seller["name"])
    agreement.seller.contact.telephone.number = _text(seller["phone"])
    agreement.seller.contact.email.address = _text(seller["email"])
    for party, known in ((agreement.seller, seller), (agreement.buyer, buyer)):
        _address(party.address, known)
        if known["email"]:
            party.electronic_address.uri_ID = ("EM", _text(known["email"]))
        _registration(party, "VA", known["vat_id"])
    _registration(agreement.seller, "FC", seller["tax_number"])


def _address(address: Any, known: dict[str, Any]) -> None:
    address.line_one = _text(known["line_one"])
    address.line_two = _text(known["line_two"])
    address.postcode = _text(known["postcode"])
    address.city_name = _text(known["city"])
    address.country_id = known["country"]


def _registration(party: Any, scheme: str, number: str) -> None:
    if number:
        registration = TaxRegistration()
        registration.id = (scheme, _text(number))
        party.tax_registrations.add(registration)


def _item(line: Charge, sign: int, language: str) -> Any:
    """One line. Minutes are priced by sixty of them, so that quantity times price is exact."""
    item, unit = LineItem(), UNITS[line.unit]
    item.document.line_id = str(line.position)
    item.product.name = _text(line.title_in(language[:2]))
    item.product.description = _text(_described(line, language[:2]))
    price = line.unit_price * (100 + line.surcharge_percent) / 100
    item.agreement.net.amount = _plain(price)
    item.agreement.net.basis_quantity = (_HOUR if line.unit == "minute" else Decimal(1), unit)
    item.delivery.billed_quantity = (_plain(sign * line.quantity), unit)
    item.settlement.trade_tax.type_code = "VAT"
    item.settlement.trade_tax.category_code = _category(line.vat_percent)
    item.settlement.trade_tax.rate_applicable_percent = line.vat_percent
    item.settlement.period.start = line.service_day
    item.settlement.period.end = line.service_day
    item.settlement.monetary_summation.total_amount = sign * line.net
    return item


def _described(line: Charge, language: str) -> str:
    ticket = f"{line.ticket_number} {line.ticket_subject}".strip()
    return " · ".join(part for part in (ticket, line.text, line.reason_in(language)) if part)


def _corrected(lines: list[Charge]) -> tuple[str, date] | None:
    """The statement before that this one corrects. The profile has room for one: the latest.

    What was waived before it was closed stands beside its charge and corrects nothing of before.
    """
    corrected = [(line, line.corrects.statement) for line in lines if line.corrects]
    known = [one for line, one in corrected if one and one.pk != line.statement_id]
    latest = max(known, key=lambda statement: statement.pk, default=None)
    return (latest.number, latest.closed_on) if latest else None


def _settle(document: Any, statement: Statement, sign: int, corrected: tuple[str, date] | None) -> None:
    settlement, seller = document.trade.settlement, statement.seller
    settlement.payment_reference = statement.number
    settlement.currency_code = statement.currency
    if seller["iban"] and sign > 0:
        settlement.payment_means.add(_transfer(seller))
    for share in statement.vat_shares:
        settlement.trade_tax.add(_vat(share, sign))
    settlement.period.start = statement.period_starts_on
    settlement.period.end = statement.period_ends_on
    terms = PaymentTerms()
    terms.description = _text(WORDS[statement.language[:2]]["terms"].format(days=seller["payment_days"]))
    terms.due = statement.due_on
    settlement.terms.add(terms)
    total = settlement.monetary_summation
    total.line_total = total.tax_basis_total = sign * statement.net
    total.charge_total = total.allowance_total = Decimal("0.00")
    total.tax_total = (sign * statement.vat, statement.currency)
    total.grand_total = total.due_amount = sign * statement.gross
    if corrected is not None:
        settlement.invoice_referenced_document.issuer_assigned_id = corrected[0]
        settlement.invoice_referenced_document.issue_date_time = corrected[1]


def _transfer(seller: dict[str, Any]) -> Any:
    means = PaymentMeans()
    means.type_code = SEPA_TRANSFER
    means.payee_account.account_name = _text(seller["name"])
    means.payee_account.iban = seller["iban"]
    if seller["bic"]:
        means.payee_institution.bic = seller["bic"]
    return means


def _vat(share: dict[str, str], sign: int) -> Any:
    tax = ApplicableTradeTax()
    tax.calculated_amount = sign * Decimal(share["vat"])
    tax.basis_amount = sign * Decimal(share["net"])
    tax.type_code = "VAT"
    tax.category_code = _category(Decimal(share["percent"]))
    tax.rate_applicable_percent = Decimal(share["percent"])
    return tax


def _category(percent: Decimal) -> str:
    return STANDARD if percent else ZERO


def _plain(number: Decimal) -> Decimal:
    """Without idle places: 120.5000 is 120.50, and never 1E+2."""
    to_the_cent = number.quantize(CENT)
    return to_the_cent if to_the_cent == number else number.normalize()


def _text(text: str) -> str:
    """What XML can hold of it."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
