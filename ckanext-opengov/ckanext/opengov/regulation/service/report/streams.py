"""The report line by line, however long it is: CSV for spreadsheets, JSON and XML for programmes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ckanext.opengov.regulation.service.report.model import COLUMNS, Report

NAMESPACE = "urn:opengov:regulation:report:1"
# What a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CELLS = attrgetter(*COLUMNS)
# What XML has as elements, all else as attributes.
_TEXTS = ("section", "text", "wording", "reason")
# So many lines go out at once.
_LINES = 200


def csv_lines(report: Report) -> Iterator[str]:
    """CSV with the names of the columns first; it begins with the sign by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow(COLUMNS)
    for count, row in enumerate(report.rows, 1):
        writer.writerow(map(_cell, _CELLS(row)))
        if count % _LINES == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _cell(value: Any) -> Any:
    if value is True or value is False:
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def json_lines(report: Report) -> Iterator[str]:
    """One object: the head of the report and ``rows``, a row on each line."""
    yield f'{json.dumps(report.head(), ensure_ascii=False)[:-1]}, "rows": ['
    before = "\n"
    for row in report.rows:
        yield before + json.dumps(row.shown(), ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def xml_lines(report: Report) -> Iterator[str]:
    """An element ``report`` with ``figures`` and a ``comment`` for each row."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    head = {name: value for name, value in report.head().items() if name != "figures"}
    yield f"<report xmlns={quoteattr(NAMESPACE)}{_attributes(head)}>\n"
    yield f"<figures{_attributes(report.figures)}/>\n"
    for row in report.rows:
        values = row.shown()
        texts = [(name, values.pop(name)) for name in _TEXTS]
        inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in texts if text)
        yield f"<comment{_attributes(values)}>{inside}</comment>\n"
    yield "</report>\n"


def _attributes(values: Mapping[str, Any]) -> str:
    return "".join(
        f" {name}={quoteattr(str(value).lower() if isinstance(value, bool) else str(value))}"
        for name, value in values.items()
        if value != ""
    )


# Format → media type and writer.
STREAMS: Mapping[str, tuple[str, Callable[[Report], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", csv_lines),
    "json": ("application/json; charset=utf-8", json_lines),
    "xml": ("application/xml; charset=utf-8", xml_lines),
}
