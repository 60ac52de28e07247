"""Pages of a table that people fill: its template, sending the filled one, what is wrong with it."""

from __future__ import annotations

import base64
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.data.service import keyed
from ckanext.opengov.data.service.templates import fillers
from ckanext.opengov.data.service.templates.kept import MOST_BYTES
from ckanext.opengov.data.service.templates.workbook import KINDS
from ckanext.opengov.data.views.shared import LANGUAGES, act, day, errors, only_signed_in, own

blueprint = Blueprint("opengov_data_templates", __name__, url_prefix="/template")

FOLDER = "opengov_data/templates"
RECEIPTS = 5
# What stands around the file in the body of a form.
_ROOM = 1 << 20


def may_fill(resource_id: str, agency: str | None = None) -> bool:
    """Whether the visitor may send rows."""
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        return tk.check_access("data_template_upload", context, {"resource_id": resource_id, "agency": agency})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False


def page_of(resource_id: str, **more: Any) -> dict[str, Any]:
    """What all pages of a table show: its template, and for whom the visitor fills it."""
    shown = act("data_template_show", {"resource_id": resource_id})
    table = keyed.get(resource_id)
    if table is None:
        return tk.abort(404)
    structure = keyed.structure_of(table)
    user: Any = current_user if current_user.is_authenticated else None
    names = fillers.agencies_of(user, table.agency_id, structure.parts)
    wanted = request.values.get("agency") or ""
    agency = wanted if wanted in names else (names[0] if names else "")
    options = {one["name"]: one["title"] for one in agencies.options(None) if one["name"] in (*names, shown["agency"])}
    return {
        "table": shown,
        "agency": agency,
        "agencies": {name: options.get(name, name) for name in names},
        "owner": options.get(shown["agency"], shown["agency"]),
        "may_fill": may_fill(resource_id, agency or None),
        "languages": LANGUAGES,
        "day": day,
        "kinds": {name: tk._(text) for name, text in KINDS.items()},
        **more,
    }


@blueprint.get("", strict_slashes=False)
def index() -> ResponseReturnValue:
    """The tables that the visitor fills."""
    if answer := only_signed_in():
        return answer
    titles = {one["name"]: one["title"] for one in agencies.options(None)}
    page = {"found": act("data_template_list", {}), "titles": titles, "day": day}
    return tk.render(f"{FOLDER}/index.html", page)


@blueprint.get("/<resource_id>")
def show(resource_id: str) -> ResponseReturnValue:
    """The table's template; for officers also the ways to send rows, and what became of the last ones."""
    own()
    return _desk(resource_id)


def _desk(resource_id: str, **more: Any) -> str:
    page = page_of(resource_id, **{"report": None, "errors": {}, "receipt": None, **more})
    page["receipts"] = []
    page["filled"] = _filled(resource_id) if page["table"]["shared"] else []
    page["may_change"] = _may_change(resource_id)
    if page["may_fill"]:
        order = {"resource_id": resource_id, "limit": RECEIPTS, "agency": page["agency"]}
        page["receipts"] = act("data_push_receipt_list", order)
    return tk.render(f"{FOLDER}/show.html", page)


def _filled(resource_id: str) -> list[dict[str, Any]]:
    """Which agencies have filled their part of a table, and with how many rows."""
    table = keyed.get(resource_id)
    parts = keyed.structure_of(table).parts if table else None
    if parts is None:
        return []
    order = {"resource_id": resource_id, "group": [parts.field], "aggregates": {"rows": {"function": "count"}}}
    found = {one[parts.field]: one["rows"] for one in act("data_query", {**order, "limit": 1000})["records"]}
    titles = {one["name"]: one["title"] for one in agencies.options(None) if parts.has(one["name"])}
    names = [
        *(name for name in titles if name in found or parts.agencies),
        *(name for name in found if name not in titles),
    ]
    return [{"title": titles.get(name, name), "rows": found.get(name, 0)} for name in names]


def _may_change(resource_id: str) -> bool:
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        return tk.check_access("data_structure_update", context, {"resource_id": resource_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False


@blueprint.get("/<resource_id>/<language>.<kind>")
def download(resource_id: str, language: str, kind: str) -> ResponseReturnValue:
    """The template as a file."""
    own()
    order = {"resource_id": resource_id, "language": language, "format": kind}
    try:
        return as_file(act("data_template_export", order))
    except tk.ValidationError:
        return tk.abort(404)


@blueprint.post("/<resource_id>/send")
def send(resource_id: str) -> ResponseReturnValue:
    """Check a filled template, or check and load it."""
    if answer := only_signed_in():
        return answer
    request.max_content_length = MOST_BYTES + _ROOM
    order: dict[str, Any] = {
        "resource_id": resource_id,
        "upload": request.files.get("upload") or "",
        "mode": request.form.get("mode", "upsert"),
        "agency": request.form.get("agency", ""),
    }
    try:
        if "check" in request.form:
            report = act("data_template_validate", order)
            return _desk(resource_id, report=report), 200 if report["ok"] else 400
        sent = act("data_template_upload", order)
    except tk.ValidationError as error:
        return _desk(resource_id, errors=errors(error)), 400
    if sent["receipt"] is None:
        return _desk(resource_id, report=sent["report"]), 400
    flash_receipt(sent["receipt"])
    return tk.redirect_to("opengov_data_templates.show", resource_id=resource_id, agency=order["agency"])


def flash_receipt(receipt: dict[str, Any]) -> None:
    """Tell what became of the rows."""
    text = tk._("The rows are in the table: {new} new, {changed} changed, {same} as before, {deleted} deleted.")
    tk.h.flash_success(text.format(**{name: receipt[name] for name in ("new", "changed", "same", "deleted")}))
    broken = sum(one["rows"] for one in receipt["broken_references"])
    if broken:
        text = tk.ungettext(
            "{number} row of another table has a value that is not here any more. Its agency was told.",
            "{number} rows of other tables have values that are not here any more. Their agencies were told.",
            broken,
        )
        tk.h.flash_notice(text.format(number=broken))


@blueprint.get("/marked/<name>.xlsx")
def marked(name: str) -> ResponseReturnValue:
    """A wrong file, as a workbook with marks."""
    if answer := only_signed_in():
        return answer
    return as_file(act("data_template_marked", {"id": name}))


def as_file(found: dict[str, Any]) -> Response:
    """A file of an action as a download."""
    answer = Response(base64.b64decode(found["content"]), mimetype=found["mimetype"])
    answer.headers.set("Content-Disposition", "attachment", filename=found["name"])
    return answer
