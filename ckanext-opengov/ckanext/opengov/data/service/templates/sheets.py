"""XLSX read as a stream: the texts of cells as they would be written by hand, and what is odd about them.

A workbook comes from outside. What it unpacks to is counted as it is read, whatever its own figures say; nothing in it
names a file or an address that is opened; and one cell, one row or one sheet too large is refused with its place.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import get_column_letter

from ckanext.opengov.civic.service.archives import UNREADABLE
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Faulty, fault

PIECE = 1 << 18
# Of all that is read of a workbook, unpacked.
MOST_UNPACKED = 512 << 20
MOST_CELLS = 5_000_000
# Excel holds 32,767 characters in a cell; more than a field takes is cut off, and the check of its length tells it.
MOST_LETTERS = 1_000_001
# Cells right of this are counted only.
MOST_COLUMNS = 2000
MOST_ODD = 20_000
EXCEL_COLUMNS = 16_384
_FIRST_DAY = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}  # noqa: DTZ001 - a cell has no zone
_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,12})?")
_MISSING = N_("This is no workbook (XLSX), or it is damaged or locked by a password. Save it anew as XLSX or CSV.")

Value = str | bool | dt.datetime | dt.date | dt.time
Row = tuple[int, list[Value | None]]
Attributes = dict[str, str]


@dataclass(frozen=True)
class Odd:
    """A cell that is not plainly a value: ``formula``, ``error`` or ``merged``. ``column`` counts from 0."""

    row: int
    column: int
    kind: str
    text: str


@dataclass
class Sheet:
    """One sheet: its rows, and after them what is odd, how wide it is, and how many odd cells there were."""

    name: str
    part: str
    hidden: bool
    odd: list[Odd] = field(default_factory=list)
    odd_count: int = 0
    # The rightmost filled cell: row and column.
    widest: tuple[int, int] = (0, -1)

    def note(self, one: Odd) -> None:
        self.odd_count += 1
        if len(self.odd) < MOST_ODD:
            self.odd.append(one)


class Book:
    """A workbook. Use as a context."""

    def __init__(self, path: Path) -> None:
        """:raises Faulty: when it is none"""
        try:
            self._package = zipfile.ZipFile(path)
        except UNREADABLE:
            raise fault(_MISSING) from None
        self._left = MOST_UNPACKED
        self._cells = MOST_CELLS
        try:
            self._open()
        except BaseException:
            self._package.close()
            raise

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_error: object) -> None:
        self._package.close()

    def _open(self) -> None:
        root = self._elements("xl/workbook.xml", ("sheet", "workbookPr"))
        rooms = {a.get("Id", ""): a.get("Target", "") for _, a in self._elements(_RELATIONS, ("Relationship",))}
        self._from_1904 = any(a.get("date1904") in {"1", "true"} for name, a in root if name == "workbookPr")
        self.sheets = [
            Sheet(a.get("name", ""), _part(rooms.get(_relation(a), "")), a.get("state", "visible") != "visible")
            for name, a in root
            if name == "sheet"
        ]
        self.sheets = [one for one in self.sheets if one.part in self._package.namelist()]
        if not self.sheets:
            raise fault(_MISSING)
        self._dates = self._date_styles()
        self._texts = self._shared()

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """The rows of a sheet that have a cell.

        :raises Faulty: when the sheet is damaged or too large
        """
        parser = _SheetParser(sheet, self._texts, self._dates, _FIRST_DAY[self._from_1904])
        before = 0
        for _ in self._fed(sheet.part, parser.parser):
            self._cells -= parser.cells - before
            before = parser.cells
            if self._cells < 0:
                raise fault(N_("The workbook has more than {limit} cells. Send it in several parts."), limit=MOST_CELLS)
            rows, parser.done = parser.done, []
            yield from rows
        yield from parser.done

    def _elements(self, part: str, wanted: tuple[str, ...]) -> list[tuple[str, Attributes]]:
        found: list[tuple[str, Attributes]] = []

        def start(name: str, attributes: Attributes) -> None:
            local = name.rpartition(":")[2]
            if local in wanted:
                found.append((local, attributes))

        parser = _parser()
        parser.StartElementHandler = start
        for _ in self._fed(part, parser):
            pass
        return found

    def _fed(self, part: str, parser: Any) -> Iterator[None]:
        """Give a part to a parser, piece by piece."""
        try:
            with self._package.open(part) as content:
                while piece := content.read(PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        text = N_("Unpacked, the workbook is larger than {limit} MB. Send it in several parts.")
                        raise fault(text, limit=MOST_UNPACKED >> 20)
                    parser.Parse(piece, False)
                    yield
                parser.Parse(b"", True)
        except (*UNREADABLE, expat.ExpatError, OverflowError) as error:
            if isinstance(error, Faulty):
                raise
            raise fault(_MISSING) from None

    def _date_styles(self) -> frozenset[int]:
        """The numbers of the styles that show a number as a date."""
        if "xl/styles.xml" not in self._package.namelist():
            return frozenset()
        formats: dict[int, str] = dict(BUILTIN_FORMATS)
        styles: list[int] = []
        inside = False
        parser = _parser()

        def start(name: str, attributes: Attributes) -> None:
            nonlocal inside
            local = name.rpartition(":")[2]
            if local == "numFmt":
                formats[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")
            elif local == "cellXfs":
                inside = True
            elif local == "xf" and inside:
                styles.append(int(attributes.get("numFmtId", 0)))

        def end(name: str) -> None:
            nonlocal inside
            inside = inside and name.rpartition(":")[2] != "cellXfs"

        parser.StartElementHandler, parser.EndElementHandler = start, end
        for _ in self._fed("xl/styles.xml", parser):
            pass
        return frozenset(n for n, number in enumerate(styles) if is_date_format(formats.get(number)))

    def _shared(self) -> list[str]:
        """The texts that cells name by their number."""
        if "xl/sharedStrings.xml" not in self._package.namelist():
            return []
        found = _SharedTexts()
        for _ in self._fed("xl/sharedStrings.xml", found.parser):
            pass
        return found.texts


_RELATIONS = "xl/_rels/workbook.xml.rels"


def _relation(attributes: Attributes) -> str:
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")


def _part(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _parser() -> Any:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_more: object) -> None:
        # Entities could name files, or grow without end; no workbook has any.
        raise fault(_MISSING)

    parser.StartDoctypeDeclHandler = refuse
    return parser


class _SharedTexts:
    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._letters = 0
        self._reads = False
        self._phonetic = False
        self.parser = _parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._said

    def _start(self, name: str, _attributes: Attributes) -> None:
        local = name.rpartition(":")[2]
        if local == "t":
            self._reads = not self._phonetic
        elif local == "rPh":
            self._phonetic = True

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "t":
            self._reads = False
        elif local == "rPh":
            self._phonetic = False
        elif local == "si":
            self.texts.append("".join(self._parts))
            self._parts, self._letters = [], 0

    def _said(self, text: str) -> None:
        if self._reads and self._letters < MOST_LETTERS:
            self._letters += len(text)
            self._parts.append(text)


class _SheetParser:
    """Cells of one sheet. Methods are called for each tag, so they do little."""

    def __init__(self, sheet: Sheet, texts: list[str], dates: frozenset[int], first_day: dt.datetime) -> None:
        self.sheet, self.texts, self.dates, self.first_day = sheet, texts, dates, first_day
        self.done: list[Row] = []
        self.cells = 0
        self._row = 0
        self._values: list[Value | None] = []
        self._column = -1
        self._kind = self._style = ""
        self._parts: list[str] = []
        self._letters = 0
        self._reads = False
        self._formula: str | None = None
        self._in_formula = False
        self._columns: dict[str, int] = {}
        self._moments: dict[str, Value] = {}
        self.parser = _parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._said

    def _start(self, name: str, attributes: Attributes) -> None:
        starting = self._STARTS.get(name if ":" not in name else name.rpartition(":")[2])
        if starting:
            starting(self, attributes)

    def _end(self, name: str) -> None:
        ending = self._ENDS.get(name if ":" not in name else name.rpartition(":")[2])
        if ending:
            ending(self)

    def _said(self, text: str) -> None:
        if self._reads and self._letters < MOST_LETTERS:
            self._letters += len(text)
            self._parts.append(text)
        elif self._in_formula and len(self._formula or "") < 200:
            self._formula = (self._formula or "") + text

    def _row_starts(self, attributes: Attributes) -> None:
        self._row = int(attributes.get("r") or self._row + 1)
        self._values = []
        self._column = -1

    def _row_ends(self) -> None:
        if self._values:
            self.done.append((self._row, self._values))

    def _cell_starts(self, attributes: Attributes) -> None:
        self.cells += 1
        place = attributes.get("r")
        self._column = self._place(place) if place else self._column + 1
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._parts, self._letters, self._formula = [], 0, None

    def _place(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            if not _PLACE.fullmatch(place):
                raise fault(_MISSING)
            column = _number_of(letters)
            self._columns[letters] = column
        return column

    def _cell_ends(self) -> None:
        text = "".join(self._parts)
        if self._formula is not None:
            self.sheet.note(Odd(self._row, self._column, "formula", f"={self._formula}"))
        if not text and self._formula is None:
            return
        if self._kind == "e":
            self.sheet.note(Odd(self._row, self._column, "error", text))
        if self._column > self.sheet.widest[1]:
            self.sheet.widest = (self._row, self._column)
        if self._column >= MOST_COLUMNS:
            return
        values = self._values
        if self._column >= len(values):
            values.extend([None] * (self._column + 1 - len(values)))
        values[self._column] = self._value(text)

    def _value(self, text: str) -> Value:
        kind = self._kind
        if kind == "s":
            number = int(text)
            return self.texts[number] if 0 <= number < len(self.texts) else ""
        if kind == "n":
            if self._style and int(self._style) in self.dates:
                return self._moment(text)
            return text if text.isdecimal() and len(text) <= 15 else _number(text)
        if kind == "b":
            return text == "1"
        return _iso(text) if kind == "d" else text

    def _moment(self, text: str) -> Value:
        found = self._moments.get(text)
        if found is None:
            found = self._moments[text] = _moment(text, self.first_day)
        return found

    def _value_starts(self, _attributes: Attributes) -> None:
        self._reads = True

    def _value_ends(self) -> None:
        self._reads = False

    def _formula_starts(self, _attributes: Attributes) -> None:
        self._formula, self._in_formula = "", True

    def _formula_ends(self) -> None:
        self._in_formula = False

    def _merged(self, attributes: Attributes) -> None:
        found = _PLACE.match(attributes.get("ref", ""))
        if found:
            self.sheet.note(Odd(int(found[2]), _number_of(found[1]), "merged", attributes["ref"]))

    _STARTS: dict[str, Callable[[Any, Attributes], None]] = {
        "c": _cell_starts,
        "v": _value_starts,
        "t": _value_starts,
        "row": _row_starts,
        "f": _formula_starts,
        "mergeCell": _merged,
    }
    _ENDS: dict[str, Callable[[Any], None]] = {
        "c": _cell_ends,
        "v": _value_ends,
        "t": _value_ends,
        "row": _row_ends,
        "f": _formula_ends,
    }


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    if number > EXCEL_COLUMNS:
        raise fault(_MISSING)
    return number - 1


def letter(column: int) -> str:
    """The name of a column that counts from 0."""
    return get_column_letter(column + 1)


def _number(text: str) -> str:
    """A number as a person writes it. Excel keeps 0.3 as 0.30000000000000004 and shows 15 digits, as is done here."""
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    if value != value or value in (float("inf"), float("-inf")):
        return text
    return format(Decimal(f"{value:.15g}"), "f")


def _iso(text: str) -> Value:
    """A date as strict workbooks write it."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.date() if moment.time() == dt.time() else moment


def _moment(text: str, first_day: dt.datetime) -> Value:
    try:
        days = float(text)
        moment = first_day + dt.timedelta(days=days)
    except (ValueError, OverflowError):
        return text
    # The fraction of a day is rounded to what people typed.
    moment = (moment + dt.timedelta(microseconds=500)).replace(microsecond=0)
    if 0 <= days < 1:
        return moment.time()
    return moment.date() if moment.time() == dt.time() else moment
