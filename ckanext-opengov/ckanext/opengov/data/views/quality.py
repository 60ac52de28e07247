"""Pages of quality: all agencies, one agency, the files of figures."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.data.service.quality.metrics import DIMENSIONS

blueprint = Blueprint("opengov_data_quality", __name__)

FOLDER = "opengov_data/quality"
PAGE = 20


def _act(action: str, data: dict[str, Any]) -> Any:
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        return tk.get_action(action)(context, data)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized as error:
        return tk.abort(403 if current_user.is_authenticated else 401, str(error))


@blueprint.get("/quality")
def index() -> str:
    """The agencies by the quality of their data sets, and how it is measured."""
    return tk.render(f"{FOLDER}/index.html", {"found": _act("data_quality_list", {})})


@blueprint.get("/quality/agencies.<any(csv, json):form>")
def export(form: str) -> Response:
    """The table of the agencies as a file."""
    found = _act("data_quality_list", {})
    if form == "json":
        return _file(json.dumps(found, ensure_ascii=False, indent=1), "agencies.json", "application/json")
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["rank", "agency", "title", "datasets", "score", "band", *DIMENSIONS])
    for one in found["results"]:
        agency = one["agency"]
        parts = [part["score"] for part in one["dimensions"]]
        writer.writerow(
            [one["rank"], agency["name"], _plain(agency["title"]), one["datasets"], one["score"], one["band"], *parts]
        )
    # Spreadsheet programmes know by the first sign that the file is UTF-8.
    return _file(f"\ufeff{lines.getvalue()}", "agencies.csv", "text/csv; charset=utf-8")


def _plain(text: str) -> str:
    """A text that a spreadsheet would run as a formula is shown as text."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _file(content: str, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, headers=headers, content_type=kind)


@blueprint.get("/quality/agency/<name>")
def agency(name: str) -> str:
    """One agency: its dimensions, where it loses points, its data sets."""
    page = tk.h.get_page_number(request.args)
    found = _act("data_quality_show", {"agency": name, "limit": PAGE, "offset": (page - 1) * PAGE})
    pages = -(-found["datasets"] // PAGE)
    return tk.render(f"{FOLDER}/agency.html", {"found": found, "page": page, "pages": pages})


@blueprint.post("/dataset/<id>/quality")
def check(id: str) -> ResponseReturnValue:
    """Compute a data set's score anew; back to its page."""
    _act("data_quality_check", {"id": id})
    tk.h.flash_success(tk._("The score is computed anew. Links are asked within minutes."))
    return tk.redirect_to("dataset.read", id=id, _anchor="og-quality")
