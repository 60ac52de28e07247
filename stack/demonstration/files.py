"""Rows as a file, byte for byte the same for the same rows, so that a second run can tell what changed."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook

Rows = list[dict[str, Any]]

_MOMENT = (2026, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def write(rows: Rows, file_format: str, sheet: str) -> bytes:
    """The file in one of the FORMATS; ``sheet`` names the sheet of a workbook."""
    return FORMATS[file_format](rows, sheet)


def _csv(rows: Rows, _sheet: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _xlsx(rows: Rows, sheet: str) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet[:31])
    page.append(list(rows[0]))
    for row in rows:
        page.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return _without_moment(out.getvalue())


def _without_moment(workbook: bytes) -> bytes:
    """A workbook carries the moment at which it was saved, in its properties and in every entry of the archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(b"2026-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _json(rows: Rows, _sheet: str) -> bytes:
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()


def _geojson(rows: Rows, _sheet: str) -> bytes:
    """``longitude`` and ``latitude`` become the point, the other columns its properties."""
    features = [
        {
            "type": "Feature",
            "id": number,
            "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
            "properties": {name: value for name, value in row.items() if name not in ("longitude", "latitude")},
        }
        for number, row in enumerate(rows, 1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1).encode()


FORMATS: dict[str, Callable[[Rows, str], bytes]] = {"CSV": _csv, "XLSX": _xlsx, "JSON": _json, "GeoJSON": _geojson}
