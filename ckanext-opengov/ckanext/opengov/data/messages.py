"""What is wrong with a file that should be a table: what, where, and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk


def _things() -> dict[str, str]:
    return {
        "object": tk._("an object"),
        "list": tk._("a list"),
        "text": tk._("a text"),
        "number": tk._("a number"),
        "boolean": tk._("true or false"),
        "null": tk._("null"),
    }


def _texts() -> dict[str, str]:
    return {
        "empty": tk._("The file is empty. Upload one with a header and at least one row."),
        "header_only": tk._("The file has a header ({columns}) and no row below it. Add the rows and upload it again."),
        "too_many_columns": tk._(
            "The table has {columns} columns; at most {limit} are possible. Turn columns into rows or split the file."
        ),
        "row_too_long": tk._(
            "Row {row} has {cells} values, the header has {columns} columns. The first value too many is “{value}”. "
            "Put values with a comma or a quote in them between double quotes, or name the missing column."
        ),
        "broken_record": tk._("Row {row} cannot be read: one of its values is too long. Check the quotes in it."),
        "unclosed_quote": tk._(
            "In row {row} a double quote opens a value and nothing closes it. Close it, or write it twice if it "
            "belongs to the value."
        ),
        "not_a_workbook": tk._(
            "This is no {format} file, or it is damaged or locked by a password. Open it, save it anew as XLSX or CSV "
            "without a password and upload that."
        ),
        "too_large_unpacked": tk._(
            "Unpacked, the workbook is larger than {limit} MB. Save the sheet as CSV and upload that."
        ),
        "json_broken": tk._(
            "The file is no valid JSON, or it breaks off: {detail}. Write it anew with the program that made it."
        ),
        "json_root": tk._('The JSON holds {found}. A table is a list of objects: [{{"name": "A", "number": 1}}, …].'),
        "json_lists": tk._(
            "The JSON object has {count} lists ({names}), and a table can only be made of one. Upload a list of "
            "objects, or an object with one list."
        ),
        "item_not_object": tk._(
            'Item {row} of the list is {found}. Each must be an object with the same keys: {{"name": "A"}}.'
        ),
        "no_features": tk._("The GeoJSON has no “features”. Upload a FeatureCollection."),
        "not_a_feature": tk._("Item {row} of “features” is no GeoJSON feature: its “type” must be “Feature”."),
        "no_file": tk._("The uploaded file is not there any more. Upload it again."),
        "timeout": tk._("Reading the file took too long and was stopped. Split it into smaller files."),
        "interrupted": tk._("Reading the file was interrupted several times. Try again, or split the file."),
    }


_PREPARED: dict[str, Callable[[Any], Any]] = {"found": lambda kind: _things().get(kind, kind)}


def problem(code: str, details: Mapping[str, Any]) -> str:
    """The problem in the reader's language."""
    fallback = tk._("The portal failed to read the file; its administrators can see why. Try again later.")
    values = {name: _PREPARED.get(name, str)(value) for name, value in details.items()}
    return _texts().get(code, fallback).format(**values)


def notes(details: Mapping[str, Any]) -> list[str]:
    """How a file was read, where that was not plain."""
    told = []
    if details.get("sheet"):
        message = tk._("The workbook has {number} sheets; the table is sheet “{name}”.")
        told.append(message.format(number=details["sheets"], name=details["sheet"]))
    if details.get("encoding"):
        message = tk._("The file is not in UTF-8; it was read as {encoding}. If letters look wrong, save it as UTF-8.")
        told.append(message.format(encoding=details["encoding"]))
    return told
