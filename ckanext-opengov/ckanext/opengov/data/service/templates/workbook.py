"""The template of a structure as a workbook, empty or with what somebody filled and marks on what is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.structure import Field
from ckanext.opengov.data.service.templates.shape import DATA, FIRST_ROW, LISTS, REFERENCE, Shape, label

PROBLEMS = "problems"
LAST_ROW = 1_048_576
# Each comment is a drawing; a cell beyond these is coloured only.
MOST_COMMENTS = 2_000
# Blank rows are kept up to so many, so that numbers of rows stay as people know them.
MOST_BLANK = 1_000
_HEAD = PatternFill("solid", fgColor="0F6B7A")
_EXAMPLE = PatternFill("solid", fgColor="EEF2F4")
_WRONG = PatternFill("solid", fgColor="FFC7CE")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMATS = {
    "string": "@",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "time": "hh:mm:ss",
    "yearmonth": "@",
    "geopoint": "@",
    "integer": "0",
    "year": "0",
}
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?")
Say = Callable[[str], str]

KINDS = {
    "string": N_("text"),
    "integer": N_("whole number"),
    "number": N_("number"),
    "boolean": N_("yes or no"),
    "date": N_("date"),
    "datetime": N_("date with time"),
    "time": N_("time of day"),
    "year": N_("year"),
    "yearmonth": N_("month of a year"),
    "geopoint": N_("place: longitude, latitude"),
}
_STEPS = (
    N_("Fill the sheet “data” from row 4 on. Row 3 is an example and is not read."),
    N_("Columns with a star need a value in every row. Leave other cells empty where there is no value."),
    N_("Together, these columns tell one row from all others: {key}."),
    N_("No formulas and no merged cells: each cell holds its own value."),
    N_("Save as XLSX and send the file on the page of the table. Everything that is wrong is told at once."),
)
_COLUMNS = (
    N_("Column"),
    N_("Name in the file"),
    N_("What it holds"),
    N_("Needed"),
    N_("Example"),
    N_("Allowed values"),
)
_PROBLEM_COLUMNS = (N_("Cell"), N_("Value"), N_("What is wrong and what would be right"))


@dataclass(frozen=True)
class Mark:
    """A cell that is wrong: the line of ``Content`` that it stands in, its field, and why."""

    line: int
    field: str
    text: str


@dataclass(frozen=True)
class Content:
    """Rows by line, as texts by field; ``told`` are all problems as value and sentence, those without a cell too."""

    columns: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    lines: Sequence[int] = ()
    marks: Sequence[Mark] = ()
    told: Sequence[tuple[int | None, str | None, str, str]] = ()


def write(shape: Shape, language: str, title: str, say: Say, content: Content | None = None) -> bytes:
    """The workbook.

    :param title: of the table, in that language
    :param say: an English text of ours → the same in that language
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(DATA)
    lists = {name: found.listed(language) for name, found in shape.choices.items() if found.whole}
    _shape(sheet, shape, lists)
    # The head is locked, without a password: against a slip, not against the owner. Cells with rows take nothing from
    # their column, so where there are rows nothing is locked.
    sheet.protection.sheet = content is None
    _head(sheet, shape, language)
    if content:
        _fill(sheet, shape, content)
        _tell(book.create_sheet(PROBLEMS), shape, content, say)
    _explain(book.create_sheet(REFERENCE), shape, language, title, say)
    _list(book, lists)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_csv(shape: Shape) -> bytes:
    """The header alone, as the machine reads it; Excel knows by the mark that it is UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow(shape.names)
    return out.getvalue().encode("utf-8-sig")


def _shape(sheet: Any, shape: Shape, lists: Mapping[str, Sequence[str]]) -> None:
    sheet.freeze_panes = f"A{FIRST_ROW - 1}"
    sheet.row_dimensions[1].hidden = True
    sheet.row_dimensions[2].height = 45
    for place, one in enumerate(shape.fields, 1):
        letter = get_column_letter(place)
        dimension = sheet.column_dimensions[letter]
        dimension.width = 36 if one.type == "string" and one.name not in lists else 20
        dimension.number_format = _FORMATS.get(one.type, "General")
        dimension.protection = Protection(locked=False)
    for name in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
        setattr(sheet.protection, name, False)
    for number, (name, values) in enumerate(lists.items(), 1):
        column = get_column_letter(number)
        rule = DataValidation(
            type="list",
            formula1=f"{LISTS}!${column}$1:${column}${len(values)}",
            allow_blank=True,
            showErrorMessage=True,
        )
        letter = get_column_letter(shape.names.index(name) + 1)
        rule.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
        sheet.data_validations.append(rule)


def _head(sheet: Any, shape: Shape, language: str) -> None:
    sheet.append([_cell(sheet, name) for name in shape.names])
    heads = [_cell(sheet, shape.label(one, language), fill=_HEAD) for one in shape.fields]
    for cell in heads:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.append(heads)
    examples = [_cell(sheet, _typed(one, shape.example(one, language)), fill=_EXAMPLE) for one in shape.fields]
    for one, cell in zip(shape.fields, examples, strict=True):
        cell.font = Font(italic=True, color="5A6B73")
        cell.number_format = _FORMATS.get(one.type, "General")
    sheet.append(examples)


def _cell(sheet: Any, value: Any, *, fill: PatternFill | None = None) -> Any:
    cell = WriteOnlyCell(sheet, value=_ILLEGAL.sub("", value)[:32_000] if isinstance(value, str) else value)
    if isinstance(value, str) and value.startswith("="):
        # What begins so would be computed when the workbook is opened.
        cell.data_type = "s"
    if fill:
        cell.fill = fill
    return cell


def _typed(one: Field, text: str | None) -> Any:
    """A right text as the value that Excel knows; others stay texts."""
    if not text:
        return None
    if one.type in {"integer", "year", "number"} and one.decimal_mark == "." and _NUMBER.fullmatch(text):
        return int(text) if "." not in text else float(text)
    if one.type == "date" and not one.format:
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return text
    return text


def _fill(sheet: Any, shape: Shape, content: Content) -> None:
    marks: dict[int, dict[str, list[str]]] = {}
    for mark in content.marks:
        marks.setdefault(mark.line, {}).setdefault(mark.field, []).append(mark.text)
    left = MOST_COMMENTS
    columns = [content.columns.get(one.name) for one in shape.fields]
    for place, line in _places(content.lines):
        if place is None:
            sheet.append([])
            continue
        texts = [column[place] if column else None for column in columns]
        row = [_plain_cell(sheet, one, text) for one, text in zip(shape.fields, texts, strict=True)]
        for name, reasons in marks.get(line, {}).items():
            if name not in shape.names:
                continue
            number = shape.names.index(name)
            row[number] = _cell(sheet, texts[number], fill=_WRONG)
            if left:
                left -= 1
                row[number].comment = Comment("\n".join(reasons), "portal", width=320, height=120)
        sheet.append(row)


def _plain_cell(sheet: Any, one: Field, text: str | None) -> Any:
    value = _typed(one, text)
    if isinstance(value, str) and (value.startswith("=") or _ILLEGAL.search(value)):
        return _cell(sheet, value)
    return value[:32_000] if isinstance(value, str) else value


def _places(lines: Sequence[int]) -> Iterator[tuple[int | None, int]]:
    """The place of each row, with the blank rows between them."""
    last = lines[0] - 1 if lines else 0
    for place, line in enumerate(lines):
        if line - last - 1 <= MOST_BLANK:
            for blank in range(last + 1, line):
                yield None, blank
        yield place, line
        last = line


def _tell(sheet: Any, shape: Shape, content: Content, say: Say) -> None:
    sheet.freeze_panes = "A2"
    for letter, width in (("A", 12), ("B", 30), ("C", 100)):
        sheet.column_dimensions[letter].width = width
    sheet.append([_bold(sheet, say(text)) for text in _PROBLEM_COLUMNS])
    rows = {line: number for number, (_, line) in enumerate(_places(content.lines), FIRST_ROW)}
    letters = {name: get_column_letter(place) for place, name in enumerate(shape.names, 1)}
    for line, name, value, text in content.told:
        cell = f"{letters.get(name or '', '')}{rows.get(line or 0, '')}"
        sheet.append([cell, _cell(sheet, value), _cell(sheet, text)])


def _bold(sheet: Any, text: str) -> Any:
    cell = _cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _explain(sheet: Any, shape: Shape, language: str, title: str, say: Say) -> None:
    sheet.protection.sheet = True
    for place, width in enumerate((36, 24, 28, 12, 28, 80), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_bold(sheet, title)])
    key = ", ".join(label(shape.structure.field(name), language) for name in shape.structure.key if name in shape.names)
    for text in _STEPS:
        sheet.append([_cell(sheet, say(text).format(key=key))])
    sheet.append([])
    sheet.append([_bold(sheet, say(text)) for text in _COLUMNS])
    for one in shape.fields:
        needed = say(N_("yes")) if shape.is_required(one) else ""
        row = [label(one, language), one.name, say(KINDS[one.type]), needed, shape.example(one, language)]
        sheet.append([_cell(sheet, text) for text in [*row, _allowed(one, shape, language, say)]])


def _allowed(one: Field, shape: Shape, language: str, say: Say) -> str:
    parts = []
    choices = shape.choices.get(one.name)
    if choices:
        parts.append("; ".join(choices.listed(language)[:50]) + (" …" if len(choices.values) > 50 else ""))
    if one.minimum is not None:
        parts.append(say(N_("at least {limit}")).format(limit=one.minimum))
    if one.maximum is not None:
        parts.append(say(N_("at most {limit}")).format(limit=one.maximum))
    if one.max_length is not None:
        parts.append(say(N_("at most {limit} characters")).format(limit=one.max_length))
    if one.pattern:
        parts.append(say(N_("of the form {pattern}")).format(pattern=one.pattern))
    return ", ".join(parts)


def _list(book: Any, lists: Mapping[str, Iterable[str]]) -> None:
    sheet = book.create_sheet(LISTS)
    sheet.sheet_state = "hidden"
    columns = [list(values) for values in lists.values()]
    for number in range(max(map(len, columns), default=0)):
        sheet.append([_cell(sheet, column[number]) if number < len(column) else None for column in columns])
