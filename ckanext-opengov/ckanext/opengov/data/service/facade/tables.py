"""Which table the older portal's names mean: a data set by its name, or by what its system calls it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.data import store
from ckanext.opengov.data.model.keyed import KeyedTable
from ckanext.opengov.data.service import keyed
from ckanext.opengov.data.service.described import has_table

# Registries have one version that is called so.
NEWEST = "data"
_NUMBERED = re.compile(r"v([1-9][0-9]{0,4})")
_MAPPED = {"integer": "long", "number": "double", "boolean": "boolean", "date": "date"}
_TOLD = {"integer": "Int", "number": "Double", "boolean": "Boolean", "date": "Datetime"}
_FAMILIES: Mapping[str, str] = {
    **dict.fromkeys(("int2", "int4", "int8"), "integer"),
    **dict.fromkeys(("numeric", "float4", "float8"), "number"),
    "bool": "boolean",
    **dict.fromkeys(("date", "timestamp", "timestamptz"), "date"),
}


@dataclass(frozen=True)
class Found:
    """A table by its older name. ``version`` is what clients call it."""

    uri: str
    version: str
    package: Any
    resource_id: str


def find(uri: str, version: str | None) -> Found | None:
    """The table of a name and a version: ``v1`` is the data set's first table, ``data`` or none its last."""
    package = _package(uri)
    if package is None:
        return None
    tables = [one.id for one in package.resources if has_table(one)]
    if not tables:
        return None
    number = _number(version, len(tables))
    if number is None:
        return None
    is_registry = len(tables) == 1 and keyed.get(tables[0]) is not None
    name = NEWEST if is_registry and version in (None, NEWEST) else f"v{number}"
    return Found(uri, name, package, tables[number - 1])


def _package(uri: str) -> Any:
    if not uri.isprintable():
        return None
    package = model.Package.get(uri)
    if package is None:
        query = sa.select(KeyedTable.package_id).where(KeyedTable.external_id == uri).order_by(KeyedTable.created_at)
        known = model.Session.scalars(query.limit(1)).first()
        package = model.Session.get(model.Package, known) if known else None
    is_dataset = package is not None and package.type == "dataset" and package.state == model.State.ACTIVE
    return package if is_dataset else None


def _number(version: str | None, count: int) -> int | None:
    if version in (None, NEWEST):
        return count
    found = _NUMBERED.fullmatch(version or "")
    number = int(found[1]) if found else 0
    return number if 0 < number <= count else None


def mapping(found: Found, columns: Mapping[str, str]) -> dict[str, Any]:
    """The types of the fields as the older portal's search engine told them."""
    properties = {
        name: {"type": _MAPPED.get(_FAMILIES.get(kind, ""), "string"), "store": True} for name, kind in columns.items()
    }
    return {found.uri: {"mappings": {found.version: {"properties": properties}}}}


def fields(found: Found, columns: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The fields with their labels in two languages."""
    labels = _labels(found.resource_id)
    return {
        name: {
            "type": _TOLD.get(_FAMILIES.get(kind, ""), "String"),
            "labelRu": labels.get(name, {}).get("ru") or name,
            "labelKk": labels.get(name, {}).get("kk") or name,
        }
        for name, kind in columns.items()
    }


def _labels(resource_id: str) -> Mapping[str, Mapping[str, str]]:
    table = keyed.get(resource_id)
    if table:
        return {one.name: one.labels for one in keyed.structure_of(table).fields}
    known = store.dictionary(resource_id)
    return {
        name: {code: info.get(f"label_{code}") or info.get("label") or "" for code in ("kk", "ru")}
        for name, info in known.items()
    }
