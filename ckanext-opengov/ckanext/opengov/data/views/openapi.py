"""Descriptions for programs and the pages on which developers try them."""

from __future__ import annotations

import json
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response, jsonify, request
from flask_babel import format_decimal

from ckanext.opengov.civic.service import limits
from ckanext.opengov.data import display, push_messages
from ckanext.opengov.data.service import described, openapi, query
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.seeing import answers as seen
from ckanext.opengov.data.service.seeing import choice as choices
from ckanext.opengov.data.service.seeing.choice import Choice
from ckanext.opengov.data.views import api_answers as answers
from ckanext.opengov.data.views import table_pages as pages
from ckanext.opengov.data.views.shared import act, own

blueprint = Blueprint("opengov_data_api", __name__)

# Records of the answer on the page.
_TRIED = 3


def _portal() -> str:
    return tk.config["ckan.site_url"].rstrip("/")


@blueprint.get("/api/openapi.json")
def portal() -> Response:
    """OpenAPI 3.1 of all that programs may ask."""
    return answers.open_to_all(jsonify(openapi.of_portal(_portal(), display.portal_name())))


@blueprint.get("/dataset/<id>/openapi.json")
def dataset(id: str) -> Response:
    """OpenAPI 3.1 of one data set."""
    with answers.refused() as refused:
        context: Any = {"user": current_user.name, "auth_user_obj": current_user}
        found = tk.get_action("package_show")(context, {"id": id})
        return answers.open_to_all(jsonify(_described(found)))
    return answers.open_to_all(refused.response())


def _described(package: dict[str, Any]) -> dict[str, Any]:
    tables = described.tables(model.Package.get(package["id"])) if package["type"] == "dataset" else []
    title, notes = (display.text(package, name)["text"] for name in ("title", "notes"))
    return openapi.of_dataset(_portal(), title, notes, tables)


@blueprint.get("/developers")
def developers() -> str:
    """How programs read and write open data: the addresses, limits, examples."""
    own()
    wish = {"fq": "type:dataset res_format:[* TO *]", "rows": 6, "sort": "metadata_modified desc"}
    newest = act("package_search", wish)
    shown = [{"name": one["name"], "title": display.text(one, "title")} for one in newest["results"]]
    known = {name: _told(name) for name in ("data_query", "data_export")}
    return tk.render("opengov_data/api/developers.html", {"portal": _portal(), "datasets": shown, "limits": known})


def _told(name: str) -> str:
    """A limit in words."""
    spans = {
        "minute": tk._("{number} a minute"),
        "hour": tk._("{number} an hour"),
        "day": tk._("{number} a day"),
    }
    found = [(one.GRANULARITY.name, one.amount) for one in limits.items(name)]
    return ", ".join(spans.get(span, f"{{number}}/{span}").format(number=format_decimal(most)) for span, most in found)


@blueprint.get("/dataset/<id>/api")
@blueprint.get("/dataset/<id>/api/<resource_id>")
def page(id: str, resource_id: str | None = None) -> str:
    """The fields, a form to try questions with, programs that run."""
    own()
    shown = pages.find(id, resource_id)
    choice = choices.chosen(request.args, shown.table.columns)
    here = tk.url_for("opengov_data_api.page", id=shown.package["name"], resource_id=shown.table.resource_id)
    answer, problem = _tried(shown.table.resource_id, choice)
    variables = {
        "package": shown.package,
        "title": pages.title(shown),
        "table": shown.table,
        "tables": shown.tables,
        "choice": choice,
        "here": here,
        "form": pages.form(shown.table, choice),
        "address": pages.address(shown.table, choice, limit=str(_TRIED)),
        "files": pages.files(shown.table, choice),
        "answer": answer,
        "problem": problem,
        "snippets": openapi.snippets(_portal(), shown.table.resource_id),
        "portal": _portal(),
    }
    return tk.render("opengov_data/api/page.html", variables)


def _tried(resource_id: str, choice: Choice) -> tuple[str, str]:
    """The answer as a program gets it, or why there is none."""
    try:
        limits.check("data_see", address=limits.client_address())
        answer = query.answer(resource_id, {**seen.question(choice), "limit": _TRIED})
    except Faulty as problem:
        return "", " ".join(push_messages.sentences(problem.findings))
    # What a reader looks for stands first.
    told = {name: answer[name] for name in ("records", *answer)} if answer else {}
    return json.dumps(told, ensure_ascii=False, indent=1), ""
