"""Standing answers: everybody reads the reviewed ones; officers draft, review and withdraw them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.service.appeals import words
from ckanext.opengov.dialog.views.appeals_shared import act, errors, refusal, sentences
from ckanext.opengov.dialog.views.officers_shared import given_links, only_officers, own_agencies, refused_page

blueprint = Blueprint("opengov_dialog_standing", __name__, url_prefix="/answers")

FOLDER = "opengov_dialog/standing"
LANGUAGES = ("kk", "ru", "en")
STATES: Mapping[str, str] = {"draft": N_("To review"), "reviewed": N_("Published"), "withdrawn": N_("Withdrawn")}
DECISIONS: Mapping[str, tuple[str, str]] = {
    "review": ("reviewed", N_("The standing answer is published.")),
    "withdraw": ("withdrawn", N_("The standing answer is withdrawn.")),
    "draft": ("draft", N_("The standing answer is a draft again.")),
}
PAGE = 20


@blueprint.errorhandler(tk.NotAuthorized)
def refused(error: tk.NotAuthorized) -> ResponseReturnValue:
    """Why not, and what was typed."""
    return refused_page(refusal(error), 403, _typed())


@blueprint.errorhandler(tk.ObjectNotFound)
def missing(error: tk.ObjectNotFound) -> ResponseReturnValue:
    """There is none, or none for this reader."""
    return refused_page(str(error), 404, _typed())


def _typed() -> list[str]:
    return [text for code in LANGUAGES if (text := request.form.get(f"answer_{code}"))]


def _topics() -> list[dict[str, str]]:
    return [{"name": key, "title": wording.pick(texts, wording.current())} for key, texts in words.topics().items()]


def _listed(state: str, agency: str, topic: str) -> dict[str, Any]:
    page = tk.h.get_page_number(request.args)
    wanted = {"state": state, "agency": agency, "topic": topic, "limit": PAGE + 1, "offset": (page - 1) * PAGE}
    try:
        found = act("standing_answer_list", {name: value for name, value in wanted.items() if value})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    shown = found["standing_answers"]
    return {"answers": shown[:PAGE], "page": page, "more": len(shown) > PAGE}


@blueprint.get("/", strict_slashes=False)
def index() -> str:
    """What everybody reads."""
    chosen = {name: request.args.get(name, "") for name in ("agency", "topic")}
    found = _listed("reviewed", chosen["agency"], chosen["topic"])
    page = {"chosen": chosen, "topics": _topics(), "agencies": agencies.options(None), "own": own_agencies()}
    return tk.render(f"{FOLDER}/index.html", found | page)


@blueprint.get("/desk", strict_slashes=False)
def work() -> ResponseReturnValue:
    """The standing answers of one of the officer's agencies, by state."""
    to_sign_in = only_officers()
    if to_sign_in:
        return to_sign_in
    own = own_agencies()
    if not own:
        raise tk.NotAuthorized(tk._("Only officers of the agency write its standing answers."))
    state = request.args.get("state", "draft")
    state = state if state in STATES else "draft"
    agency = request.args.get("agency") or own[0]["name"]
    found = _listed(state, agency, "")
    page = {"own": own, "agency": agency, "state": state, "states": STATES}
    return tk.render(f"{FOLDER}/work.html", found | page)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form of a new one; from an answered appeal it brings question and answer."""
    to_sign_in = only_officers()
    if to_sign_in:
        return to_sign_in
    own = own_agencies()
    if not own:
        raise tk.NotAuthorized(tk._("Only officers of the agency write its standing answers."))
    if request.method == "GET":
        return _edit(_from_appeal(request.args.get("appeal", "")), own=own)
    data = _form() | {"agency": request.form.get("agency", "")}
    try:
        made = act("standing_answer_create", data)
    except tk.ValidationError as error:
        return _edit(data, own=own, errors=errors(error)), 400
    tk.h.flash_success(tk._("The draft is saved. Another officer of the agency reviews it."))
    return tk.redirect_to(f"{blueprint.name}.show", answer_id=made["id"])


def _from_appeal(number: str) -> dict[str, Any]:
    if not number:
        return {}
    appeal = act("appeal_show", {"number": number})
    # What the public reads: a standing answer is for everybody.
    last = appeal["answers"][-1] if appeal["answers"] else {"text": "", "language": appeal["language"], "links": []}
    return {
        "agency": appeal["agency"]["name"],
        "topic": appeal["topic"],
        "question": {appeal["language"]: appeal["subject"]},
        "answer": {last["language"]: last["text"]},
        "links": last["links"],
    }


def _form() -> dict[str, Any]:
    return {
        "topic": request.form.get("topic", ""),
        "question": {code: request.form.get(f"question_{code}", "") for code in LANGUAGES},
        "answer": {code: request.form.get(f"answer_{code}", "") for code in LANGUAGES},
        "links": given_links(),
    }


def _edit(data: Mapping[str, Any], **more: Any) -> str:
    page = {"data": data, "found": None, "own": [], "errors": {}, "topics": _topics()}
    return tk.render(f"{FOLDER}/edit.html", page | more)


@blueprint.get("/<answer_id>")
def show(answer_id: str) -> str:
    """One standing answer."""
    found = act("standing_answer_show", {"id": answer_id})
    topic = wording.pick(words.topics().get(found["topic"], {}), wording.current())
    return tk.render(f"{FOLDER}/show.html", {"found": found, "topic": topic})


@blueprint.route("/<answer_id>/edit", methods=["GET", "POST"])
def edit(answer_id: str) -> ResponseReturnValue:
    """Change it; a changed text is reviewed anew."""
    to_sign_in = only_officers()
    if to_sign_in:
        return to_sign_in
    found = act("standing_answer_show", {"id": answer_id})
    if "change" not in found["may"]:
        raise tk.NotAuthorized(tk._("Only officers of the agency write its standing answers."))
    if request.method == "GET":
        stored = {"question": found["question_translated"], "answer": found["answer_translated"]}
        return _edit({**stored, "topic": found["topic"], "links": found["links"]}, found=found)
    data = _form()
    try:
        act("standing_answer_update", {"id": answer_id, **data})
    except tk.ValidationError as error:
        return _edit(data, found=found, errors=errors(error)), 400
    tk.h.flash_success(tk._("The draft is saved. Another officer of the agency reviews it."))
    return tk.redirect_to(f"{blueprint.name}.show", answer_id=answer_id)


@blueprint.post("/<answer_id>/decision")
def decide(answer_id: str) -> ResponseReturnValue:
    """Review it, withdraw it, or make it a draft again."""
    to_sign_in = only_officers()
    if to_sign_in:
        return to_sign_in
    state, done = DECISIONS.get(request.form.get("decision", ""), ("", ""))
    try:
        act("standing_answer_update", {"id": answer_id, "state": state or "?"})
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    else:
        tk.h.flash_success(tk._(done))
    return tk.redirect_to(f"{blueprint.name}.show", answer_id=answer_id)
