"""Reading a table that somebody uploads: whatever Excel, LibreOffice and other programs make of one.

CSV in UTF-8 (with or without a mark), UTF-16 or Windows' own encoding, separated by semicolons, commas or
tabs; or XLSX. Everything is text afterwards: days as 2026-12-31, numbers as they are written, without the
quote that keeps a text from being a formula.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from lib.sheets.cells import plain_cell

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
# Written one by one, in one transaction: so many agreements take some fifteen seconds.
MOST_ROWS = 2_000
MOST_COLUMNS = 60
# Excel files may name cells far down; empty rows before them are not walked through without end.
_LAST_LINE = 100_000
_SEPARATORS = ";,\t"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Unreadable(Exception):
    """The file cannot be taken; `message` says why, in the reader's language."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Sheet:
    """The first line's headings, and the other lines with their numbers as the file counts them."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]


def read_sheet(content: bytes) -> Sheet:
    """The table in a file. Error: Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(
            _("The file is too large: at most {count} MB.").format(count=MOST_BYTES // 1024 // 1024)
        )
    if content.startswith(_OLD_EXCEL):
        raise Unreadable(_("This is an old Excel file. Save it as XLSX or CSV."))
    lines = _lines_of_xlsx(content) if content.startswith(b"PK") else _lines_of_text(_decoded(content))
    return _sheet(lines)


def _sheet(lines: Iterable[tuple[int, list[str]]]) -> Sheet:
    filled = [(number, cells) for number, cells in islice(_filled(lines), MOST_ROWS + 2)]
    if not filled:
        raise Unreadable(_("The file is empty."))
    headings = _trimmed(filled[0][1])
    rows = filled[1:]
    if len(headings) > MOST_COLUMNS:
        raise Unreadable(_("The file has too many columns: at most {count}.").format(count=MOST_COLUMNS))
    if not rows:
        raise Unreadable(_("The file has headings, but no lines below them."))
    if len(rows) > MOST_ROWS:
        raise Unreadable(_("The file has too many lines: at most {count}. Split it.").format(count=MOST_ROWS))
    return Sheet(headings, [(number, _fitted(number, cells, len(headings))) for number, cells in rows])


def _filled(lines: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold anything, without end only in name."""
    for number, cells in lines:
        if number > _LAST_LINE:
            raise Unreadable(
                _("The file has too many lines: at most {count}. Split it.").format(count=MOST_ROWS)
            )
        if any(cell.strip() for cell in cells):
            yield number, cells


def _fitted(number: int, cells: list[str], width: int) -> list[str]:
    """As many cells as there are headings."""
    if len(_trimmed(cells)) > width:
        raise Unreadable(_("Line {line} has more cells than there are headings.").format(line=number))
    return [plain_cell(cell) for cell in cells[:width]] + [""] * (width - len(cells))


def _trimmed(cells: list[str]) -> list[str]:
    """Without empty cells at the end."""
    kept = [cell.strip() for cell in cells]
    while kept and not kept[-1]:
        kept.pop()
    return kept


# Text


def _decoded(content: bytes) -> str:
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(_("This is neither a CSV nor an Excel file that can be read."))


def _lines_of_text(text: str) -> Iterator[tuple[int, list[str]]]:
    skipped = 0
    first = text.partition("\n")[0].strip().lower()
    if first.startswith("sep=") and len(first) > len("sep="):  # Excel's own hint
        text, skipped = text.partition("\n")[2], 1
    separator = first[4] if skipped and first[4] in _SEPARATORS else _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1 + skipped
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1 + skipped
    except csv.Error as error:
        message = _("Line {line} cannot be read: a quotation mark is missing or one too many.")
        raise Unreadable(message.format(line=begins)) from error


def _separator(text: str) -> str:
    """The one that the headings have most of, outside quotation marks."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(heading.split('"')[::2])
    return max(_SEPARATORS, key=outside.count)


# Excel


def _lines_of_xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
                raise Unreadable(_("The Excel file unfolds into far too much. Save it as CSV."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        yield from _lines_of_book(book)
    except Unreadable:
        raise
    except (DefusedXmlException, ParseError, zipfile.BadZipFile) as error:
        raise Unreadable(_("The Excel file is damaged.")) from error
    except Exception as error:  # openpyxl meets a strange file with any error there is
        raise Unreadable(_("The Excel file is damaged.")) from error


def _lines_of_book(book: Any) -> Iterator[tuple[int, list[str]]]:
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise Unreadable(_("The file is empty."))
    rows = sheets[0].iter_rows(max_row=_LAST_LINE + 1, max_col=MOST_COLUMNS + 1)
    for number, row in enumerate(rows, start=1):
        yield number, [_text_of(cell) for cell in row]


def _text_of(cell: Any) -> str:
    """A cell's value as text. Excel keeps "007" as 7 that is shown with three digits."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    digits = cell.number_format or ""
    if isinstance(value, int) and set(digits) == {"0"}:
        return str(value).zfill(len(digits))
    return str(value)
