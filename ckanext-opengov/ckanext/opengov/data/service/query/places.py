"""Where rows lie on the map: a pair of columns with degrees, or one with a point."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import fault
from ckanext.opengov.data.service.query.wish import NUMERIC, TEXTUAL, Columns

_LATITUDE = frozenset({"lat", "latitude", "широта", "ендік", "shirota", "geo_lat", "y_coord"})
_LONGITUDE = frozenset({"lon", "lng", "long", "longitude", "долгота", "бойлық", "dolgota", "geo_lon", "x_coord"})
_POINT = frozenset({"geopoint", "coordinates", "координаты", "координаттар", "point", "location"})
_NUMBER = "^\\s*-?[0-9]{1,3}([.,][0-9]+)?\\s*$"
# Longitude first, as Table Schema has a point.
_PAIR = "^\\s*-?[0-9]{1,3}([.][0-9]+)?\\s*,\\s*-?[0-9]{1,2}([.][0-9]+)?\\s*$"


@dataclass(frozen=True)
class Place:
    """The fields in which degrees stand: two of them, or one with both."""

    latitude: str = ""
    longitude: str = ""
    point: str = ""


@dataclass(frozen=True)
class Point:
    """Degrees as numbers; empty where a row has none."""

    latitude: Any
    longitude: Any


def find(columns: Columns, points: Collection[str] = ()) -> Place | None:
    """The place of a table's rows by the names of its fields.

    :param points: fields of which it is known that they hold points
    """
    named = {name.lower().strip(): name for name in columns}
    latitude = next((named[name] for name in named if name in _LATITUDE), None)
    longitude = next((named[name] for name in named if name in _LONGITUDE), None)
    if latitude and longitude:
        return Place(latitude, longitude)
    known = [name for name in points if name in columns]
    known += [name for low, name in named.items() if low in _POINT and columns[name] in TEXTUAL]
    return Place(point=known[0]) if known else None


def point(source: Any, columns: Columns, place: Place) -> Point:
    """The degrees of a row.

    :raises Faulty: when the fields hold no degrees
    """
    for name in (place.latitude, place.longitude, place.point):
        if name and (name not in columns or columns[name] not in TEXTUAL | NUMERIC):
            raise fault(N_("The field “{name}” holds no degrees."), name=name)
    if place.point:
        column = source.c[place.point]
        return Point(_part(column, 2), _part(column, 1))
    return Point(_degrees(source.c[place.latitude]), _degrees(source.c[place.longitude]))


def _degrees(column: Any) -> Any:
    text = sa.cast(column, sa.Text)
    number = sa.cast(sa.func.replace(text, ",", "."), sa.Double)
    return sa.case((text.regexp_match(sa.literal(_NUMBER)), number))


def _part(column: Any, number: int) -> Any:
    part = sa.cast(sa.func.trim(sa.func.split_part(column, ",", number)), sa.Double)
    return sa.case((column.regexp_match(sa.literal(_PAIR)), part))
