"""Workbooks: XLSX, XLS and ODS. The first sheet with more than a title is the table."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import openpyxl
import xlrd
from lxml import etree
from openpyxl.utils.exceptions import InvalidFileException

from ckanext.opengov.civic.service.archives import UNREADABLE
from ckanext.opengov.data.service.tables.problem import TableProblem
from ckanext.opengov.data.service.tables.rows import Source, as_text

# What a packed workbook may grow to: it is read as a stream, but strings shared by its cells are kept in memory.
UNPACKED_LIMIT = 1 << 30
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
# Formatted but empty rows and cells go on to the sheet's edge.
_REPEATS = 1024

Sheet = tuple[str, Callable[[], Iterator[list[Any]]]]


def read_xlsx(path: Path) -> Source:
    """The table of an Excel workbook."""
    _check_packed(path, "XLSX")
    try:
        # Uploaded files are stored without an ending, and openpyxl goes by the ending of a path.
        book = openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True)
    except (InvalidFileException, *UNREADABLE):
        raise TableProblem("not_a_workbook", format="XLSX") from None
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    return _first_table([(sheet.title, lambda sheet=sheet: _xlsx_rows(sheet)) for sheet in visible])


def _xlsx_rows(sheet: Any) -> Iterator[list[Any]]:
    # Some programs write a wrong size of the sheet, and rows beyond it would be lost.
    sheet.reset_dimensions()
    for cells in sheet.iter_rows(values_only=True):
        yield list(cells)


def read_xls(path: Path) -> Source:
    """The table of an Excel 97 workbook."""
    try:
        book = xlrd.open_workbook(str(path), on_demand=True)
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError, AssertionError, ValueError, IndexError, UnicodeDecodeError):
        raise TableProblem("not_a_workbook", format="XLS") from None
    names = book.sheet_names()
    return _first_table([(name, lambda name=name: _xls_rows(book, name)) for name in names])


def _xls_rows(book: Any, name: str) -> Iterator[list[Any]]:
    sheet = book.sheet_by_name(name)
    for number in range(sheet.nrows):
        yield [_xls_cell(book, cell) for cell in sheet.row(number)]


def _xls_cell(book: Any, cell: Any) -> Any:
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return cell.value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return None if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR) else cell.value


def read_ods(path: Path) -> Source:
    """The table of an OpenDocument workbook."""
    _check_packed(path, "ODS")
    try:
        with zipfile.ZipFile(path) as package:
            names = _ods_sheets(package)
    except (*UNREADABLE, etree.XMLSyntaxError):
        raise TableProblem("not_a_workbook", format="ODS") from None
    return _first_table([(name, lambda place=place: _ods_rows(path, place)) for place, name in enumerate(names)])


def _ods_sheets(package: zipfile.ZipFile) -> list[str]:
    with package.open("content.xml") as content:
        return [table.get(f"{_TABLE}name", "") for _, table in _parse(content, f"{_TABLE}table")]


def _parse(content: IO[bytes], tag: str) -> Iterator[tuple[str, Any]]:
    for event, element in etree.iterparse(
        content, events=("end",), tag=tag, resolve_entities=False, no_network=True, huge_tree=True
    ):
        yield event, element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _ods_rows(path: Path, place: int) -> Iterator[list[Any]]:
    with zipfile.ZipFile(path) as package, package.open("content.xml") as content:
        for _, row in _parse(content, f"{_TABLE}table-row"):
            table = next(row.iterancestors(f"{_TABLE}table"))
            if sum(1 for _ in table.itersiblings(f"{_TABLE}table", preceding=True)) != place:
                continue
            cells = _ods_cells(row)
            repeats = min(int(row.get(f"{_TABLE}number-rows-repeated", 1)), _REPEATS) if cells else 1
            for _number in range(repeats):
                yield list(cells)


def _ods_cells(row: Any) -> list[Any]:
    cells: list[Any] = []
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        value = _ods_value(cell)
        cells += [value] * min(int(cell.get(f"{_TABLE}number-columns-repeated", 1)), _REPEATS)
    while cells and not as_text(cells[-1]):
        cells.pop()
    return cells


def _ods_value(cell: Any) -> Any:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "currency", "percentage"):
        return cell.get(f"{_OFFICE}value").removesuffix(".0")
    if kind == "date":
        text = cell.get(f"{_OFFICE}date-value")
        try:
            return dt.datetime.fromisoformat(text)
        except ValueError:
            return text
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value")
    paragraphs = ["".join(paragraph.itertext()) for paragraph in cell.iterchildren(f"{_TEXT}p")]
    return "\n".join(paragraphs) or None


def _check_packed(path: Path, kind: str) -> None:
    if not zipfile.is_zipfile(path):
        raise TableProblem("not_a_workbook", format=kind)
    with zipfile.ZipFile(path) as package:
        size = sum(entry.file_size for entry in package.infolist())
    if size > UNPACKED_LIMIT:
        raise TableProblem("too_large_unpacked", limit=UNPACKED_LIMIT >> 20)


def _first_table(sheets: list[Sheet]) -> Source:
    """The first sheet with two filled rows, else the first with one."""
    filled = [(name, rows, sum(1 for _ in islice(_filled(rows()), 2))) for name, rows in sheets]
    chosen = next((one for one in filled if one[2] > 1), None) or next((one for one in filled if one[2]), None)
    if chosen is None:
        raise TableProblem("empty")
    notes = {"sheet": chosen[0], "sheets": len(sheets)} if len(sheets) > 1 else {}
    open_sheet = chosen[1]
    return Source(lambda: enumerate(open_sheet(), 1), placed=True, notes=notes)


def _filled(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    return (row for row in rows if any(as_text(cell) for cell in row))
