"""Pages of officers for internet conferences: the announcement, the next step, moderation and answers."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, officers
from ckanext.opengov.dialog.service.conferences.rules import COMPONENT, EVENTS, PERMISSIONS
from ckanext.opengov.dialog.views.conferences import FOLDER, act, reasons, sentences, to_page

blueprint = Blueprint("opengov_dialog_conference_work", __name__, url_prefix="/conference")

ALMATY = ZoneInfo("Asia/Almaty")
LANGUAGES = ("kk", "ru", "en")
SPEAKER_ROWS = 5
WAITING = 50


def _own_agencies() -> list[dict[str, str]]:
    if current_user.sysadmin:  # pyright: ignore[reportAttributeAccessIssue]
        return agencies.options(None)
    own = officers.agencies_of(current_user.id, PERMISSIONS["conference_create"], COMPONENT)  # pyright: ignore
    return agencies.options(frozenset(own))


def _texts(name: str) -> dict[str, str]:
    return {code: request.form.get(f"{name}_{code}", "") for code in LANGUAGES}


def _form() -> dict[str, Any]:
    """What the form of an announcement says, as the actions take it."""
    speakers = []
    for row in range(1, SPEAKER_ROWS + 1):
        name = request.form.get(f"speaker_{row}_name", "").strip()
        if name:
            account = request.form.get(f"speaker_{row}_user", "").strip()
            speakers.append({"name": name, "position": _texts(f"speaker_{row}_position"), "user": account})
    return {
        "title": _texts("title"),
        "intro": _texts("intro"),
        "speakers": speakers,
        "starts_at": _local(request.form.get("starts_at", "")),
        "recording_url": request.form.get("recording_url", ""),
    }


def _local(text: str) -> str:
    """The time of a form, which is Almaty's, with its zone."""
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=ALMATY).isoformat()
    except ValueError:
        return text


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form of a new conference."""
    if not tk.h.check_access("conference_create", {}):
        tk.abort(403 if current_user.is_authenticated else 401, tk._("Only officers prepare conferences."))
    if request.method == "GET":
        return _edit({}, None)
    data = _form()
    try:
        made = act("conference_create", {**data, "owner_org": request.form.get("owner_org", "")})
    except tk.ValidationError as error:
        return _edit(data, None, error), 400
    return to_page(made["name"])


@blueprint.route("/<reference>/edit", methods=["GET", "POST"])
def edit(reference: str) -> ResponseReturnValue:
    """The form of an announcement that is there."""
    found = act("conference_show", {"id": reference})
    if "conference_update" not in found["may"]:
        tk.abort(403 if current_user.is_authenticated else 401, tk._("Only officers prepare conferences."))
    if request.method == "GET":
        return _edit(_stored(found), found)
    data = _form()
    if found["state"] not in ("draft", "announced", "collecting"):
        data = {"recording_url": data["recording_url"]}
    elif found["answer_count"]:
        data.pop("speakers")
    try:
        act("conference_update", {"id": found["id"], **data})
    except tk.ValidationError as error:
        return _edit(_stored(found) | data, found, error), 400
    return to_page(found["name"])


def _stored(found: dict[str, Any]) -> dict[str, Any]:
    speakers = [
        {"name": one["name"], "position": one["position_translated"], "user": one["user"]} for one in found["speakers"]
    ]
    return {
        "title": found["title_translated"],
        "intro": found["intro_translated"],
        "speakers": speakers,
        "starts_at": found["starts_at"],
        "recording_url": found["recording_url"],
    }


def _edit(data: dict[str, Any], found: dict[str, Any] | None, error: tk.ValidationError | None = None) -> str:
    starts = data.get("starts_at") or ""
    try:
        starts = dt.datetime.fromisoformat(starts).astimezone(ALMATY).strftime("%Y-%m-%dT%H:%M")
    except ValueError:
        starts = ""
    shown = {
        "data": {**data, "starts_at": starts},
        "conference": found,
        "error": sentences(error) if error else None,
        "agencies": [] if found else _own_agencies(),
        "rows": SPEAKER_ROWS,
        "chosen_agency": request.form.get("owner_org", ""),
    }
    return tk.render(f"{FOLDER}/edit.html", shown)


@blueprint.post("/<reference>/step")
def step(reference: str) -> ResponseReturnValue:
    """The next state of a conference."""
    data = {"id": reference, "event": request.form.get("event", ""), "reason": request.form.get("reason", "")}
    try:
        act("conference_transition", data)
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    else:
        tk.h.flash_success(tk._(EVENTS[data["event"]].line).format(reason=data["reason"]))
    return to_page(reference)


@blueprint.get("/<reference>/desk")
def work(reference: str) -> str:
    """What waits for a moderator, and what waits for an answer."""
    return _work(reference)


def _work(reference: str, **more: Any) -> str:
    found = act("conference_show", {"id": reference})
    if not {"conference_question_moderate", "conference_question_answer"} & set(found["may"]):
        tk.abort(403 if current_user.is_authenticated else 401, tk._("Only officers of the agency work here."))
    window = {"conference_id": found["id"], "limit": WAITING}
    pending = act("conference_question_list", {**window, "state": "pending"})
    admitted = act("conference_question_list", {**window, "state": "public", "limit": 100})
    shown = {
        "conference": found,
        "pending": pending,
        "admitted": [one for one in admitted["questions"] if not one["is_answered"]],
        "reasons": reasons(),
        **more,
    }
    return tk.render(f"{FOLDER}/work.html", shown)


@blueprint.post("/<reference>/question/<uuid:question_id>/decision")
def decide(reference: str, question_id: Any) -> ResponseReturnValue:
    """A moderator's decision."""
    fields = ("state", "reason", "reason_text", "merged_into")
    data = {name: request.form[name] for name in fields if request.form.get(name)}
    try:
        act("conference_question_moderate", {"id": str(question_id), **data})
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    return tk.redirect_to("opengov_dialog_conference_work.work", reference=reference)


@blueprint.post("/<reference>/question/<uuid:question_id>/answer")
def answer(reference: str, question_id: Any) -> ResponseReturnValue:
    """A speaker's answer; after a mistake its text comes again."""
    data = {name: request.form.get(name, "") for name in ("text", "language", "speaker")}
    try:
        act("conference_question_answer", {"id": str(question_id), **data})
    except tk.ValidationError as error:
        return _work(reference, form={"id": str(question_id), **data}, error=sentences(error)), 400
    tk.h.flash_success(tk._("The answer is on the page of the conference."))
    return tk.redirect_to("opengov_dialog_conference_work.work", reference=reference)
