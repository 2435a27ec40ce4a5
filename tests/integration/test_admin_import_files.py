"""Files as people and programs write them are read; those of no use or made to hurt are refused in words."""

import io
import os
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from accounts.models import User
from accounts.tasks import forget_requests
from customers import resources
from customers.models import Customer
from lib.sorting import german_sort_key
from tests.admin_sheets import (
    AGREEMENTS,
    CUSTOMERS,
    confirm,
    errors,
    fates,
    kept_files,
    refusal,
    upload,
    xlsx,
)
from tests.factories.cast import Cast, make_cast, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast, settings: Any, tmp_path: Path) -> Client:
    settings.DATA_DIR = tmp_path
    User.objects.filter(pk=cast.admin.pk).update(language="en")
    client.force_login(cast.admin)
    return client


# Files as they come


TEXT = "Name;Telefon;Interne Notiz\nMüller & Söhne;+49 89 0012345;„Straße“\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode("utf-16"),
        ("sep=;\r\n" + TEXT.replace("\n", "\r\n")).encode("cp1252"),
        xlsx(["Name", "Telefon", "Interne Notiz"], ["Müller & Söhne", "+49 89 0012345", "„Straße“"]),
    ],
    ids=["utf-8", "mark", "cp1252", "utf-16", "comma", "tab", "sep", "xlsx"],
)
def test_every_usual_way_of_writing_a_table_is_read(as_admin: Client, cast: Cast, content: bytes) -> None:
    confirm(as_admin, CUSTOMERS, upload(as_admin, CUSTOMERS, content))

    customer = Customer.objects.get(name="Müller & Söhne")
    assert customer.phones.get().number == "+49890012345"
    assert customer.note == "„Straße“"


def test_days_of_all_kinds_are_read(as_admin: Client, cast: Cast) -> None:
    head = ["Customer", "Level", "Reference", "Starts on", "Ends on"]
    rows: list[list[Any]] = [
        ["Moser", "Gold", "A", date(2026, 12, 31), "31.12.2027"],
        ["Moser", "Gold", "B", "2026-12-31", "31.12.2027"],
        ["Moser", "Gold", "C", "31.12.2026", date(2027, 12, 31)],
    ]
    confirm(as_admin, AGREEMENTS, upload(as_admin, AGREEMENTS, xlsx(head, *rows), "table.xlsx"))

    days = cast.plain_customer.agreements.values_list("starts_on", "ends_on")
    assert set(days) == {(date(2026, 12, 31), date(2027, 12, 31))}
    assert len(days) == 3


def test_lines_are_counted_as_the_file_counts_them(as_admin: Client, cast: Cast) -> None:
    table = 'Name,Note,Phone\n"Two\nlines","a\nb",\n\nWrong,,nothing\n'

    ((line, _, _),) = errors(upload(as_admin, CUSTOMERS, table))

    assert line == 6


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"Name\n", "no lines below"),
        (b"Name,Shoe size\nA,42\n", "“Shoe size” is not known. Known: Number, Name"),
        (b"Name,Name\nA,B\n", "there twice"),
        (b"Note\nA\n", "“Name” is missing"),
        (b"Name,Note\nA,B,C\n", "Line 2 has more cells"),
        (b'Name\n"A\n', "Line 2 cannot be read"),
        (b"Name\n\x00\n", "neither a CSV nor an Excel file"),
        (b"\x81\x8d\x8f", "neither a CSV nor an Excel file"),
        (b"PK\x03\x04 not really", "damaged"),
        (b"\xd0\xcf\x11\xe0", "old Excel file"),
        (b"Name\n" + b"A\n" * 2001, "too many lines: at most 2000"),
        (b"a," * 61 + b"\nx\n", "too many columns"),
        (b"x" * (5 * 1024 * 1024 + 1), "too large: at most 5 MB"),
    ],
)
def test_files_that_cannot_be_taken_are_explained(
    as_admin: Client, cast: Cast, content: bytes, words: str
) -> None:
    url = reverse("admin:customers_customer_import")
    page = as_admin.post(url, {"file": SimpleUploadedFile("table.csv", content or b" ")})

    assert words in refusal(page)
    assert kept_files() == []


# Files made to hurt


def packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """An Excel file with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    return packed({**files, name: change(files[name])})


def with_entities(part: bytes) -> bytes:
    """A part whose entities unfold into gigabytes."""
    lines = [b'<!ENTITY a0 "lol">'] + [
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)
    ]
    head, _, rest = part.partition(b"<worksheet")
    bomb = b"<!DOCTYPE x [" + b"".join(lines) + b"]>"
    return head + bomb + b"<worksheet" + rest.replace(b"<sheetData>", b"<sheetData>&a9;", 1)


GOOD = xlsx(["Name"], ["Neu"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed({"xl/workbook.xml": b"\0" * 70_000_000}), "unfolds into far too much"),
        (changed(GOOD, "xl/worksheets/sheet1.xml", with_entities), "damaged"),
        (changed(GOOD, "xl/worksheets/sheet1.xml", lambda part: part[: len(part) // 2]), "damaged"),
        (packed({"readme.txt": b"not a workbook"}), "damaged"),
        (GOOD[: len(GOOD) // 2], "damaged"),
    ],
    ids=["zip-bomb", "entities", "cut-part", "no-workbook", "cut-file"],
)
def test_excel_files_made_to_hurt_are_refused_quickly(
    as_admin: Client, cast: Cast, content: bytes, words: str
) -> None:
    assert len(content) < 1_000_000
    began = time.monotonic()

    page = upload(as_admin, CUSTOMERS, content, "table.xlsx")

    assert words in refusal(page)
    assert time.monotonic() - began < 20
    assert kept_files() == []


def test_a_cell_far_down_does_not_cost_a_million_lines(as_admin: Client, cast: Cast) -> None:
    def far(part: bytes) -> bytes:
        return part.replace(b'<row r="2"', b'<row r="1000000"').replace(b'r="A2"', b'r="A1000000"')

    page = upload(as_admin, CUSTOMERS, changed(GOOD, "xl/worksheets/sheet1.xml", far), "table.xlsx")

    assert "too many lines" in refusal(page)


def test_zeros_that_excel_only_shows_are_kept(as_admin: Client, cast: Cast) -> None:
    book = Workbook()
    book.active.append(["Name", "Note"])
    book.active.append([7, 42])
    book.active["A2"].number_format = "00000"
    target = io.BytesIO()
    book.save(target)

    confirm(as_admin, CUSTOMERS, upload(as_admin, CUSTOMERS, target.getvalue(), "table.xlsx"))

    assert Customer.objects.get(name="00007").note == "42"


def test_no_line_is_looked_for_among_all_customers(
    as_admin: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of these are new, and every known one has to be ruled out first."""
    for number in range(40):
        make_customer(f"Grown {number}")
    keys: list[str] = []

    def counted(name: str) -> str:
        keys.append(name)
        return german_sort_key(name)

    monkeypatch.setattr(resources, "german_sort_key", counted)
    page = upload(as_admin, CUSTOMERS, "\n".join(["Name", *(f"Grown {number}" for number in range(80))]))
    assert fates(page) == {"new": 40, "unchanged": 40}
    assert len(keys) <= 4 * 80


def test_a_file_that_nobody_came_back_for_is_deleted(as_admin: Client, cast: Cast) -> None:
    page = upload(as_admin, CUSTOMERS, "Name\nNeu\n")
    (kept,) = kept_files()
    forget_requests()
    assert kept.exists()

    long_ago = time.time() - 3_700
    os.utime(kept, (long_ago, long_ago))
    forget_requests()

    assert kept_files() == []
    assert confirm(as_admin, CUSTOMERS, page).headers["Location"] == reverse(
        "admin:customers_customer_import"
    )
    assert not Customer.objects.filter(name="Neu").exists()
