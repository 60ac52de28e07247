"""The form of a table's structure: which fields there are. Rows can be added without a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.data.service.lists.criteria import FREQUENCIES
from ckanext.opengov.data.service.lists.importing import frequencies
from ckanext.opengov.data.service.reference import tables
from ckanext.opengov.data.service.structure import parse
from ckanext.opengov.data.service.structure.model import COLUMN_TYPES
from ckanext.opengov.data.service.templates import fillers, making
from ckanext.opengov.data.service.templates.workbook import KINDS
from ckanext.opengov.data.views.shared import LANGUAGES, act, errors, only_signed_in
from ckanext.opengov.data.views.templates import page_of

blueprint = Blueprint("opengov_data_structures", __name__, url_prefix="/template")
blueprint.before_request(only_signed_in)

FOLDER = "opengov_data/templates"
# So many blank rows are there to begin with, and so many more at a press.
BLANK = 3
_TEXTS = ("title_kk", "title_ru", "title_en", "external_id", "category", "frequency", "list_item")


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A new data set whose rows are filled by a template, typed in a grid, or pushed."""
    if request.method == "GET":
        return _form({"agency": request.args.get("agency", ""), "frequency": "AS_NEEDED"}, [], more=BLANK)
    passport, rows = _passport(), _rows()
    if "more" in request.form:
        return _form(passport, rows, more=BLANK)
    schema = making.descriptor(rows, shared=bool(passport["shared"]), agencies=passport["fillers"])
    order = {
        "agency": passport["agency"],
        "external_id": passport["external_id"],
        "title_translated": {code: passport[f"title_{code}"] for code, _ in LANGUAGES if passport[f"title_{code}"]},
        "schema": schema,
        "history": passport["history"],
        **{name: passport[name] for name in ("category", "frequency", "list_item") if passport[name]},
    }
    try:
        made = act("data_dataset_register", order)
    except tk.ValidationError as error:
        return _form(passport, rows, wrong=errors(error)), 400
    if not made["created"]:
        text = tk._("Your agency has a table of this short name already. This is its page.")
        tk.h.flash_notice(text)
    return tk.redirect_to("opengov_data_templates.show", resource_id=made["resource_id"])


@blueprint.route("/<resource_id>/structure", methods=["GET", "POST"])
def change(resource_id: str) -> ResponseReturnValue:
    """The structure of a table that stands: new optional fields, other labels and lists."""
    standing = act("data_structure_show", {"resource_id": resource_id})["schema"]
    page = page_of(resource_id)
    if request.method == "GET":
        return _form({}, making.rows_of(parse(standing)), more=1, page=page)
    rows = _rows()
    if "more" in request.form:
        return _form({}, rows, more=BLANK, page=page)
    parts = standing.get("filledBy") or {}
    formed = making.descriptor(
        rows,
        shared=bool(parts),
        agencies=parts.get("agencies", []),
        homoglyphs=standing.get("cleanHomoglyphs") is True,
    )
    schema = making.merged(standing, formed)
    try:
        act("data_structure_update", {"resource_id": resource_id, "schema": schema})
    except tk.ValidationError as error:
        return _form({}, rows, wrong=errors(error), page=page), 400
    tk.h.flash_success(tk._("The structure is saved. Templates that were downloaded before still fit."))
    return tk.redirect_to("opengov_data_templates.show", resource_id=resource_id)


def _passport() -> dict[str, Any]:
    given = request.form
    return {
        **{name: given.get(name, "").strip() for name in (*_TEXTS, "agency")},
        "shared": "shared" in given,
        "history": "history" in given,
        "fillers": given.getlist("fillers"),
    }


def _rows() -> list[making.FieldRow]:
    """The rows of the form, in their order; those without name and labels too, so that nothing moves."""
    given = request.form
    numbers = sorted({int(tail) for key in given if (tail := key.rpartition("-")[2]).isdecimal() and len(tail) < 4})
    rows = []
    for number in numbers[: making.MOST_FIELDS]:
        row = {name: given.get(f"{name}-{number}", "").strip() for name in making.blank() if name not in _TICKS}
        rows.append({**row, **{name: f"{name}-{number}" in given for name in _TICKS}})
    return rows


_TICKS = ("key", "required")


def _form(
    passport: Mapping[str, Any],
    rows: list[making.FieldRow],
    *,
    more: int = 0,
    wrong: Mapping[str, list[str]] | None = None,
    page: Mapping[str, Any] | None = None,
) -> str:
    user: Any = current_user
    variables = {
        "data": passport,
        "rows": [*rows, *(making.blank() for _ in range(more))][: making.MOST_FIELDS],
        "errors": wrong or {},
        "types": {name: tk._(KINDS[name]) for name in COLUMN_TYPES},
        "languages": LANGUAGES,
        "own_agencies": agencies.options(None if user.sysadmin else fillers.own(user)),
        "all_agencies": agencies.options(None),
        "frequencies": frequencies(wording.current()),
        "known_frequencies": FREQUENCIES,
        "references": tables.offered(),
        "page": page,
    }
    return tk.render(f"{FOLDER}/structure.html", variables)
