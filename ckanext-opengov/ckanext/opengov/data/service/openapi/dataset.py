"""The description of one data set: its tables with their own fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.data.service.described import Table
from ckanext.opengov.data.service.openapi import parts
from ckanext.opengov.data.service.openapi.parts import Part


def of_dataset(server: str, title: str, notes: str, tables: Iterable[Table]) -> Part:
    """The whole description.

    :param server: the portal's address
    :param notes: what the data set is about
    """
    paths: Part = {}
    for number, table in enumerate(tables, 1):
        paths |= _table(table, "" if number == 1 else str(number))
    return parts.document(title, notes, server, paths)


def _table(table: Table, mark: str) -> Part:
    address = f"/api/rows/{table.resource_id}"
    errors = ("403", "404", "409")
    question = parts.question(table.columns, _example(table))
    page = parts.answered(tk._("A page of records."), parts.page_schema(_record(table)))
    paths = {
        address: parts.get(
            f"readRows{mark}",
            tk._("Read rows: {table}").format(table=table.title),
            [*question, *parts.walking()],
            page,
            errors=errors,
        ),
        f"{address}.{{format}}": parts.get(
            f"exportRows{mark}",
            tk._("Download: {table}").format(table=table.title),
            [parts.formats(), *question, *parts.file_parameters()],
            parts.file_answer(),
            errors=errors,
        ),
    }
    if table.has_history:
        paths[f"{address}/changes"] = parts.get(
            f"readChanges{mark}",
            tk._("What changed: {table}").format(table=table.title),
            parts.changes(),
            parts.changes_answer(),
            errors=errors,
        )
    return paths


def _record(table: Table) -> Part:
    properties = {name: _field(table, name, kind) for name, kind in table.columns.items()}
    return {"type": "object", "properties": properties, "x-key": list(table.key)}


def _field(table: Table, name: str, kind: str) -> Part:
    told: dict[str, Any] = parts.value(kind)
    label = table.labels.get(name, "")
    if label and label != name:
        told["title"] = label
    if table.units.get(name):
        told["x-unit"] = table.units[name]
    return told


def _example(table: Table) -> Part:
    """A filter that fits the first field of numbers, else any."""
    number = next((name for name, kind in table.columns.items() if kind in ("int4", "int8", "numeric")), None)
    first = next(iter(table.columns), None)
    if number:
        return {number: {"ge": 1}}
    return {first: {"empty": False}} if first else {}
