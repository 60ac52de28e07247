"""Pages on which officers keep the list of their agency, and the authorised body approves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import agencies, officers, wording
from ckanext.opengov.data.service import people
from ckanext.opengov.data.service.lists import importing
from ckanext.opengov.data.service.lists.states import BUTTONS, COMPONENT, PERMISSIONS, STEPS, find
from ckanext.opengov.data.views.lists import FOLDER, known, shown
from ckanext.opengov.data.views.shared import LANGUAGES, act, day, errors, only_signed_in, sentences

blueprint = Blueprint("opengov_data_list_work", __name__, url_prefix="/list")
blueprint.before_request(only_signed_in)


@blueprint.get("/desk", strict_slashes=False)
def index() -> ResponseReturnValue:
    """The lists that the officer works on; with one only, that one."""
    user: Any = current_user
    across = {str(Role.LIST_APPROVER), str(Role.SUPERVISOR)}
    if user.sysadmin or not people.roles_in(user.id, None).isdisjoint(across):
        found = agencies.options(None)
    else:
        held = officers.agencies_of(user.id, PERMISSIONS["data_list_draft_show"], COMPONENT)
        found = agencies.options(frozenset(held))
    if len(found) == 1:
        return tk.redirect_to("opengov_data_list_work.show", agency=found[0]["name"])
    figures = {one["agency"]["name"]: one["figures"] for one in act("data_list_list", {})}
    return tk.render(f"{FOLDER}/work_index.html", {"agencies": found, "figures": figures})


@blueprint.get("/<agency>/desk")
def show(agency: str) -> ResponseReturnValue:
    """The list with its drafts and what can be done."""
    return _desk(agency)


def _desk(agency: str, **more: Any) -> str:
    found = act("data_list_show", {"agency": known(agency)})
    if not found["may"]:
        tk.abort(403, tk._("Only officers of open data in the agency change its list."))
    page = {
        "found": shown(found),
        "steps": _steps(found),
        "buttons": BUTTONS,
        "frequencies": importing.frequencies(wording.current()),
        "day": day,
        "problems": [],
        "errors": {},
        **more,
    }
    return tk.render(f"{FOLDER}/work.html", page)


def _steps(found: Mapping[str, Any]) -> dict[str, list[int]]:
    """Step → the numbers of the items for which this officer may take it now."""
    steps: dict[str, list[int]] = {}
    for name in STEPS:
        if f"data_list_{name}" not in found["may"]:
            continue
        needs_proposal = name in ("amend", "decline")
        meant = [
            one["number"]
            for one in found["items"]
            if find(one["state"], name) and (one.get("proposal") or not needs_proposal)
        ]
        if meant:
            steps[name] = meant
    return steps


@blueprint.post("/<agency>/desk/step")
def step(agency: str) -> ResponseReturnValue:
    """One step for one item, or for all that wait for it."""
    name = known(agency)
    data: dict[str, Any] = {"agency": name, **{key: request.form.get(key, "") for key in ("event", "reason")}}
    if request.form.get("number"):
        data["numbers"] = [request.form["number"]]
    try:
        act("data_list_transition", data)
    except tk.ValidationError as error:
        return _desk(agency, errors=errors(error)), 400
    tk.h.flash_success(tk._("Done. What changed stands in the journal of the list."))
    return tk.redirect_to("opengov_data_list_work.show", agency=name)


@blueprint.route("/<agency>/desk/item", methods=["GET", "POST"])
@blueprint.route("/<agency>/desk/item/<int:number>", methods=["GET", "POST"])
def item(agency: str, number: int | None = None) -> ResponseReturnValue:
    """The form of an item; after a mistake it comes again with what was typed."""
    found = act("data_list_show", {"agency": known(agency)})
    if "data_list_item_upsert" not in found["may"]:
        tk.abort(403, tk._("Only officers of open data in the agency change its list."))
    old = next((one for one in found["items"] if one["number"] == number), None)
    if number is not None and old is None:
        tk.abort(404, tk._("There is no such item."))
    if request.method == "GET":
        return _form(found, old, old or {})
    data = _typed()
    who = {"id": old["id"]} if old else {"agency": found["agency"]["name"]}
    try:
        act("data_list_item_upsert", {**data, **who})
    except tk.ValidationError as error:
        return _form(found, old, data, errors(error)), 400
    tk.h.flash_success(tk._("The item is saved."))
    return tk.redirect_to("opengov_data_list_work.show", agency=found["agency"]["name"])


def _typed() -> dict[str, Any]:
    return {
        "title": {code: request.form.get(f"title_{code}", "") for code, _name in LANGUAGES},
        "criteria": request.form.getlist("criteria"),
        **{name: request.form.get(name, "") for name in ("due_on", "frequency", "dataset", "reason")},
    }


def _form(
    found: dict[str, Any],
    old: dict[str, Any] | None,
    data: Mapping[str, Any],
    wrong: dict[str, list[str]] | None = None,
) -> str:
    page = {
        "found": found,
        "old": old,
        "data": {**data, "title": data["title_translated"]} if "title_translated" in data else data,
        "errors": wrong or {},
        "languages": LANGUAGES,
        "frequencies": importing.frequencies(wording.current()),
    }
    return tk.render(f"{FOLDER}/item.html", page)


@blueprint.post("/<agency>/desk/import")
def bring(agency: str) -> ResponseReturnValue:
    """A filled workbook; its mistakes are shown all at once."""
    name = known(agency)
    data = {"agency": name, "file": request.files.get("file"), "reason": request.form.get("reason", "")}
    try:
        counts = act("data_list_import", data)
    except tk.ValidationError as error:
        given = cast(Mapping[str, Any], error.error_dict)
        if "rows" in given:
            return _desk(agency, problems=given["rows"]), 400
        tk.h.flash_error(sentences(error))
        return tk.redirect_to("opengov_data_list_work.show", agency=name)
    message = tk._("Read: {created} new, {changed} changed, {proposed} proposed, {same} as before.")
    tk.h.flash_success(message.format(**counts))
    return tk.redirect_to("opengov_data_list_work.show", agency=name)
