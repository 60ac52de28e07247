"""One export from its question to the pieces that are sent."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.exports import columnar, lines, spreadsheet
from ckanext.opengov.data.service.exports.copying import copied
from ckanext.opengov.data.service.finding import fault
from ckanext.opengov.data.service.query import build, places
from ckanext.opengov.data.service.query.reading import Reading, told
from ckanext.opengov.data.service.query.run import kind_of
from ckanext.opengov.data.service.query.wish import Wish

SECONDS = 900
BOM = b"\xef\xbb\xbf"
Element = sa.ColumnElement[Any]


@dataclass(frozen=True)
class Export:
    """What is to be made. ``place`` says where rows lie, for GeoJSON."""

    wish: Wish
    kind: str
    for_spreadsheets: bool = False
    place: places.Place | None = None


@dataclass(frozen=True)
class _Chosen:
    """The rows that were asked for, as a part of a statement, with the columns that are shown."""

    inner: sa.Subquery
    columns: Mapping[str, Element]
    kinds: Mapping[str, str]
    order: tuple[Element, ...]
    limit: int | None

    def select(self, *what: Any) -> sa.Select[Any]:
        query = sa.select(*what).select_from(self.inner).order_by(*self.order)
        return query.limit(self.limit) if self.limit else query


def export(found: Reading, order: Export, limit: int | None = None) -> Iterator[bytes]:
    """The pieces of a file. The first is made before this returns, so what is wrong is known in time.

    :param limit: rows at most; all when None
    :raises Faulty: when the question cannot be answered
    """
    found.connection.execute(sa.text("SET LOCAL TimeZone = 'UTC'"))
    with told(SECONDS):
        chosen = _chosen(found, order.wish, limit)
        pieces = _MAKERS[order.kind](found, order, chosen)
        first = next(pieces, b"")
    return _resumed(first, pieces)


def _resumed(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def _chosen(found: Reading, wish: Wish, limit: int | None) -> _Chosen:
    inner = build.rows(wish, found.rows(found.version_of(wish)), found.columns)
    names = [*wish.group, *(one.name for one in wish.aggregates)] if wish.is_grouped else wish.fields
    kinds = {name: kind_of(wish, name, found.columns) for name in names}
    # Without a wish the order is that in which the rows lie: nothing needs to be sorted.
    by = build.order(wish) if wish.sort or wish.is_grouped else []
    order = build.sorted_by(sa.select(inner), inner, by)._order_by_clauses
    return _Chosen(inner, {name: inner.c[name] for name in names}, kinds, tuple(order), limit)


def _csv(found: Reading, order: Export, chosen: _Chosen) -> Iterator[bytes]:
    head = io.StringIO()
    csv.writer(head, lineterminator="\n").writerow(chosen.columns)
    values = lines.csv(chosen.columns, chosen.kinds, for_spreadsheets=order.for_spreadsheets)
    pieces = copied(found.connection, chosen.select(*values), as_csv=True)
    first = next(pieces, b"")
    yield (BOM if order.for_spreadsheets else b"") + head.getvalue().encode() + first
    yield from pieces


def _lines(found: Reading, chosen: _Chosen, write: Callable[[sa.Subquery], Element]) -> Iterator[bytes]:
    line = chosen.select(*(column.label(name) for name, column in chosen.columns.items())).subquery("line")
    return copied(found.connection, sa.select(write(line)).select_from(line), as_csv=False)


def _ndjson(found: Reading, _order: Export, chosen: _Chosen) -> Iterator[bytes]:
    return _lines(found, chosen, lines.json)


def _json(found: Reading, _order: Export, chosen: _Chosen) -> Iterator[bytes]:
    return _joined(b"[\n", _lines(found, chosen, lines.json), b"\n]\n")


def _joined(before: bytes, pieces: Iterable[bytes], after: bytes) -> Iterator[bytes]:
    """Lines as the items of a list. A line has no break in it, so each break stands between two items."""
    is_open = False
    yield before
    for piece in pieces:
        whole = piece.removesuffix(b"\n")
        start = b",\n" if is_open else b""
        is_open = len(whole) < len(piece)
        yield start + whole.replace(b"\n", b",\n")
    yield after


def _geojson(found: Reading, order: Export, chosen: _Chosen) -> Iterator[bytes]:
    place = order.place or places.find(found.columns)
    needed = [name for name in (place.latitude, place.longitude, place.point) if name] if place else []
    if place is None or any(name not in chosen.columns for name in needed):
        text = N_("There are no fields with a place among those that are asked for: name them as “lat” and “lon”.")
        raise fault(text)

    def write(line: sa.Subquery) -> Element:
        return lines.feature(line, places.point(line, found.columns, place))

    return _joined(b'{"type":"FeatureCollection","features":[\n', _lines(found, chosen, write), b"\n]}\n")


def _xlsx(found: Reading, _order: Export, chosen: _Chosen) -> Iterator[bytes]:
    rows = copied(found.connection, chosen.select(lines.cells(chosen.columns, chosen.kinds)), as_csv=False)
    return spreadsheet.workbook(list(chosen.columns), rows)


def _parquet(found: Reading, _order: Export, chosen: _Chosen) -> Iterator[bytes]:
    scales: Mapping[str, Any] = {}
    if figures := columnar.scales(chosen.columns, chosen.kinds):
        query = sa.select(*figures).select_from(chosen.inner)
        scales = found.connection.execute(query).mappings().one()
    values = columnar.columns(chosen.columns, chosen.kinds)
    rows = copied(found.connection, chosen.select(*values), as_csv=True)
    return columnar.parquet(columnar.dtypes(chosen.kinds, scales), rows)


_MAKERS: Mapping[str, Callable[[Reading, Export, _Chosen], Iterator[bytes]]] = {
    "csv": _csv,
    "ndjson": _ndjson,
    "json": _json,
    "geojson": _geojson,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
