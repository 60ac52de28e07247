"""Public pages of approved lists: all agencies, the list of one."""

from __future__ import annotations

import base64
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.data.views.shared import act, day, own

blueprint = Blueprint("opengov_data_lists", __name__, url_prefix="/list")

FOLDER = "opengov_data/lists"


@blueprint.get("/", strict_slashes=False)
def index() -> str:
    """The agencies with their scores, the best first or by name."""
    found = act("data_list_list", {})
    return tk.render(f"{FOLDER}/index.html", {"lists": [one | {"percent": percent(one)} for one in found]})


def percent(one: dict[str, Any]) -> int | None:
    """The share of items on time in percent; never 100 while one is late."""
    score = one["figures"]["score"]
    return None if score is None else int(score * 100)


def known(agency: str) -> str:
    """The name of an agency, else no such page."""
    found = agencies.find(agency)
    return found.name if found else tk.abort(404, tk._("There is no such agency."))


@blueprint.get("/<agency>")
def show(agency: str) -> ResponseReturnValue:
    """The list of an agency."""
    own()
    return tk.render(f"{FOLDER}/show.html", {"found": shown(act("data_list_show", {"agency": known(agency)}))})


def shown(found: dict[str, Any]) -> dict[str, Any]:
    """A list as pages show it."""
    items = [
        one | {"due_day": day(one["due_on"]), "next_day": day(one["next_due"]), "updated_day": day(one["updated_on"])}
        for one in found["items"]
    ]
    return {**found, "items": items, "percent": percent(found)}


@blueprint.get("/<agency>.xlsx")
def export(agency: str) -> ResponseReturnValue:
    """The list as a workbook."""
    own()
    book = act("data_list_export", {"agency": known(agency)})
    answer = Response(base64.b64decode(book["content"]), mimetype=book["mimetype"])
    answer.headers.set("Content-Disposition", "attachment", filename=book["name"])
    return answer
