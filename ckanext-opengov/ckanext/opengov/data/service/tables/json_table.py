"""JSON and GeoJSON, read as a stream: a list of objects, alone or as the one list in an object."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import ijson

from ckanext.opengov.data.service.tables.problem import TableProblem
from ckanext.opengov.data.service.tables.rows import Row, Source

_OPENING = {"start_map": "object", "start_array": "list"}
GEOMETRY = ("geometry", "lon", "lat")


def read_json(path: Path) -> Source:
    """Rows from a list of flat objects; nested values are kept as JSON text.

    :raises TableProblem: when the file is no JSON, or JSON that is no table
    """
    place = find_list(path)
    names: dict[str, None] = {}
    for number, item in _items(path, place):
        if not isinstance(item, dict):
            raise TableProblem("item_not_object", row=number, found=_kind(item))
        names.update(dict.fromkeys(item))
    return Source(lambda: _rows(path, place, list(names)), names=list(names))


def _rows(path: Path, place: str, names: list[str]) -> Iterator[Row]:
    for number, item in _items(path, place):
        yield number, [item.get(name) for name in names]


def read_geojson(path: Path) -> Source:
    """One row a feature: its properties, its geometry as GeoJSON text, and ``lon`` and ``lat`` of points."""
    place = find_list(path, "features")
    names: dict[str, None] = {}
    points = False
    for number, feature in _items(path, place):
        properties = _properties(feature, number)
        names.update(dict.fromkeys(properties))
        points = points or _point(feature) != (None, None)
    own = [name for name in names if name not in GEOMETRY]
    added = GEOMETRY if points else GEOMETRY[:1]
    return Source(lambda: _features(path, place, own, points), names=[*own, *added])


def _features(path: Path, place: str, names: list[str], points: bool) -> Iterator[Row]:
    for number, feature in _items(path, place):
        properties = _properties(feature, number)
        cells = [properties.get(name) for name in names]
        yield number, [*cells, feature.get("geometry"), *(_point(feature) if points else ())]


def _properties(feature: Any, number: int) -> dict[str, Any]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise TableProblem("not_a_feature", row=number)
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}


def _point(feature: dict[str, Any]) -> tuple[Any, Any]:
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None, None
    coordinates = geometry.get("coordinates")
    return (coordinates[0], coordinates[1]) if isinstance(coordinates, list) and len(coordinates) > 1 else (None, None)


def find_list(path: Path, wanted: str | None = None) -> str:
    """Where the rows are, as ijson's prefix: the root list, or the one list among the root object's members.

    :param wanted: the member that holds them, when the format fixes it
    :raises TableProblem: when there is none or more than one
    """
    root, lists = _outline(path)
    if root == "list" and wanted is None:
        return "item"
    if root != "object":
        raise TableProblem("json_root", found=root)
    if wanted is not None:
        if wanted not in lists:
            raise TableProblem("no_features")
        return f"{wanted}.item"
    if len(lists) != 1:
        raise TableProblem("json_lists", count=len(lists), names=", ".join(lists[:10]))
    return f"{lists[0]}.item"


def _outline(path: Path) -> tuple[str, list[str]]:
    lists = []
    root = None
    for prefix, event, value in _events(path):
        if root is None:
            root = _OPENING.get(event) or _kind(value)
            if root != "object":
                return root, []
        elif event == "start_array" and prefix and "." not in prefix:
            lists.append(prefix)
    if root is None:
        raise TableProblem("empty")
    return root, lists


def _events(path: Path) -> Iterator[Any]:
    with path.open("rb") as content:
        yield from _checked(ijson.parse(_without_mark(content)))


def _items(path: Path, place: str) -> Iterator[tuple[int, Any]]:
    with path.open("rb") as content:
        yield from enumerate(_checked(ijson.items(_without_mark(content), place)), 1)


def _checked(values: Iterator[Any]) -> Iterator[Any]:
    try:
        yield from values
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise TableProblem("json_broken", detail=_reason(error)) from None


def _reason(error: Exception) -> str:
    return str(error).split("\n")[0][:200]


def _without_mark(content: IO[bytes]) -> IO[bytes]:
    if content.read(3) != codecs.BOM_UTF8:
        content.seek(0)
    return content


def _kind(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "object" if isinstance(value, dict) else "list"
    if isinstance(value, bool) or value is None:
        return "null" if value is None else "boolean"
    return "text" if isinstance(value, str) else "number"
