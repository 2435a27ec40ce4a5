"""Importing tables in the admin, as the tests do it."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

CUSTOMERS, CONTACTS, AGREEMENTS, LEVELS, USERS = (
    *("customers_customer", "customers_contact", "contracts_agreement"),
    *("contracts_servicelevel", "accounts_user"),
)


def upload(client: Client, table: str, content: str | bytes, name: str = "table.csv") -> Any:
    """Hand in a file and see what it would do."""
    raw = content.encode() if isinstance(content, str) else content
    page = client.post(reverse(f"admin:{table}_import"), {"file": SimpleUploadedFile(name, raw)})
    assert page.status_code == 200
    return page


def confirm(client: Client, table: str, page: Any) -> Any:
    """Say yes to what was shown."""
    return client.post(reverse(f"admin:{table}_import"), {"_upload": page.context["agreed"]})


def fates(page: Any) -> dict[str, int]:
    """How many lines of each fate the page shows."""
    return {fate: len(lines) for fate, _, lines, _ in page.context["groups"]}


def errors(page: Any) -> list[tuple[int, str, str]]:
    """Line, heading and message of everything that is wrong."""
    return [(line.number, *error) for line in page.context["outcome"].of("wrong") for error in line.errors]


def refusal(page: Any) -> str:
    """Why the file as a whole is not taken."""
    assert "outcome" not in page.context
    (said,) = page.context["form"].errors["file"]
    return str(said)


def kept_files() -> list[Path]:
    folder = Path(settings.DATA_DIR, "uploads-to-import")
    return list(folder.iterdir()) if folder.is_dir() else []


def xlsx(*rows: Sequence[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
