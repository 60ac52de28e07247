"""The desk of officers: the agency's acts, a draft with its parts, its steps, documents and next versions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, officers
from ckanext.opengov.civic.service.calendar import ALMATY
from ckanext.opengov.regulation import act_display as display
from ckanext.opengov.regulation.service.document.tree import HIERARCHY
from ckanext.opengov.regulation.service.states import STATES, WRITERS
from ckanext.opengov.regulation.service.words import COMPONENT, DOCUMENTS, KINDS, PARTS
from ckanext.opengov.regulation.views.shared import FOLDER, act, by_language, errors, only_officers, sentences

blueprint = Blueprint("opengov_regulation_desk", __name__, url_prefix="/draft-act/desk")
blueprint.before_request(only_officers)

MOST = 1_000


@blueprint.get("/", strict_slashes=False)
def index() -> ResponseReturnValue:
    """The acts of the officer's agencies, drafts among them."""
    chosen = {name: request.args[name] for name in ("state", "kind", "cursor") if request.args.get(name)}
    try:
        found = act("draft_act_work_list", dict(chosen))
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    variables = {
        "acts": [display.card(one) for one in found["acts"]],
        "next": found["next"],
        "chosen": chosen,
        "options": {"states": display.options(STATES), "kinds": display.options(KINDS)},
        "may_make": bool(_own_agencies()),
    }
    return tk.render(f"{FOLDER}/desk/index.html", variables)


def _own_agencies() -> list[dict[str, str]]:
    user: Any = current_user
    if user.sysadmin:
        return agencies.options(None)
    own = officers.agencies_of(user.id, WRITERS, COMPONENT)
    return agencies.options(frozenset(own)) if own else []


# --- what stands about an act


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Begin a draft."""
    offered = _own_agencies()
    if not offered:
        return tk.abort(403, tk._("Only officers of the agency write its draft acts."))
    if request.method == "GET":
        return _edit_page({}, {}, offered)
    data = _about()
    try:
        made = act("draft_act_create", {**data, "owner_org": request.form.get("owner_org", "")})
    except tk.ValidationError as error:
        return _edit_page({**data, "owner_org": request.form.get("owner_org", "")}, errors(error), offered), 400
    return tk.redirect_to("opengov_regulation_desk.show", number=made["number"])


@blueprint.route("/<number>/edit", methods=["GET", "POST"])
def edit(number: str) -> ResponseReturnValue:
    """Title, subject and basis of a draft."""
    found = _found(number)
    if request.method == "GET":
        return _edit_page(found, {}, [], found)
    data = _about()
    if found["version"]:
        data = {name: data[name] for name in ("notes", "basis")}
    try:
        act("draft_act_update", {"id": number, **data})
    except tk.ValidationError as error:
        return _edit_page({**found, **data}, errors(error), [], found), 400
    return tk.redirect_to("opengov_regulation_desk.show", number=number)


def _about() -> dict[str, Any]:
    texts = {name: by_language(name) for name in ("title", "notes", "basis")}
    return {"kind": request.form.get("kind", ""), **texts}


def _edit_page(data: Any, wrong: Any, offered: list[dict[str, str]], found: Any = None) -> str:
    variables = {
        "data": data,
        "errors": wrong,
        "agencies": offered,
        "kinds": display.options(KINDS),
        "languages": display.LANGUAGES,
        "act": display.full(found) if found else None,
    }
    return tk.render(f"{FOLDER}/desk/edit.html", variables)


def _found(number: str) -> dict[str, Any]:
    found = act("draft_act_show", {"id": number})
    if not found["is_writer"]:
        tk.abort(403, tk._("Only officers of the agency that develops the act do this."))
    return found


# --- an act


@blueprint.get("/<number>")
def show(number: str) -> str:
    """The desk of one act."""
    return _desk(number)


def _desk(number: str, wrong: Any = None, step: str = "", form: Any = None) -> str:
    found = _found(number)
    prepared = next((one for one in found["versions"] if one["state"] == "draft"), None)
    waiting = act("draft_act_comment_list", {"id": number, "unanswered": True, "grouped": True, "limit": 1})
    variables = {
        "act": display.full(found),
        "prepared": prepared,
        "parts": _parts(number, prepared["number"], found) if prepared else [],
        "has_unanswered": bool(waiting["comments"]),
        "document_kinds": display.options(DOCUMENTS, "opinion"),
        "errors": wrong or {},
        "step": step,
        "form": form or {},
        "languages": display.LANGUAGES,
    }
    return tk.render(f"{FOLDER}/desk/show.html", variables)


def _parts(number: str, version: int, found: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts in preparation with what each language has of them, in the order of the first language."""
    languages = next(one["languages"] for one in found["versions"] if one["number"] == version)
    rows: dict[str, dict[str, Any]] = {}
    levels: dict[str, int] = {}
    for language in sorted(languages, key=lambda code: code != tk.h.lang()):
        wanted = {"id": number, "version": version, "language": language, "limit": MOST}
        for one in act("draft_act_part_list", wanted)["parts"]:
            levels.setdefault(one["eid"], levels.get(one["parent_eid"] or "", -1) + 1)
            row = rows.setdefault(one["eid"], {**display.part(one, language), "languages": []})
            row["languages"].append(language)
            row["level"] = levels[one["eid"]]
    return list(rows.values())


@blueprint.post("/<number>/step")
def step(number: str) -> ResponseReturnValue:
    """One step on."""
    event = request.form.get("event", "")
    data: dict[str, Any] = {"id": number, "event": event, "reason": by_language("reason")}
    for name in ("until", "url"):
        data[name] = request.form.get(name, "").strip()
    given = request.form.get("starts_at", "")
    if given:
        data["starts_at"] = _moment(given)
    try:
        act("draft_act_transition", data)
    except tk.ValidationError as error:
        return _desk(number, errors(error), event, request.form), 400
    tk.h.flash_success(tk._("Done. Everybody who follows the act is told."))
    return tk.redirect_to("opengov_regulation_desk.show", number=number)


def _moment(given: str) -> str:
    """A day and time of a form, which are those of Almaty."""
    try:
        return dt.datetime.fromisoformat(given).replace(tzinfo=ALMATY).isoformat()
    except ValueError:
        return given


@blueprint.post("/<number>/version")
def version(number: str) -> ResponseReturnValue:
    """Begin the next version."""
    try:
        act("draft_act_version_create", {"id": number, "note": by_language("note")})
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    return tk.redirect_to("opengov_regulation_desk.show", number=number)


@blueprint.post("/<number>/document")
def document(number: str) -> ResponseReturnValue:
    """A document beside the text."""
    data = {"id": number, "kind": request.form.get("kind", ""), "title": by_language("document_title")}
    try:
        act("draft_act_document_create", {**data, "file": request.files.get("file") or ""})
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    return tk.redirect_to("opengov_regulation_desk.show", number=number)


# --- its parts


@blueprint.route("/<number>/part", methods=["GET", "POST"])
def part(number: str) -> ResponseReturnValue:
    """Write a part: both languages side by side."""
    found = _found(number)
    place = {name: request.values[name] for name in ("eid", "under", "after", "kind") if request.values.get(name)}
    if request.method == "GET":
        return _part_page(number, found, place, _known(number, found, place.get("eid", "")), {})
    data = {
        **place,
        "number": request.form.get("part_number", ""),
        "heading": by_language("heading"),
        "text": by_language("text"),
    }
    try:
        made = act("draft_act_part_update", {"id": number, **data})
    except tk.ValidationError as error:
        return _part_page(number, found, place, data, errors(error)), 400
    if "more" in request.form:
        following = {"after": made["eid"], "kind": place.get("kind") or "article"}
        return tk.redirect_to("opengov_regulation_desk.part", number=number, **following)
    return tk.redirect_to("opengov_regulation_desk.show", number=number, _anchor=f"part-{made['eid']}")


def _known(number: str, found: dict[str, Any], eid: str) -> dict[str, Any]:
    prepared = next((one for one in found["versions"] if one["state"] == "draft"), None)
    if not eid or prepared is None:
        return {"number": "", "heading": {}, "text": {}}
    wanted = {"id": number, "eid": eid, "version": prepared["number"]}
    shown = act("draft_act_part_show", wanted)["languages"]
    if not shown:
        return tk.abort(404, tk._("There is no part “{eid}” in the version in preparation.").format(eid=eid))
    first = next(iter(shown.values()))
    return {
        "number": first["number"],
        "kind": first["kind"],
        "heading": {language: one["heading"] for language, one in shown.items()},
        "text": {language: one["text"] for language, one in shown.items()},
    }


def _part_page(number: str, found: Any, place: dict[str, str], data: Any, wrong: Any) -> str:
    variables = {
        "act": display.full(found),
        "number": number,
        "place": place,
        "data": data,
        "errors": wrong,
        "kinds": [{"name": kind, "title": tk._(PARTS.get(kind, kind))} for kind in HIERARCHY if kind in PARTS],
        "languages": display.LANGUAGES,
    }
    return tk.render(f"{FOLDER}/desk/part.html", variables)


@blueprint.post("/<number>/part/delete")
def delete_part(number: str) -> ResponseReturnValue:
    """Take a part away."""
    try:
        act("draft_act_part_delete", {"id": number, "eid": request.form.get("eid", "")})
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    return tk.redirect_to("opengov_regulation_desk.show", number=number)
