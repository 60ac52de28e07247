"""A list as a workbook: written for officers, and read back with everything that is wrong told at once. Pure.

The first row, which is hidden, names the columns; the second says what they are; items follow.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ckanext.opengov.civic.service.archives import UNREADABLE
from ckanext.opengov.civic.service.refusal import N_, Refusal
from ckanext.opengov.data.service.lists.criteria import FREQUENCIES, criteria

SHEET = "list"
LANGUAGES = ("kk", "ru", "en")
LARGEST_FILE = 5 << 20
LARGEST_UNPACKED = 100 << 20
MOST_ROWS = 2_000
FIRST_ROW = 3
TITLE_LENGTH = 300
FIRST_YEAR, LAST_YEAR = 2010, 2100
TITLES = {f"title_{code}": code for code in LANGUAGES}
MARK = "criterion_"
YES = frozenset({"yes", "да", "иә", "+", "1", "true", "x", "✓"})
NO = frozenset({"no", "нет", "жоқ", "-", "–", "0", "false", ""})
SHOWN_YES = {"kk": "иә", "ru": "да", "en": "yes"}
SHOWN_NO = {"kk": "жоқ", "ru": "нет", "en": "no"}
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
# Control characters that a cell may not hold (XML 1.0).
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

HEADERS: Mapping[str, Mapping[str, str]] = {
    "number": {
        "kk": "№ (жаңасын бос қалдырыңыз)",
        "ru": "№ (новые оставьте пустыми)",
        "en": "No. (leave new ones blank)",
    },
    "title_kk": {"kk": "Атауы қазақша", "ru": "Название на казахском", "en": "Title in Kazakh"},
    "title_ru": {"kk": "Атауы орысша", "ru": "Название на русском", "en": "Title in Russian"},
    "title_en": {"kk": "Атауы ағылшынша", "ru": "Название на английском", "en": "Title in English"},
    "due_on": {"kk": "Орналастыру мерзімі", "ru": "Срок размещения", "en": "To be published by"},
    "frequency": {"kk": "Жаңарту кезеңділігі", "ru": "Периодичность обновления", "en": "Kind of update"},
    "dataset": {"kk": "Деректер жиынтығының мекенжайы", "ru": "Адрес набора данных", "en": "Address of the data set"},
}


@dataclass(frozen=True)
class Row:
    """One item as a workbook holds it."""

    number: int | None
    title: dict[str, str]
    due_on: dt.date
    frequency: str
    criteria: list[str]
    dataset: str
    # Where it stands, for what is found out later.
    place: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell; ``refusal`` says also what would be right."""

    row: int
    column: str
    field: str
    value: str
    refusal: Refusal


class Wrong(Exception):  # noqa: N818 - it carries what is wrong, and is no fault of the programme
    """The workbook holds mistakes: all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def columns() -> list[str]:
    """The fields of a row, in order."""
    return ["number", *TITLES, "due_on", "frequency", *(f"{MARK}{key}" for key in criteria()), "dataset"]


# --- written


def write(rows: Sequence[Row], language: str, frequencies: Mapping[str, str]) -> bytes:
    """The workbook of a list.

    :param frequencies: kind of update → its name in that language
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    fields = columns()
    _shape(sheet, fields, language, frequencies)
    sheet.append(fields)
    sheet.append([_header(sheet, one, language) for one in fields])
    for row in rows:
        sheet.append(_cells(row, language, frequencies))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _shape(sheet: Any, fields: Sequence[str], language: str, frequencies: Mapping[str, str]) -> None:
    sheet.freeze_panes = f"A{FIRST_ROW}"
    sheet.row_dimensions[1].hidden = True
    for place, name in enumerate(fields, 1):
        sheet.column_dimensions[get_column_letter(place)].width = 40 if name in TITLES else 20
    choices = {"frequency": frequencies.values()}
    choices |= {name: (SHOWN_YES[language], SHOWN_NO[language]) for name in fields if name.startswith(MARK)}
    for name, values in choices.items():
        rule = DataValidation(type="list", formula1=f'"{",".join(values)}"', allow_blank=True)
        letter = get_column_letter(fields.index(name) + 1)
        rule.add(f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + MOST_ROWS}")
        sheet.data_validations.append(rule)


def _header(sheet: Any, name: str, language: str) -> Any:
    if name.startswith(MARK):
        one = criteria()[name.removeprefix(MARK)]
        text = one["title"][language] + (" *" if one["required"] else "")
    else:
        text = HEADERS[name][language]
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DCEDF1")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cells(row: Row, language: str, frequencies: Mapping[str, str]) -> list[Any]:
    marks = [(SHOWN_YES if key in row.criteria else SHOWN_NO)[language] for key in criteria()]
    titles = [row.title.get(code, "") for code in LANGUAGES]
    return [row.number, *titles, row.due_on, frequencies[row.frequency], *marks, row.dataset]


# --- read


def read(content: bytes, frequencies: Mapping[str, str]) -> list[Row]:
    """The items of a workbook.

    :param frequencies: name in any language → kind of update
    :raises Refusal: when it is no workbook of a list, or too large
    :raises Wrong: with everything that is wrong in its cells
    """
    rows = _rows(content)
    fields = _fields(next(rows, []))
    next(rows, None)
    reader = _Reader(fields, frequencies)
    found = [reader.row(number, cells) for number, cells in enumerate(rows, FIRST_ROW) if _is_filled(cells)]
    reader.check_numbers(found)
    if reader.problems:
        raise Wrong(reader.problems)
    return [row for row in found if row is not None]


def _rows(content: bytes) -> Iterator[list[Any]]:
    if len(content) > LARGEST_FILE:
        raise Refusal(N_("The file is too large; at most {limit} MB are read."), limit=LARGEST_FILE >> 20)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            size = sum(entry.file_size for entry in package.infolist())
        if size > LARGEST_UNPACKED:
            raise Refusal(N_("The file unpacks to far more than a list can hold."))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        # Some programmes write a wrong size of the sheet.
        sheet.reset_dimensions()
        rows = [list(cells) for cells in _limited(sheet)]
    except (*UNREADABLE, IndexError, SyntaxError) as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal(N_("This is not a workbook (XLSX). Download the list, fill it in, and send it back.")) from error
    return iter(rows)


def _limited(sheet: Any) -> Iterator[tuple[Any, ...]]:
    last = FIRST_ROW + MOST_ROWS
    for number, cells in enumerate(sheet.iter_rows(max_col=len(columns()) + 20), 1):
        if number >= last and _is_filled(cells):
            raise Refusal(N_("The sheet has more than {limit} rows of items."), limit=MOST_ROWS)
        yield cells
        if number > last + MOST_ROWS:
            return


def _is_filled(cells: Sequence[Any]) -> bool:
    return any(cell.value not in (None, "") for cell in cells)


def _fields(cells: Sequence[Any]) -> list[str]:
    names = [str(cell.value or "").strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    expected = columns()
    if sorted(names) != sorted(expected):
        lacking = [one for one in expected if one not in names]
        unknown = [one for one in names if one not in expected]
        raise Refusal(
            N_(
                "The first row must name the columns. Missing: {lacking}. Not known: {unknown}. Download the list anew."
            ),
            lacking=", ".join(lacking) or "–",
            unknown=", ".join(one[:40] or "–" for one in unknown[:10]) or "–",
        )
    return names


class _Reader:
    """Reads rows and remembers every problem."""

    def __init__(self, fields: Sequence[str], frequencies: Mapping[str, str]) -> None:
        self.fields = fields
        self.frequencies = {name.casefold(): code for name, code in frequencies.items()}
        self.frequencies |= {code.casefold(): code for code in FREQUENCIES}
        self.problems: list[Problem] = []
        self.place = 0

    def row(self, place: int, cells: Sequence[Any]) -> Row | None:
        """A row, None when something in it is wrong."""
        self.place = place
        before = len(self.problems)
        values = {name: cells[column] if column < len(cells) else None for column, name in enumerate(self.fields)}
        found = {name: self._value(name, values[name]) for name in self.fields}
        if len(self.problems) > before:
            return None
        return Row(
            number=found["number"],
            title={code: found[name] for name, code in TITLES.items()},
            due_on=found["due_on"],
            frequency=found["frequency"],
            criteria=[key for key in criteria() if found[f"{MARK}{key}"]],
            dataset=found["dataset"],
            place=place,
        )

    def check_numbers(self, rows: Sequence[Row | None]) -> None:
        """Each number stands once."""
        seen: dict[int, int] = {}
        for row in rows:
            if row is None or row.number is None:
                continue
            if row.number in seen:
                self.place = row.place
                self._wrong("number", row.number, N_("The number stands in row {row} already."), row=seen[row.number])
            seen.setdefault(row.number, row.place)

    def _value(self, name: str, cell: Any) -> Any:
        value = cell.value if cell is not None else None
        if getattr(cell, "data_type", "") == "f":
            return self._wrong(name, value, N_("This is a formula. Put its value in its place."))
        readers: Mapping[str, Callable[[str, Any], Any]] = {
            "number": self._number,
            "due_on": self._day,
            "frequency": self._frequency,
            "dataset": self._text,
        }
        read = self._mark if name.startswith(MARK) else readers.get(name, self._title)
        return read(name, value)

    def _wrong(self, name: str, value: Any, text: str, **values: Any) -> None:
        letter = get_column_letter(self.fields.index(name) + 1)
        shown = "" if value is None else str(value)[:100]
        self.problems.append(Problem(self.place, letter, name, shown, Refusal(text, **values)))

    def _number(self, name: str, value: Any) -> int | None:
        if value is None or value == "":
            return None
        text = str(value).strip().removesuffix(".0")
        if not (text.isascii() and text.isdecimal() and 0 < int(text) < 1_000_000):
            return self._wrong(name, value, N_("A whole number of an item, or blank for a new one."))
        return int(text)

    def _text(self, _name: str, value: Any) -> str:
        return "" if value is None else _ILLEGAL.sub("", str(value)).strip()

    def _title(self, name: str, value: Any) -> str | None:
        text = " ".join(self._text(name, value).split())
        if not text:
            return self._wrong(name, value, N_("Write the title; it is needed in all three languages."))
        if len(text) > TITLE_LENGTH:
            return self._wrong(name, value, N_("At most {limit} characters."), limit=TITLE_LENGTH)
        return text

    def _day(self, name: str, value: Any) -> dt.date | None:
        found = _date(value)
        if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            example = "31.12.2026"
            return self._wrong(name, value, N_("A date of the years 2010 to 2100, such as {example}."), example=example)
        return found

    def _frequency(self, name: str, value: Any) -> str | None:
        found = self.frequencies.get(self._text(name, value).casefold())
        if found is None:
            known = ", ".join(FREQUENCIES)
            return self._wrong(name, value, N_("One of the list in the cell, or one of: {known}."), known=known)
        return found

    def _mark(self, name: str, value: Any) -> bool | None:
        text = self._text(name, value).casefold()
        if text not in YES | NO:
            return self._wrong(name, value, N_("Yes or no."))
        return text in YES


def _date(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = str(value or "").strip()
    parts = _DAY.fullmatch(text)
    try:
        if parts:
            return dt.date(int(parts[3]), int(parts[2]), int(parts[1]))
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
