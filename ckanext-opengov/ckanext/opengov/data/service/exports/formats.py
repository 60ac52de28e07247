"""The formats that a table may be had in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.opengov.civic.service.refusal import N_


@dataclass(frozen=True)
class Format:
    """``title`` is a message of the catalogue where it is no name."""

    name: str
    mimetype: str
    title: str


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("csv", "text/csv; charset=utf-8", "CSV"),
        Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
        Format("json", "application/json", "JSON"),
        Format("ndjson", "application/x-ndjson", N_("NDJSON: one object a line")),
        Format("geojson", "application/geo+json", "GeoJSON"),
        Format("parquet", "application/vnd.apache.parquet", "Parquet"),
    )
}
