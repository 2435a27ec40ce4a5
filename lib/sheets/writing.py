"""Writing a table as CSV or Excel file in which nothing can be a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from lib.sheets.cells import safe_cell

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MARK = "\ufeff"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_OF_A_CELL = 32_767

Cell = str | date
"""A datetime is written as text: a spreadsheet knows no time zones."""


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, separator: str) -> Iterator[str]:
    """The lines of a CSV file, with the mark by which Excel knows UTF-8."""
    yield _MARK
    for row in _chained(headings, rows):
        line = io.StringIO()
        csv.writer(line, delimiter=separator).writerow([_as_text(cell) for cell in row])
        yield line.getvalue()


def write_xlsx(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """An Excel file with one sheet; days are days there, everything else is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    sheet.freeze_panes = "A2"
    for row in _chained(headings, rows):
        sheet.append([_cell(sheet, each) for each in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _chained(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    yield headings
    yield from rows


def _as_text(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else safe_cell(cell)


def _cell(sheet: object, value: Cell) -> WriteOnlyCell:
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    text = _NOT_IN_XML.sub("\ufffd", safe_cell(value))[:_MOST_OF_A_CELL]
    cell = WriteOnlyCell(sheet)
    cell.value = text
    cell.data_type = "s"  # whatever it looks like
    return cell
