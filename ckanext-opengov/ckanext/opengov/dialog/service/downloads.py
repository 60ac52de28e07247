"""Tables as files, line by line: CSV for spreadsheets, JSON for programmes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}
# What a spreadsheet would run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, mark: bool) -> Iterator[str]:
    """Lines with the names of the columns first.

    :param mark: whether to begin with the sign by which spreadsheet programmes know UTF-8
    """
    if mark:
        yield "\ufeff"
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    yield out.getvalue()
    for one in rows:
        out.seek(0)
        out.truncate()
        writer.writerow([_plain(one.get(name)) for name in columns])
        yield out.getvalue()


def _plain(cell: Any) -> Any:
    if isinstance(cell, bool):
        return str(cell).lower()
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def json_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], head: Mapping[str, Any]) -> Iterator[str]:
    """One object: ``head`` and ``rows``, a row on each line."""
    start = json.dumps(dict(head), ensure_ascii=False)[:-1]
    yield f'{start}{", " if head else ""}"rows": ['
    before = "\n"
    for one in rows:
        yield before + json.dumps({name: one.get(name) for name in columns}, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"
