"""Rows as the database writes them for each format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ckanext.opengov.data.service.query.places import Point
from ckanext.opengov.data.service.query.wish import TEXTUAL

Element = sa.ColumnElement[Any]
# Programs that calculate take what begins so for a formula, and run it.
RISKY = "^[=+@\\t\\r-]"
# Excel's own limits of a cell's text, and of exact numbers.
LONGEST = 32_000
EXACT = 10**15
# What XML cannot have in it.
_NO_XML = "".join(map(chr, [*range(1, 9), 11, 12, 13, *range(14, 32), 0xFFFE, 0xFFFF]))


def csv(columns: Mapping[str, Element], kinds: Mapping[str, str], *, for_spreadsheets: bool) -> list[Element]:
    """The values of a row as CSV has them: what ``data_push`` reads, it writes."""
    return [_value(column, kinds[name], for_spreadsheets).label(name) for name, column in columns.items()]


def _value(column: Element, kind: str, for_spreadsheets: bool) -> Element:
    if kind == "bool":
        return sa.cast(column, sa.Text)
    if kind == "timestamptz":
        return _moment(column)
    if kind == "timestamp":
        return sa.func.replace(sa.cast(column, sa.Text), " ", "T")
    if for_spreadsheets and kind in TEXTUAL:
        return sa.case((column.regexp_match(sa.literal(RISKY)), sa.literal("'").concat(column)), else_=column)
    return column


def _moment(column: Element) -> Element:
    """With the connection's time zone at UTC, its text ends in +00."""
    text = sa.func.replace(sa.cast(column, sa.Text), " ", "T")
    return sa.func.replace(text, "+00", "Z")


def json(line: sa.Subquery) -> Element:
    """A row as an object of JSON; numbers keep all their digits."""
    return sa.func.row_to_json(sa.literal_column(f'"{line.name}"'))


def feature(line: sa.Subquery, point: Point) -> Element:
    """A row as a feature of GeoJSON; without a place its geometry is null."""
    place = sa.func.json_build_object(
        "type", "Point", "coordinates", sa.func.json_build_array(point.longitude, point.latitude)
    )
    is_known = sa.and_(point.longitude.is_not(None), point.latitude.is_not(None))
    return sa.func.json_build_object(
        "type", "Feature", "geometry", sa.case((is_known, place), else_=sa.null()), "properties", json(line)
    )


def cells(columns: Mapping[str, Element], kinds: Mapping[str, str]) -> Element:
    """A row of a sheet. Texts are typed as texts, so nothing in them is ever taken for a formula."""
    row: Element = sa.literal("<row>")
    for name, column in columns.items():
        row = row.concat(sa.func.coalesce(_cell(column, kinds[name]), "<c/>"))
    return row.concat("</row>")


def _cell(column: Element, kind: str) -> Element:
    text = sa.cast(column, sa.Text)
    if kind in ("int2", "int4"):
        return _number(text)
    if kind in ("int8", "numeric", "float4", "float8"):
        return sa.case((sa.func.abs(column) < EXACT, _number(text)), else_=_text(text))
    if kind == "bool":
        return sa.case((column.is_(None), None), (column, '<c t="b"><v>1</v></c>'), else_='<c t="b"><v>0</v></c>')
    if kind == "date":
        first, last = (sa.cast(sa.literal(day), sa.Date) for day in ("1900-03-01", "9999-12-31"))
        days = sa.cast(column - sa.cast(sa.literal("1899-12-30"), sa.Date), sa.Text)
        return sa.case((column.between(first, last), _wrapped('<c s="1"><v>', days, "</v></c>")), else_=_text(text))
    return _text(_moment(column) if kind == "timestamptz" else text)


def _number(text: Element) -> Element:
    return _wrapped("<c><v>", text, "</v></c>")


def _text(text: Element) -> Element:
    found: Element = sa.func.translate(sa.func.left(text, LONGEST), _NO_XML, "")
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\n", "&#10;")):
        found = sa.func.replace(found, sign, written)
    return _wrapped('<c t="inlineStr"><is><t xml:space="preserve">', found, "</t></is></c>")


def _wrapped(before: str, text: Element, after: str) -> Element:
    return sa.literal(before).concat(text).concat(after)
