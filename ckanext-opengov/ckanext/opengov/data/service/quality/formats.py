"""What is known of formats of files: names as the EU's authority table of file types has them.

Source of the lists of non-proprietary and machine-readable formats: the vocabularies that data.europa.eu's assessment
compares with (EU Vocabularies, authority table ``file-type``; ``data.europa.eu`` metadata quality methodology).
"""

from __future__ import annotations

from typing import NamedTuple


class Format(NamedTuple):
    """``open``: not one maker's; ``machine``: programs read the values; ``described``: it brings its own structure."""

    open: bool
    machine: bool
    described: bool = False


_TABLE = Format(open=True, machine=True)
_STRUCTURED = Format(open=True, machine=True, described=True)
_OF_A_MAKER = Format(open=False, machine=True)
_FOR_EYES = Format(open=True, machine=False)

KNOWN: dict[str, Format] = {
    **dict.fromkeys(("CSV", "TSV", "JSON", "JSONL", "NDJSON", "ODS", "XLSX", "YAML", "SQL", "DBF", "API"), _TABLE),
    **dict.fromkeys(("GEOJSON", "TOPOJSON", "XML", "GML", "KML", "GPX", "RSS", "ATOM", "ICS"), _STRUCTURED),
    **dict.fromkeys(("RDF", "RDFXML", "TURTLE", "TTL", "NTRIPLES", "N3", "NQUADS", "TRIG", "JSONLD"), _STRUCTURED),
    **dict.fromkeys(("SPARQL", "WFS", "WMS", "WMTS", "WCS", "GTFS", "NETCDF", "PARQUET", "GPKG", "SHP"), _STRUCTURED),
    **dict.fromkeys(("XLS", "MDB", "ACCDB", "SAV", "DTA", "SAS", "DWG"), _OF_A_MAKER),
    **dict.fromkeys(("TIFF", "GEOTIFF", "PNG", "JPEG", "JPG", "SVG", "PDF", "ODT", "HTML", "TXT"), _FOR_EYES),
    **dict.fromkeys(("ZIP", "GZ", "TAR", "7Z", "DOCX", "ODP"), _FOR_EYES),
    **dict.fromkeys(("DOC", "PPT", "RAR"), Format(open=False, machine=False)),
}


def known(name: str | None) -> Format | None:
    """What is known of a format, written as people write it; None when the name is not in the lists."""
    plain = "".join(letter for letter in (name or "").upper().lstrip(".") if letter.isalnum())
    return KNOWN.get(plain)
