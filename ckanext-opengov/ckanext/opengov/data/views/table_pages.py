"""What the pages about tables share: finding the table that somebody may see, and the addresses of what they chose."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.data import display
from ckanext.opengov.data.service import described, exports
from ckanext.opengov.data.service.described import Table
from ckanext.opengov.data.service.query import places
from ckanext.opengov.data.service.query.wish import NUMERIC, TEMPORAL
from ckanext.opengov.data.service.seeing import answers
from ckanext.opengov.data.service.seeing import choice as choices
from ckanext.opengov.data.service.seeing.choice import Choice
from ckanext.opengov.data.views.shared import act


@dataclass(frozen=True)
class Shown:
    """A data set as ``package_show`` gives it, its tables, and the one that is looked at."""

    package: dict[str, Any]
    tables: list[Table]
    table: Table


def find(dataset: str, resource_id: str | None = None) -> Shown:
    """The tables of a data set; what is not there, or not for this reader, is not found."""
    package = act("package_show", {"id": dataset})
    stored = model.Package.get(package["id"])
    tables = described.tables(stored) if package["type"] == "dataset" else []
    found = [one for one in tables if resource_id in (None, one.resource_id)]
    if not found:
        tk.abort(404, tk._("This data set has no table."))
    return Shown(package, tables, found[0])


def of_resource(resource_id: str) -> Shown:
    """The same by the table alone."""
    resource = act("resource_show", {"id": resource_id})
    return find(resource["package_id"], resource_id)


def place(table: Table) -> places.Place | None:
    """Where the rows lie, if the fields say so."""
    return places.find(table.columns, table.points)


def address(table: Table, choice: Choice, kind: str = "", **more: str) -> str:
    """The address for programs of what is shown, or of a file with it."""
    path = f"/api/rows/{table.resource_id}" + (f".{kind}" if kind else "")
    asked = {name: _written(value) for name, value in answers.question(choice).items()}
    query = urlencode({**asked, **more})
    return f"{tk.config['ckan.site_url'].rstrip('/')}{path}" + (f"?{query}" if query else "")


def _written(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str) and "," not in one for one in value):
        return ",".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def files(table: Table, choice: Choice) -> list[dict[str, str]]:
    """The files of what is shown."""
    found = []
    for one in exports.FORMATS.values():
        if one.name == "geojson" and (place(table) is None or choice.view not in (choices.TABLE, choices.MAP)):
            continue
        found.append({"title": tk._(one.title), "url": address(table, choice, one.name)})
    found.insert(1, {"title": tk._("CSV for Excel"), "url": address(table, choice, "csv", spreadsheet="true")})
    return found


def form(table: Table, choice: Choice) -> dict[str, Any]:
    """What the form offers."""
    columns = [{"name": name, "label": table.label(name)} for name in table.columns]
    numbers = {name for name, kind in table.columns.items() if kind in NUMERIC}
    filters = [*choice.filters, *[("", "eq", "")] * choices.FILTERS][: choices.FILTERS]
    return {
        "columns": columns,
        "numbers": numbers,
        "is_dated": table.columns.get(choice.group) in TEMPORAL,
        "is_numbered": choice.group in numbers,
        "spans": {name: tk._(text) for name, text in choices.SPAN_TITLES.items()},
        "figures": {name: tk._(text) for name, text in choices.FIGURES.items()},
        "comparisons": {name: tk._(text) for name, text in choices.COMPARISONS.items()},
        "filters": filters,
    }


def title(shown: Shown) -> str:
    """The name of the data set in the reader's language."""
    return display.text(shown.package, "title")["text"]
