"""The files of a statement and of a whole month."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from billing.models import Statement
from billing.queries.content import as_csv, content_of
from billing.queries.e_invoices import EN_16931, X_RECHNUNG, e_invoice, has_e_invoice, is_x_rechnung
from billing.queries.papers import statement_pdf
from billing.rules.periods import Month


@dataclass(frozen=True)
class Paper:
    """A file to download."""

    name: str
    content_type: str
    content: bytes


def file_of(statement: Statement, kind: str, language: str) -> Paper | None:
    """The statement as pdf, csv, json or xml; None where there is no such file of it.

    The XML is an XRechnung where the buyer has a reference, else the same that is in the PDF.
    """
    name = f"{statement.number}.{kind}"
    if kind == "pdf":
        return Paper(name, "application/pdf", statement_pdf(statement, language))
    if kind == "csv":
        return Paper(name, "text/csv; charset=utf-8", as_csv([statement], language).encode())
    if kind == "json":
        return Paper(name, "application/json", _json(content_of(statement)))
    if kind == "xml" and has_e_invoice(statement):
        profile = X_RECHNUNG if is_x_rechnung(statement) else EN_16931
        return Paper(name, "application/xml", e_invoice(statement, profile=profile))
    return None


def file_of_month(month: Month, statements: Sequence[Statement], kind: str, language: str) -> Paper | None:
    """All statements of a month for bookkeeping, as csv or json; however often, it is the same."""
    name = f"statements-{month}.{kind}"
    if kind == "csv":
        return Paper(name, "text/csv; charset=utf-8", as_csv(statements, language).encode())
    if kind == "json":
        contents = [content_of(statement) for statement in statements]
        return Paper(name, "application/json", _json({"period": str(month), "statements": contents}))
    return None


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()
