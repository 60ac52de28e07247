"""The grid: rows of a table typed, or pasted from a spreadsheet, in the page. It works without a script too."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.data.service import keyed
from ckanext.opengov.data.views.shared import act, errors, only_signed_in
from ckanext.opengov.data.views.templates import flash_receipt, page_of

blueprint = Blueprint("opengov_data_grids", __name__, url_prefix="/template")
blueprint.before_request(only_signed_in)

FOLDER = "opengov_data/templates"
ROWS, BLANK = 20, 5
MOST_BODY = 20 << 20


@blueprint.get("/<resource_id>/grid")
def show(resource_id: str) -> ResponseReturnValue:
    """Rows that are there, and blank ones below them."""
    page = page_of(resource_id)
    if not page["may_fill"]:
        return tk.abort(403, tk._("Only officers of the agency, or a system with its token, send rows."))
    return _grid(page, _standing(resource_id, page))


def _standing(resource_id: str, page: dict[str, Any]) -> dict[str, Any]:
    """A page of the rows that are there, found by words if wanted."""
    table = keyed.get(resource_id)
    structure = keyed.structure_of(table) if table else None
    names = [one["name"] for one in page["table"]["columns"]]
    order: dict[str, Any] = {"resource_id": resource_id, "fields": names, "limit": ROWS}
    if structure and structure.parts:
        order["filters"] = {structure.parts.field: page["agency"]}
    for name in ("q", "cursor"):
        if request.args.get(name):
            order[name] = request.args[name]
    try:
        return act("data_query", order)
    except tk.ValidationError:
        # A table without a first row yet, or a cursor of another question.
        return {"records": [], "next": None}


def _grid(page: dict[str, Any], standing: dict[str, Any], **more: Any) -> str:
    rows = [
        {"there": True, "values": {name: _text(value) for name, value in row.items()}} for row in standing["records"]
    ]
    rows += [{"there": False, "values": {}} for _ in range(BLANK)]
    variables = {
        **page,
        "rows": rows,
        "next": standing["next"],
        "q": request.args.get("q", ""),
        "report": None,
        "errors": {},
        "fixes": [],
        **more,
    }
    variables["wrong"] = _by_cell(variables["report"])
    return tk.render(f"{FOLDER}/grid.html", variables)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _by_cell(report: dict[str, Any] | None) -> dict[int, dict[str, dict[str, Any]]]:
    """Row, counted from 1 → field → what is wrong."""
    found: dict[int, dict[str, dict[str, Any]]] = {}
    for one in report["problems"] if report else []:
        if one["row"] and one["field"]:
            found.setdefault(one["row"], {}).setdefault(one["field"], one)
    return found


@blueprint.post("/<resource_id>/grid/check")
def check(resource_id: str) -> Response | tuple[Response, int]:
    """What is wrong with rows while they are typed; for the script."""
    request.max_content_length = MOST_BODY
    given: Any = request.get_json(silent=True)
    order = {"resource_id": resource_id, **({} if not isinstance(given, dict) else given)}
    try:
        return jsonify(act("data_grid_check", {**order, "resource_id": resource_id}))
    except tk.ValidationError as error:
        return jsonify({"errors": errors(error)}), 400


@blueprint.post("/<resource_id>/grid")
def save(resource_id: str) -> ResponseReturnValue:
    """Take the rows in, or show again what is wrong with them."""
    request.max_content_length = request.max_form_memory_size = MOST_BODY
    rows = _sent()
    chosen = [row["values"] for row in rows if row["deleted"]]
    order = {
        "resource_id": resource_id,
        "agency": request.form.get("agency", ""),
        "rows": [row["values"] if not row["deleted"] else {} for row in rows],
        "fixes": _loaded("fixes"),
    }
    try:
        report = _saved(order)
        if report is None and chosen:
            keys = {name: order[name] for name in ("resource_id", "agency")}
            flash_receipt(act("data_grid_delete", {**keys, "keys": chosen}))
    except tk.ValidationError as error:
        return _again(resource_id, rows, order, errors=errors(error)), 400
    if report:
        return _again(resource_id, rows, order, report=report), 400
    return tk.redirect_to("opengov_data_grids.show", resource_id=resource_id, agency=order["agency"])


def _saved(order: dict[str, Any]) -> dict[str, Any] | None:
    """What is wrong, None when the rows are in the table, or there are none."""
    if not any(any(row.values()) for row in order["rows"]):
        return None
    sent = act("data_grid_save", order)
    if sent["receipt"] is None:
        return sent["report"]
    flash_receipt(sent["receipt"])
    return None


def _again(resource_id: str, rows: list[dict[str, Any]], order: dict[str, Any], **more: Any) -> str:
    page = page_of(resource_id)
    return _grid(page, {"records": [], "next": None}, rows=rows, fixes=order["fixes"], **more)


def _sent() -> list[dict[str, Any]]:
    """The rows of the form: one JSON from the script, or a field for each cell."""
    given = _loaded("rows")
    if given:
        return [_row(one.get("values"), one.get("there"), one.get("deleted")) for one in given if isinstance(one, dict)]
    cells: dict[int, dict[str, str]] = {}
    for key, value in request.form.items():
        mark, _, rest = key.partition("-")
        number, _, name = rest.partition("-")
        if mark == "cell" and number.isdecimal() and len(number) < 6:
            cells.setdefault(int(number), {})[name] = value
    return [
        _row(values, f"there-{number}" in request.form, f"delete-{number}" in request.form)
        for number, values in sorted(cells.items())
    ]


def _row(values: Any, there: Any, deleted: Any) -> dict[str, Any]:
    texts = {str(name): _text(value) for name, value in values.items()} if isinstance(values, dict) else {}
    return {"values": texts, "there": bool(there), "deleted": bool(there) and bool(deleted)}


def _loaded(name: str) -> list[Any]:
    try:
        found = json.loads(request.form.get(name) or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []
