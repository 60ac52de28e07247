"""A filled template, workbook or CSV, as columns of texts; what hinders reading is told with its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from openpyxl.utils import range_boundaries

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import fault, listed, shortened
from ckanext.opengov.data.service.structure import Field
from ckanext.opengov.data.service.tables import delimited
from ckanext.opengov.data.service.tables.problem import TableProblem
from ckanext.opengov.data.service.templates import sheets
from ckanext.opengov.data.service.templates.problems import MOST_PROBLEMS, Problem
from ckanext.opengov.data.service.templates.shape import DATA, LISTS, REFERENCE, SEARCHED, Shape

XLSX_START = b"PK\x03\x04"
Cells = list[Any]
Row = tuple[int, Cells]
_ODD = {
    "formula": N_("This is a formula. Put its value in its place (paste it as values)."),
    "error": N_("The cell shows the error {value}. Write the value itself, or leave the cell empty."),
    "merged": N_("The cells {value} are merged. Unmerge them and write the value into each row."),
}


@dataclass
class Filled:
    """``columns`` by field, each as long as ``lines``, the numbers of the rows. ``letters`` name the columns."""

    sheet: str | None
    columns: dict[str, list[str | None]]
    lines: list[int]
    letters: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    notes: dict[str, Any] = field(default_factory=dict)

    def note(self, problem: Problem) -> None:
        """Remember a problem, or only count it when there are very many."""
        self.count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def read(path: Path, shape: Shape) -> Filled:
    """Read what somebody filled.

    :raises Faulty: when there is nothing to check: no table, no header, damaged
    """
    with path.open("rb") as content:
        start = content.read(8)
    if not start:
        raise fault(N_("The file is empty. Download the template, fill it and send it."))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise fault(N_("This is the old Excel format, or a workbook with a password. Save it as XLSX without one."))
    if start.startswith(XLSX_START):
        return _workbook(path, shape)
    return _text(path, shape)


# --- CSV


def _text(path: Path, shape: Shape) -> Filled:
    try:
        source = delimited.read(path)
        filled = _Reader(shape, None).read(source.open())
    except TableProblem as problem:
        raise fault(_BROKEN, row=problem.details.get("row", 1)) from None
    filled.notes = source.notes
    return filled


_BROKEN = N_("Row {row} cannot be read: a double quote opens a value and nothing closes it, or the value is too long.")


# --- XLSX


def _workbook(path: Path, shape: Shape) -> Filled:
    with sheets.Book(path) as book:
        offered = [one for one in book.sheets if not one.hidden and one.name not in {REFERENCE, LISTS}]
        main = next((one for one in offered if one.name.casefold() == DATA), None)
        main = main or next((one for one in offered if _has_header(book, one, shape)), None)
        if main is None:
            raise _no_header(shape)
        # A sheet that was looked at before is counted anew.
        main.odd, main.odd_count = [], 0
        reader = _Reader(shape, main.name)
        filled = reader.read(book.rows(main))
        _tell_odd(reader, filled, main)
        for other in offered:
            if other is not main and _has_rows(book, other, shape):
                text = N_("Rows stand in the sheet “{sheet}” too, and only “{main}” is read. Move them there.")
                filled.note(Problem(text, {"sheet": other.name, "main": main.name}, sheet=other.name))
    return filled


def _has_header(book: sheets.Book, sheet: sheets.Sheet, shape: Shape) -> bool:
    return any(shape.is_header(_texts(cells)) for _, cells in islice(book.rows(sheet), SEARCHED))


def _has_rows(book: sheets.Book, sheet: sheets.Sheet, shape: Shape) -> bool:
    rows = [_texts(cells) for _, cells in islice(book.rows(sheet), SEARCHED)]
    places = [place for place, cells in enumerate(rows) if shape.is_header(cells)]
    if not places:
        return False
    names = [shape.field_of(cell) for cell in rows[places[0]]]
    filled = [dict(zip(names, cells, strict=False)) for cells in rows[places[-1] + 1 :]]
    return any(not shape.is_example({name: text for name, text in row.items() if name}) for row in filled)


def _tell_odd(reader: _Reader, filled: Filled, sheet: sheets.Sheet) -> None:
    for one in sheet.odd:
        column, last = one.column, one.row
        if one.kind == "merged":
            left, _, right, bottom = (part or 0 for part in range_boundaries(one.text))
            column = next((place for place in reader.positions.values() if left - 1 <= place <= right - 1), -1)
            last = bottom
        name = next((name for name, place in reader.positions.items() if place == column), None)
        if name is None or last <= reader.last_above:
            continue
        values = {"value": shortened(one.text)}
        letter = sheets.letter(column)
        row = max(one.row, reader.last_above + 1)
        filled.note(Problem(_ODD[one.kind], values, row, letter, name, shortened(one.text), sheet=sheet.name))
    filled.count += sheet.odd_count - len(sheet.odd)


# --- both


def _texts(cells: Sequence[Any]) -> list[str]:
    return [one.strip() if isinstance(one, str) else "" if one is None else str(one) for one in cells]


def _no_header(shape: Shape) -> Exception:
    text = N_(
        "None of the first {count} rows names the fields, so what the columns are is not to be known. Fill the "
        "template of this table, or give the columns these names: {names}."
    )
    return fault(text, count=SEARCHED, names=listed(shape.names, 20))


class _Reader:
    """Finds the header of rows, and takes from each row the cells of the fields."""

    def __init__(self, shape: Shape, sheet: str | None) -> None:
        self.shape = shape
        self.sheet = sheet
        # Field → place of its column, from 0.
        self.positions: dict[str, int] = {}
        self.width = 0
        # The row of the header, and the last of those that belong to it.
        self.header_row = self.last_above = 0

    def read(self, rows: Iterable[Row]) -> Filled:
        """:raises Faulty: when no row is a header"""
        iterator = iter(rows)
        first = list(islice(iterator, SEARCHED))
        widest = max((len(cells) for _, cells in first), default=0)
        if widest >= sheets.MOST_COLUMNS:
            text = N_("There are {count} columns or more; the table has {known}: {names}. Delete the others.")
            raise fault(text, count=widest, known=len(self.shape.names), names=listed(self.shape.names))
        place = next((n for n, (_, cells) in enumerate(first) if self.shape.is_header(_texts(cells))), None)
        if place is None:
            raise _no_header(self.shape)
        self.header_row, header = first[place]
        filled = Filled(self.sheet, {}, [], {})
        self._settle(_texts(header), filled)
        self.last_above = self.header_row
        following = self._without_template_rows(first[place + 1 :])
        self._take(chain(following, iterator), filled)
        return filled

    def _settle(self, header: list[str], filled: Filled) -> None:
        while header and not header[-1]:
            header.pop()
        self.width = len(header)
        for place, text in enumerate(header):
            name = self.shape.field_of(text) if text else None
            if name and name not in self.positions:
                self.positions[name] = place
            elif text:
                self._strange(place, text, name, filled)
        filled.letters = {name: sheets.letter(place) for name, place in self.positions.items()}
        for one in self.shape.fields:
            if one.name not in self.positions:
                text = N_("The column “{name}” is missing. Add it; leave its cells empty where there is no value.")
                filled.note(Problem(text, {"name": one.name}, self.header_row, field=one.name, sheet=self.sheet))

    def _strange(self, place: int, text: str, name: str | None, filled: Filled) -> None:
        values, suggestion = {"name": shortened(text)}, None
        if name:
            message = N_("The column “{name}” is there twice. Leave one.")
        elif suggestion := self.shape.likely(text):
            message = N_("The table has no column “{name}”. Did you mean “{likely}”?")
            values["likely"] = suggestion
        else:
            message = N_("The table has no column “{name}”. Delete it; columns of the table: {known}.")
            values["known"] = listed(self.shape.names, 20)
        letter = sheets.letter(place)
        filled.note(
            Problem(message, values, self.header_row, letter, name, shortened(text), suggestion, sheet=self.sheet)
        )

    def _without_template_rows(self, rows: list[Row]) -> list[Row]:
        """Leave out the labels and the example, which stand between the names and the rows."""
        if rows and self._repeats(rows[0][1]):
            self.last_above = rows[0][0]
            rows = rows[1:]
        if rows and self.shape.is_example(self._as_row(rows[0][1])):
            self.last_above = rows[0][0]
            rows = rows[1:]
        return rows

    def _repeats(self, cells: Cells) -> bool:
        """Whether a row names the same fields in the same columns."""
        named = [self.shape.field_of(text) for text in _texts(cells)]
        return (
            any(named)
            and all(
                named[place] == name for name, place in self.positions.items() if place < len(named) and named[place]
            )
            and self.shape.is_header(_texts(cells))
        )

    def _as_row(self, cells: Cells) -> dict[str, str]:
        texts = _texts(cells)
        found = {name: texts[place] for name, place in self.positions.items() if place < len(texts)}
        for one in self.shape.fields:
            if one.name in found:
                found[one.name] = written(one, cells[self.positions[one.name]]) or ""
        return found

    def _take(self, rows: Iterator[Row], filled: Filled) -> None:
        places = list(self.positions.values())
        width = self.width
        take: Callable[[Cells], tuple[Any, ...]] = (
            itemgetter(*places) if len(places) > 1 else lambda cells: (cells[places[0]],)
        )
        blank = [None] * width
        lines, taken = filled.lines, list[tuple[Any, ...]]()
        for number, cells in rows:
            if len(cells) < width:
                cells = cells + blank[len(cells) :]
            elif len(cells) > width:
                self._beyond(number, cells, filled)
            values = take(cells)
            if not any(values) and not any(one is False for one in values):
                continue
            if values[0].__class__ is str and self.shape.field_of(values[0]) and self.shape.is_header(_texts(cells)):
                self._second_header(number, cells, filled)
                continue
            lines.append(number)
            taken.append(values)
        columns = zip(*taken, strict=True) if taken else ([] for _ in places)
        for name, column in zip(self.positions, columns, strict=True):
            one = self.shape.structure.field(name)
            filled.columns[name] = [value if value.__class__ is str else written(one, value) for value in column]

    def _beyond(self, number: int, cells: Cells, filled: Filled) -> None:
        place = next((n for n in range(self.width, len(cells)) if cells[n] not in (None, "")), None)
        if place is None:
            return
        text = N_("A value stands right of the table, in a column without a name. Delete it, or name the column.")
        value = shortened(cells[place])
        filled.note(Problem(text, {}, number, sheets.letter(place), value=value, sheet=self.sheet))

    def _second_header(self, number: int, cells: Cells, filled: Filled) -> None:
        text = N_("This is a second header row. Delete it: only rows with values stand below the header.")
        letter = sheets.letter(next(iter(self.positions.values())))
        value = shortened(", ".join(text for text in _texts(cells) if text))
        filled.note(Problem(text, {}, number, letter, value=value, sheet=self.sheet))


def written(one: Field, value: Any) -> str | None:
    """A cell's value as the field expects it to be written."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        words = one.yes if value else one.no
        return words[0] if one.type == "boolean" and words else str(value).lower()
    if one.format and one.type in {"date", "datetime", "time"}:
        return value.strftime(one.format)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if one.type == "date" and value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date) and one.type == "datetime":
        return f"{value.isoformat()}T00:00:00"
    return value.isoformat()
