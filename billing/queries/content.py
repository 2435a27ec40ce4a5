"""All that a statement says, as data: what its digest is over, and what its JSON and CSV files hold."""

import csv
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from billing.models import Charge, Statement
from lib.sheets.cells import safe_cell

COLUMNS = (
    "statement", "position", "ticket", "subject", "service_day", "from", "until", "title", "text", "covered",
    "reason", "quantity", "unit", "unit_price", "surcharge_percent", "net", "vat_percent", "currency",
    "corrects",
)  # fmt: skip
NUMBERS = {"quantity", "unit_price", "surcharge_percent", "net", "vat_percent"}


def lines_of(statement: Statement) -> list[Charge]:
    """The lines in their order."""
    lines = statement.charges.select_related("corrects__statement").order_by("position")
    return list(lines)


def content_of(statement: Statement) -> dict[str, Any]:
    """The statement with its lines, as JSON: amounts as text with two places, dates in ISO form."""
    return {
        "number": statement.number,
        "customer": statement.customer_id,
        "period": {
            "starts_on": statement.period_starts_on.isoformat(),
            "ends_on": statement.period_ends_on.isoformat(),
        },
        "currency": statement.currency,
        "net": str(statement.net),
        "vat": str(statement.vat),
        "gross": str(statement.gross),
        "vat_shares": statement.vat_shares,
        "consumption": statement.consumption,
        "seller": statement.seller,
        "buyer": statement.buyer,
        "closed_at": _moment(statement.closed_at),
        "closed_on": statement.closed_on.isoformat(),
        "due_on": statement.due_on.isoformat(),
        "lines": [line_as_json(line) for line in lines_of(statement)],
    }


def line_as_json(line: Charge) -> dict[str, Any]:
    """One line, in both languages where it has both."""
    corrects = line.corrects.statement if line.corrects and line.corrects.statement else None
    return {
        "position": line.position,
        "kind": line.kind,
        "ticket": line.ticket_number or None,
        "subject": line.ticket_subject,
        "service_day": line.service_day.isoformat(),
        "from": _moment(line.work_from),
        "until": _moment(line.work_until),
        "title": {"de": line.title_de, "en": line.title_en},
        "text": line.text,
        "covered": line.is_covered,
        "reason": {"code": line.reason_code, "de": line.reason_de, "en": line.reason_en},
        "quantity": str(line.quantity),
        "unit": line.unit,
        "unit_price": str(line.unit_price),
        "surcharge_percent": str(line.surcharge_percent),
        "net": str(line.net),
        "vat_percent": str(line.vat_percent),
        "corrects": f"{corrects.number}/{line.corrects.position}" if corrects and line.corrects else None,
    }


def digest_of(statement: Statement) -> str:
    """SHA-256 over all that the statement says."""
    text = json.dumps(content_of(statement), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def as_csv(statements: Iterable[Statement], language: str) -> str:
    """The lines of these statements as a table for a spreadsheet; texts that would be formulas are none.

    Numbers have the decimal sign of the language. Begins with the mark by which Excel knows UTF-8.
    """
    sheet = StringIO("\ufeff")
    sheet.seek(0, 2)
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for statement in statements:
        for line in lines_of(statement):
            writer.writerow(_row(statement, line_as_json(line), language))
    return sheet.getvalue()


def _row(statement: Statement, line: dict[str, Any], language: str) -> list[str]:
    worded = {"title": line["title"][language], "reason": line["reason"][language]}
    known = {**line, **worded, "statement": statement.number, "currency": statement.currency}
    return [_cell(name, known[name], language) for name in COLUMNS]


def _cell(name: str, value: Any, language: str) -> str:
    if name in NUMBERS:
        return str(value).replace(".", ",") if language == "de" else str(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    return safe_cell(str(value or ""))


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
