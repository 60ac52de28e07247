"""CSV in any of the usual encodings, and XLSX, as frames of texts with the number of each row. Pure."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from ckanext.opengov.budget.service.lines.finding import Faulty, Finding, fault, shortened
from ckanext.opengov.civic.service.archives import UNREADABLE
from ckanext.opengov.civic.service.refusal import N_

ROW = "_row"
_MORE = "_more"
PIECE = 4 << 20
MOST_RECORD = 8 << 20
XLSX_PIECE = 20_000
# Above the header there may be a title and remarks.
DEEPEST_HEADER = 20
DELIMITERS = (",", ";", "\t", "|")
UNPACKED_LIMIT = 1 << 30
SAMPLE = 200


@dataclass
class Opened:
    """How a file is to be read. ``header`` is the number of the row with the names, counted from 1."""

    path: Path
    kind: str
    columns: list[str]
    header: int
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str | None = None
    sample: list[list[str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As the check answers."""
        shown = {"kind": self.kind, "columns": self.columns, "header_row": self.header, "sheet": self.sheet}
        return shown | ({"encoding": self.encoding, "delimiter": self.delimiter} if self.kind == "csv" else {})


def open_file(path: Path) -> Opened:
    """Find out how a file is to be read.

    :raises Faulty: when it is no table
    """
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK\x03\x04"):
        return _open_xlsx(path)
    foreign = {b"%PDF": "PDF", b"\xd0\xcf\x11\xe0": "XLS", b"\x1f\x8b": "GZIP"}
    kind = next((name for mark, name in foreign.items() if start.startswith(mark)), None)
    if kind:
        raise fault("readable", N_("This is {kind}. Send CSV or XLSX."), kind=kind)
    return _open_csv(path)


def read(opened: Opened) -> Iterator[pl.DataFrame]:
    """The rows below the header, piece by piece: a column of texts for each of the file's, and ``_row``."""
    return _read_csv(opened) if opened.kind == "csv" else _read_xlsx(opened)


# --- CSV


def _open_csv(path: Path) -> Opened:
    encoding = _encoding(path)
    text = _first_text(path, encoding)
    if "\0" in text:
        raise fault("readable", N_("There is a NUL character, which no text has. Send the table as CSV or XLSX."))
    delimiter = max(DELIMITERS, key=lambda one: _regular(text, one))
    rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), DEEPEST_HEADER + SAMPLE))
    place = _header_place(rows)
    return Opened(path, "csv", _names(rows[place]), place + 1, encoding, delimiter, None, rows[place + 1 :])


def _first_text(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        raw = file.read(1 << 18)
    whole = len(raw) < 1 << 18
    text = codecs.getincrementaldecoder(encoding)("replace").decode(raw)
    # The last record of a part is not whole.
    return text if whole else text[: text.rfind("\n") + 1]


def _encoding(path: Path) -> str:
    """UTF-8 where it is UTF-8, else UTF-16 with a mark, else the Cyrillic code page with the Kazakh letters."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            # KZ-1048 is Windows-1251 with the Kazakh letters in the place of the Serbian and Macedonian ones.
            return "kz1048"
    return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"


def _regular(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first records have the same number of cells, more than one; and how many cells."""
    rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 50)
    try:
        widths = [len(row) for row in rows if len(row) > 1]
    except csv.Error:
        return 0, 0
    usual = max(set(widths), key=widths.count) if widths else 0
    return widths.count(usual), usual


def _header_place(rows: Sequence[Sequence[str]]) -> int:
    """The first row that is about as wide as the table."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    widest = max(filled, default=0)
    if widest < 2:
        raise fault("readable", N_("There is no table in the file: no row has two values or more."))
    return next(place for place, count in enumerate(filled[:DEEPEST_HEADER] or [0]) if count * 2 > widest)


def _names(cells: Sequence[str]) -> list[str]:
    """Names of the columns, each once; what has none is called by its letter in a spreadsheet."""
    names: list[str] = []
    for place, cell in enumerate(cells):
        name = " ".join(cell.split()) or f"[{_letter(place)}]"
        names.append(name if name not in names else f"{name} [{_letter(place)}]")
    return names


def _letter(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _read_csv(opened: Opened) -> Iterator[pl.DataFrame]:
    # One column more than the header has: what stands there would be lost otherwise.
    places = [f"c{place}" for place in range(len(opened.columns) + 1)]
    names = dict(zip(places, [*opened.columns, _MORE], strict=True))
    head = f"{opened.delimiter.join(places)}\n".encode()
    schema = dict.fromkeys(places, pl.String)
    row, skip = 1, opened.header
    for content in _records(opened):
        frame = pl.read_csv(
            head + content,
            schema=schema,
            separator=opened.delimiter,
            infer_schema=False,
            truncate_ragged_lines=True,
        ).rename(names)
        frame = frame.with_columns(pl.int_range(row, row + frame.height, dtype=pl.Int64).alias(ROW))
        row += frame.height
        frame, skip = frame.slice(skip), max(0, skip - frame.height)
        yield _whole(frame)


def _records(opened: Opened) -> Iterator[bytes]:
    """UTF-8 with records that are whole."""
    decoder = codecs.getincrementaldecoder(opened.encoding)()
    rest = b""
    with opened.path.open("rb") as file:
        while raw := file.read(PIECE):
            rest += decoder.decode(raw).replace("\r\n", "\n").encode()
            end = _last_end(rest)
            if end:
                yield rest[:end]
                rest = rest[end:]
            elif len(rest) > MOST_RECORD:
                raise _never_closed()
    rest += decoder.decode(b"", final=True).encode()
    if rest.count(b'"') % 2:
        raise _never_closed()
    if rest.strip():
        yield rest


def _last_end(content: bytes) -> int:
    """The place after the last record that is whole; 0 when there is none."""
    end = content.rfind(b"\n") + 1
    # A line break between quotes belongs to its value: an odd number of quotes before it says so.
    while end and content.count(b'"', 0, end) % 2:
        end = content.rfind(b"\n", 0, end - 1) + 1
    return end


def _never_closed() -> Faulty:
    return fault("readable", N_("A double quote opens a value and nothing closes it. Close it or remove it."))


def _whole(frame: pl.DataFrame) -> pl.DataFrame:
    wide = frame.filter(pl.col(_MORE).is_not_null())
    if wide.height:
        text = N_("The row has more values than the header. Put values with a delimiter in them between double quotes.")
        raise Faulty([Finding("readable", text, row=row) for row in wide[ROW].head(20).to_list()])
    return frame.drop(_MORE)


# --- XLSX


def _open_xlsx(path: Path) -> Opened:
    book = _workbook(path)
    for sheet in [one for one in book.worksheets if one.sheet_state == "visible"] or book.worksheets:
        sheet.reset_dimensions()
        rows = [_texts(row) for row in islice(sheet.iter_rows(values_only=True), DEEPEST_HEADER + SAMPLE)]
        # A sheet with a title only, or with an explanation, is not the table.
        if sum(sum(bool(cell) for cell in row) > 2 for row in rows) < 2:
            continue
        place = _header_place(rows)
        columns = _names(_trimmed(rows[place]))
        sample = [row[: len(columns)] for row in rows[place + 1 :]]
        return Opened(path, "xlsx", columns, place + 1, sheet=sheet.title, sample=sample)
    raise fault("readable", N_("No sheet of the workbook has a table."))


def _workbook(path: Path) -> Any:
    try:
        with zipfile.ZipFile(path) as package:
            unpacked = sum(one.file_size for one in package.infolist())
        if unpacked > UNPACKED_LIMIT:
            raise fault("readable", N_("The workbook is too large. Send the table as CSV."))
        return openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True)
    except UNREADABLE as error:
        if isinstance(error, Faulty):
            raise
        raise fault("readable", N_("The file is no workbook. Save it as XLSX or CSV again.")) from None


def _read_xlsx(opened: Opened) -> Iterator[pl.DataFrame]:
    sheet = _workbook(opened.path)[opened.sheet]
    sheet.reset_dimensions()
    width = len(opened.columns)
    rows = enumerate(sheet.iter_rows(values_only=True), 1)
    below = islice(rows, opened.header, None)
    while piece := list(islice(below, XLSX_PIECE)):
        texts = [(number, _texts(cells)) for number, cells in piece]
        for number, cells in texts:
            if any(cells[width:]):
                text = N_("There is a value to the right of the header: “{value}”. Give its column a name.")
                value = shortened(next(cell for cell in cells[width:] if cell))
                raise Faulty([Finding("readable", text, {"value": value}, row=number)])
        columns = {
            name: pl.Series(name, [(cells[place] or None) if place < len(cells) else None for _, cells in texts])
            for place, name in enumerate(opened.columns)
        }
        frame = pl.DataFrame([one.cast(pl.String) for one in columns.values()])
        yield frame.with_columns(pl.Series(ROW, [number for number, _ in texts], dtype=pl.Int64))


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _texts(cells: Sequence[Any]) -> list[str]:
    return [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    """A cell as it would stand in a CSV: exact numbers, dates in ISO."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        # The shortest text of the float is the number that was typed.
        return f"{Decimal(repr(cell)):f}".removesuffix(".0")
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    return str(cell).strip()
