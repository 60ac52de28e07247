"""A file of any known format becomes one clean CSV with typed columns."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

from ckanext.opengov.data.service.tables import delimited, json_table, spreadsheets
from ckanext.opengov.data.service.tables.columns import Column, TypeFinder, header_position, named
from ckanext.opengov.data.service.tables.problem import TableProblem
from ckanext.opengov.data.service.tables.rows import Row, Source, as_text

HEADER_SEARCH = 20

Reader = Callable[[Path], Source]
READERS: dict[str, Reader] = {
    "CSV": delimited.read,
    "TSV": partial(delimited.read, delimiter="\t"),
    "XLSX": spreadsheets.read_xlsx,
    "XLS": spreadsheets.read_xls,
    "ODS": spreadsheets.read_ods,
    "GEOJSON": json_table.read_geojson,
    "JSON": json_table.read_json,
}
FORMATS = tuple(READERS)
# What CKAN or a publisher may have written instead of the short name.
_ALIASES = {
    "TEXT/CSV": "CSV",
    "APPLICATION/CSV": "CSV",
    "TAB": "TSV",
    "TEXT/TAB-SEPARATED-VALUES": "TSV",
    "APPLICATION/VND.MS-EXCEL": "XLS",
    "EXCEL": "XLSX",
    "APPLICATION/VND.OPENXMLFORMATS-OFFICEDOCUMENT.SPREADSHEETML.SHEET": "XLSX",
    "APPLICATION/VND.OASIS.OPENDOCUMENT.SPREADSHEET": "ODS",
    "APPLICATION/GEO+JSON": "GEOJSON",
    "APPLICATION/JSON": "JSON",
}


@dataclass
class Table:
    """What came of a file: ``columns``, the number of ``rows``, and ``notes`` on how it was read."""

    columns: list[Column]
    rows: int
    notes: dict[str, Any] = field(default_factory=dict)


def kind_of(format_name: str | None, file_name: str = "") -> str | None:
    """The reader for a resource: by its format, else by the end of its file's name; None when it is no table."""
    name = (format_name or "").strip().upper()
    kind = _ALIASES.get(name, name)
    ending = Path(file_name).suffix.lstrip(".").upper()
    if kind == "JSON" and ending == "GEOJSON":
        return "GEOJSON"
    if kind in READERS:
        return kind
    return ending if not name and ending in READERS else None


def convert(path: Path, kind: str, target: IO[str]) -> Table:
    """Read a file and write its rows as CSV, header first, without blank rows.

    :raises TableProblem: when it is no table; nothing is left out silently
    """
    if path.stat().st_size == 0:
        raise TableProblem("empty")
    source = READERS[kind](path)
    header = _header(source)
    try:
        columns, count = _write(source, header, target)
    except _Wider:
        widest = max(len(texts) for _, texts in _body(source))
        target.seek(0)
        target.truncate()
        columns, count = _write(source, [*header, *[""] * (widest - len(header))], target)
    if not count:
        raise TableProblem("header_only", columns=", ".join(column.label for column in columns[:10]))
    return Table(columns, count, source.notes)


class _Wider(Exception):  # noqa: N818 - a turn of the way, not an error
    """A sheet has cells beyond its header."""


def _header(source: Source) -> list[str]:
    if source.names is not None:
        header = list(source.names)
    else:
        first = list(islice(_filled(source.open()), HEADER_SEARCH))
        header = first[header_position(texts for _, texts in first)][1] if first else []
    if not header:
        raise TableProblem("empty")
    return header


def _body(source: Source) -> Iterator[tuple[int, list[str]]]:
    """The filled rows below the header."""
    if source.names is not None:
        # An object without values is a record all the same; a line without values is not.
        return _filled(source.open(), keep_blank=len(source.names) > 1)
    first = list(islice(_filled(source.open()), HEADER_SEARCH))
    above = header_position(texts for _, texts in first) + 1
    return islice(_filled(source.open()), above, None)


def _filled(rows: Iterator[Row], keep_blank: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Rows as texts, without blank ones and without blank cells at their ends."""
    for number, cells in rows:
        texts = [as_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts or keep_blank:
            yield number, texts


def _write(source: Source, header: list[str], target: IO[str]) -> tuple[list[Column], int]:
    columns = named(header)
    finders = [TypeFinder() for _ in columns]
    width = len(columns)
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    count = 0
    for number, texts in _body(source):
        if len(texts) > width:
            if source.placed:
                raise _Wider
            raise TableProblem("row_too_long", row=number, cells=len(texts), columns=width, value=texts[width][:80])
        texts += [""] * (width - len(texts))
        writer.writerow(texts)
        count += 1
        for finder, text in zip(finders, texts, strict=True):
            finder.watch(text)
    for column, finder in zip(columns, finders, strict=True):
        column.type = finder.type
    return columns, count
