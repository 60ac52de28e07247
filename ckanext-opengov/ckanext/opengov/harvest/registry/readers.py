"""Reading a list: JSON, NDJSON, CSV or XLSX, told apart by what the bytes look like."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import openpyxl

from ckanext.opengov.harvest.fetching import Fetched
from ckanext.opengov.harvest.listing import BadRow, Listing, SourceRow
from ckanext.opengov.harvest.messages import N_, Message, SourceError
from ckanext.opengov.harvest.registry.mapping import Rows

DELIMITERS = ",;\t|"
# What lists of this region are written in when they are not UTF-8.
LEGACY_ENCODING = "windows-1251"
UNPACKED_LIMIT = 500 * 1024 * 1024
# A column counts as part of a JSON list's shape when so many of its items have it.
COMMON = 0.5


def read(fetched: Fetched, rows: Rows) -> Listing:
    """Read a list.

    :raises SourceError: ``unreadable`` or ``empty``, with what would be right
    """
    if not fetched.body.strip():
        raise SourceError("empty", N_("The source gives an empty file."))
    kind = rows.format or detect(fetched.body)
    listing = _READERS[kind](fetched, rows)
    if not listing.rows and not listing.bad:
        raise SourceError("empty", N_("The list has no rows."))
    return listing


def detect(body: bytes) -> str:
    """The format of a list by its first bytes.

    :raises SourceError: for what is certainly no list
    """
    if body.startswith(b"PK\x03\x04"):
        return "xlsx"
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise _unreadable(N_("The file is in the old Excel format. Save it as .xlsx or .csv."))
    start = body.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"<"):
        raise _unreadable(N_("The address gives a web page or XML, not a list. Give the address of the file itself."))
    if not start.startswith((b"[", b"{")):
        return "csv"
    return "ndjson" if _is_ndjson(start) else "json"


def _is_ndjson(start: bytes) -> bool:
    first, _, rest = start.partition(b"\n")
    if not rest.strip():
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _unreadable(msgid: str, **params: Any) -> SourceError:
    return SourceError("unreadable", msgid, **params)


def decode(fetched: Fetched, encoding: str | None) -> str:
    """The text of a list, in the encoding that is given, announced, or found."""
    body = fetched.body
    candidates = [encoding] if encoding else [_marked(body) or "utf-8", fetched.charset, LEGACY_ENCODING]
    for candidate in filter(None, candidates):
        try:
            return body.decode(candidate).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError):
            continue
    raise _unreadable(N_("The text is not in the encoding {encoding}."), encoding=encoding or LEGACY_ENCODING)


def _marked(body: bytes) -> str | None:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def _parse_json(text: str) -> Any:
    # NaN is no JSON, but Python's reader takes it and PostgreSQL does not.
    return json.loads(text, parse_constant=lambda name: name)


def _read_json(fetched: Fetched, rows: Rows) -> Listing:
    try:
        document = _parse_json(decode(fetched, rows.encoding))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", "?")
        raise _unreadable(N_("The file is not valid JSON (line {line})."), line=line) from None
    return _from_items(list(enumerate(find_list(document, rows.path), start=1)))


def find_list(document: Any, path: str | None) -> list[Any]:
    """Follow a dotted path to the list.

    :raises SourceError: naming the lists that are there instead
    """
    found = document
    for word in path.split(".") if path else []:
        found = found.get(word) if isinstance(found, dict) else None
    if isinstance(found, list):
        return found
    lists = ", ".join(sorted(_lists(document))) or "–"
    if path:
        message = N_("There is no list at “{path}”. Lists in the file: {lists}.")
        raise SourceError("shape", message, path=path, lists=lists)
    message = N_("The file is not a list itself. Say in rows: path where the list is. Lists in the file: {lists}.")
    raise SourceError("shape", message, lists=lists)


def _lists(document: Any, prefix: str = "", depth: int = 3) -> Iterator[str]:
    if not isinstance(document, dict) or not depth:
        return
    for key, value in document.items():
        if isinstance(value, list):
            yield f"{prefix}{key}"
        yield from _lists(value, f"{prefix}{key}.", depth - 1)


def _read_ndjson(fetched: Fetched, rows: Rows) -> Listing:
    items: list[tuple[int, Any]] = []
    bad: list[BadRow] = []
    for place, line in enumerate(decode(fetched, rows.encoding).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            items.append((place, _parse_json(line)))
        except (ValueError, RecursionError):
            bad.append(BadRow(place, "", Message(N_("The line is not valid JSON."))))
    if not items:
        raise _unreadable(N_("No line of the file is valid JSON."))
    listing = _from_items(items)
    listing.bad += bad
    return listing


def _from_items(items: list[tuple[int, Any]]) -> Listing:
    rows: list[SourceRow] = []
    bad: list[BadRow] = []
    for place, item in items:
        if isinstance(item, dict):
            rows.append(SourceRow(place, dict(_flatten(item))))
        else:
            bad.append(BadRow(place, "", Message(N_("The item is not an object with named fields."))))
    counts = Counter(column for row in rows for column in row.values)
    common = tuple(column for column, count in counts.items() if count >= COMMON * len(rows))
    return Listing(common, rows, bad)


def _flatten(item: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in item.items():
        if isinstance(value, dict) and value:
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _read_csv(fetched: Fetched, rows: Rows) -> Listing:
    text = decode(fetched, rows.encoding)
    if "\x00" in text:
        raise _unreadable(N_("The file is not a text. Give a list as CSV, JSON or XLSX."))
    skipped = rows.header - 1
    lines = text.split("\n")
    head = lines[skipped] if skipped < len(lines) else ""
    reader = csv.reader(io.StringIO("\n".join(lines[skipped:])), delimiter=rows.delimiter or find_delimiter(head))
    places: list[tuple[int, list[str]]] = []
    start = skipped + 1
    try:
        for values in reader:
            places.append((start, values))
            start = skipped + reader.line_num + 1
    except csv.Error:
        raise _unreadable(N_("The file is not valid CSV (line {line})."), line=start) from None
    return _from_table(places)


def find_delimiter(head: str) -> str:
    """The delimiter that the header has most of; a comma when it has none."""
    return max(DELIMITERS, key=head.count)


def _check_unpacked(body: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        unpacked = sum(entry.file_size for entry in packed.infolist())
    if unpacked > UNPACKED_LIMIT:
        raise _unreadable(N_("The Excel file unpacks to more than {limit} MB."), limit=UNPACKED_LIMIT // 1024**2)


def _read_xlsx(fetched: Fetched, rows: Rows) -> Listing:
    try:
        _check_unpacked(fetched.body)
        book = openpyxl.load_workbook(io.BytesIO(fetched.body), read_only=True, data_only=True)
    except SourceError:
        raise
    except Exception:
        # openpyxl raises whatever the broken part of the file makes it raise.
        raise _unreadable(N_("The file is not a valid Excel file (.xlsx).")) from None
    if rows.sheet and rows.sheet not in book.sheetnames:
        message = N_("There is no sheet “{sheet}”. Sheets in the file: {sheets}.")
        raise SourceError("shape", message, sheet=rows.sheet, sheets=", ".join(book.sheetnames))
    sheet = book[rows.sheet] if rows.sheet else book.worksheets[0]
    try:
        table = [
            (place, [_cell(value) for value in values])
            for place, values in enumerate(sheet.iter_rows(min_row=rows.header, values_only=True), start=rows.header)
        ]
    except Exception:
        raise _unreadable(N_("The file is not a valid Excel file (.xlsx).")) from None
    return _from_table(table, padded=True)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _from_table(table: list[tuple[int, list[str]]], padded: bool = False) -> Listing:
    """A listing from lines of cells, the first of which is the header.

    :param padded: sheets end every row with as many blank cells as they like; text lines do not
    """
    if not table:
        raise SourceError("empty", N_("The list has no rows."))
    columns = [name.strip() for name in table[0][1]]
    while columns and not columns[-1]:
        columns.pop()
    _check_header(columns)
    listing = Listing(tuple(columns), [])
    for place, values in table[1:]:
        if not any(value.strip() for value in values):
            continue
        cells = values[: len(columns)] if padded and not any(values[len(columns) :]) else values
        if len(cells) == len(columns):
            listing.rows.append(SourceRow(place, dict(zip(columns, cells, strict=True))))
        else:
            message = N_("The row has {found} values, the header has {expected}.")
            listing.bad.append(BadRow(place, "", Message(message, {"found": len(cells), "expected": len(columns)})))
    return listing


def _check_header(columns: list[str]) -> None:
    if not columns:
        raise SourceError("shape", N_("The header row is empty. Say in rows: header which row has the names."))
    blank = [number for number, name in enumerate(columns, start=1) if not name]
    if blank:
        raise SourceError("shape", N_("Column {number} of the header has no name."), number=blank[0])
    double = [name for name, count in Counter(columns).items() if count > 1]
    if double:
        raise SourceError("shape", N_("The header has the column “{name}” twice."), name=double[0])


_READERS = {"json": _read_json, "ndjson": _read_ndjson, "csv": _read_csv, "xlsx": _read_xlsx}
