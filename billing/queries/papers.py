"""A statement as people read it: every number and reason in words, for the page and the PDF alike."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.timezone import localtime

from accounts.queries.company import brand, logo
from billing.models import Charge, Statement
from billing.queries.content import lines_of
from billing.queries.e_invoices import e_invoice, has_e_invoice
from billing.rules.paper_words import WORDS
from billing.rules.periods import Month
from contracts.queries import company_zone
from lib.factur_x import FILE_NAME, NotArchivable, as_factur_x
from lib.money import say_money, say_percent
from lib.pdf import LASTING, pdf_of
from lib.reasons import say_day

ACCENT = "#4330d6"
LOGOS = {"image/png": "logo.png", "image/svg+xml": "logo.svg"}


@dataclass(frozen=True)
class Line:
    """One line; `amount` is empty for covered work."""

    position: int
    day: str
    time: str
    title: str
    text: str
    reason: str
    quantity: str
    price: str
    amount: str
    is_covered: bool
    is_correction: bool


@dataclass(frozen=True)
class Group:
    """The lines of one ticket. `number` is empty for what belongs to none."""

    number: str
    subject: str
    lines: Sequence[Line]
    net: str


@dataclass(frozen=True)
class Consumption:
    """One allowance at the end of the period; `percent` of it was used."""

    name: str
    included: str
    carried: str
    used: str
    left: str
    as_of: str
    percent: int


@dataclass(frozen=True)
class Paper:
    """The whole statement in one language."""

    language: str
    words: dict[str, str]
    title: str
    month: str
    number: str
    sender: Sequence[str]
    sender_contact: Sequence[str]
    receiver: Sequence[str]
    facts: Sequence[tuple[str, str]]
    consumption: Sequence[Consumption]
    groups: Sequence[Group]
    totals: Sequence[tuple[str, str]]
    total_word: str
    total: str
    closing: Sequence[str]
    foot: Sequence[str]
    accent: str


def paper_of(statement: Statement, language: str) -> Paper:
    """The statement in "de" or "en"."""
    language = language[:2]
    words, is_refund = WORDS[language], statement.gross < 0
    return Paper(
        language=language,
        words=words,
        title=words["credit" if is_refund else "title"],
        month=Month(statement.period_starts_on).in_words(language),
        number=statement.number,
        sender=_address(statement.seller["name"], statement.seller),
        sender_contact=_reached(statement.seller, words),
        receiver=_address(statement.buyer["legal_name"], statement.buyer),
        facts=list(_facts(statement, language)),
        consumption=[_consumption(one, language) for one in statement.consumption],
        groups=list(_groups(lines_of(statement), statement.currency, language)),
        totals=list(_totals(statement, language)),
        total_word=words["refund" if is_refund else "gross"],
        total=say_money(abs(statement.gross), statement.currency, language),
        closing=list(_closing(statement, language)),
        foot=list(_foot(statement.seller, words)),
        accent=brand().accent or ACCENT,
    )


def words_in(language: str) -> dict[str, str]:
    """What a line says besides its own."""
    return WORDS[language[:2]]


def charge_rows(charges: Iterable[Charge], language: str) -> list[tuple[Charge, Line]]:
    """Charges that stand on no statement yet, with how they would read on one."""
    return [(charge, _line(charge, language)) for charge in charges]


def statement_pdf(statement: Statement, language: str) -> bytes:
    """The PDF (PDF/A-3a and PDF/UA-1), with the e-invoice in it where the buyer wants one."""
    paper, files = asdict(paper_of(statement, language)), {}
    if has_e_invoice(statement) and statement.buyer["wants_e_invoice"]:
        files[FILE_NAME] = e_invoice(statement)
    paper["xml"] = FILE_NAME if files else ""
    paper["logo"] = ""
    content, content_type, _digest = logo()
    if content_type in LOGOS:
        paper["logo"] = LOGOS[content_type]
        files[paper["logo"]] = content
    made = pdf_of("billing/statement.typ", paper, day=statement.closed_on, files=files, standards=LASTING)
    if not paper["xml"]:
        return made
    try:
        return as_factur_x(made)
    except NotArchivable:  # a name with letters that the fonts lack; the XML is attached all the same
        return made


def _address(name: str, known: dict[str, Any]) -> list[str]:
    town = f"{known['postcode']} {known['city']}".strip()
    country = "" if known["country"] == "DE" else known["country"]
    return [part for part in (name, known["line_one"], known["line_two"], town, country) if part]


def _reached(seller: dict[str, Any], words: dict[str, str]) -> list[str]:
    phone = f"{words['phone']} {seller['phone']}" if seller["phone"] else ""
    return [part for part in (seller["contact_name"], phone, seller["email"]) if part]


def _facts(statement: Statement, language: str) -> Iterable[tuple[str, str]]:
    words, buyer = WORDS[language], statement.buyer
    yield words["number"], statement.number
    yield words["date"], say_day(statement.closed_on, language)
    yield words["period"], _span(statement.period_starts_on, statement.period_ends_on, language)
    yield words["customer_number"], str(statement.customer_id)
    if buyer["buyer_reference"]:
        yield words["buyer_reference"], buyer["buyer_reference"]
    if buyer["vat_id"]:
        yield words["your_vat_id"], buyer["vat_id"]
    if statement.gross > 0:
        yield words["due"], say_day(statement.due_on, language)


def _span(first: date, last: date, language: str) -> str:
    return f"{say_day(first, language)} – {say_day(last, language)}"


def _consumption(one: dict[str, Any], language: str) -> Consumption:
    whole = one["granted"] + one["carried"]
    start = say_day(date.fromisoformat(one["starts_on"]), language)
    end = say_day(date.fromisoformat(one["ends_on"]), language) if one["ends_on"] else ""
    return Consumption(
        name=" · ".join(part for part in (one["level"], one["agreement"]) if part),
        included=_units(one["granted"], one["unit"], language),
        carried=_units(one["carried"], one["unit"], language) if one["carried"] else "",
        used=_units(one["used"], one["unit"], language),
        left=_units(max(one["left"], 0), one["unit"], language),
        as_of=WORDS[language]["as_of" if end else "as_of_term"].format(start=start, end=end),
        percent=min(100, round(100 * one["used"] / whole)) if whole > 0 else 0,
    )


def _units(count: int, unit: str, language: str) -> str:
    if unit == "cases" and count == 1:
        return WORDS[language]["case"]
    return WORDS[language][unit].format(count=_number(Decimal(count), language))


def _groups(lines: Iterable[Charge], currency: str, language: str) -> Iterable[Group]:
    for number, members in groupby(lines, key=lambda line: line.ticket_number):
        known = list(members)
        yield Group(
            number=number,
            subject=known[0].ticket_subject if number else WORDS[language]["no_ticket"],
            lines=[_line(line, language) for line in known],
            net=say_money(sum((line.net for line in known), Decimal(0)), currency, language),
        )


def _line(line: Charge, language: str) -> Line:
    words = WORDS[language]
    return Line(
        position=line.position or 0,
        day=say_day(line.service_day, language),
        time=_time(line),
        title=line.title_in(language),
        text=line.text,
        reason=line.reason_in(language),
        quantity=words[f"unit.{line.unit}"].format(count=_number(line.quantity, language)),
        price="" if line.is_covered or not line.quantity else _price(line, language),
        amount="" if line.is_covered else say_money(line.net, line.currency, language),
        is_covered=line.is_covered,
        is_correction=line.corrects_id is not None,
    )


def _time(line: Charge) -> str:
    if line.work_from is None or line.work_until is None:
        return ""
    start, end = (localtime(at, company_zone()) for at in (line.work_from, line.work_until))
    return f"{start:%H:%M}–{end:%H:%M}"


def _price(line: Charge, language: str) -> str:
    words, price = WORDS[language], say_money(line.unit_price, line.currency, language)
    said = words[f"per.{line.unit}"].format(price=price)
    if not line.surcharge_percent:
        return said
    return words["surcharge"].format(price=said, percent=say_percent(line.surcharge_percent, language))


def _number(number: Decimal, language: str) -> str:
    """Without idle places, with the signs of the language."""
    text = f"{abs(number):,.2f}".rstrip("0").rstrip(".")
    minus = "\N{MINUS SIGN}" if number < 0 else ""
    return minus + (text.translate(str.maketrans(",.", ".,")) if language == "de" else text)


def _totals(statement: Statement, language: str) -> Iterable[tuple[str, str]]:
    """Net and each rate of VAT. A refund is said in positive amounts, like the credit note that it is."""
    words, sign = WORDS[language], -1 if statement.gross < 0 else 1

    def said(amount: Decimal) -> str:
        return say_money(sign * amount, statement.currency, language)

    yield words["net"], said(statement.net)
    for share in statement.vat_shares:
        percent = say_percent(Decimal(share["percent"]), language)
        label = words["vat"].format(percent=percent, net=said(Decimal(share["net"])))
        yield label, said(Decimal(share["vat"]))


def _closing(statement: Statement, language: str) -> Iterable[str]:
    words, seller = WORDS[language], statement.seller
    gross = say_money(abs(statement.gross), statement.currency, language)
    known = {"gross": gross, "due": say_day(statement.due_on, language), "number": statement.number}
    if statement.gross > 0:
        yield words["pay" if seller["iban"] else "pay_short"].format(iban=_grouped(seller["iban"]), **known)
    elif statement.gross < 0:
        yield words["refunded"].format(**known)
    elif not statement.vat_shares:
        yield words["nothing"]
    if has_e_invoice(statement) and statement.buyer["wants_e_invoice"]:
        yield words["e_invoice"]


def _grouped(iban: str) -> str:
    """In fours, as people read it."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _foot(seller: dict[str, Any], words: dict[str, str]) -> Iterable[str]:
    yield " · ".join(_address(seller["name"], seller))
    numbers = [(words["vat_id"], seller["vat_id"]), (words["tax_number"], seller["tax_number"])]
    bank = [(words["iban"], _grouped(seller["iban"])), (words["bic"], seller["bic"])]
    said = [f"{label} {value}" for label, value in (*numbers, *bank) if value]
    yield " · ".join([*said, *([seller["register_entry"]] if seller["register_entry"] else [])])
