"""Pages of officers for appeals: the agency's list, the desk of one appeal, the moderators' queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.civic.web import attached
from ckanext.opengov.dialog import appeal_display as display
from ckanext.opengov.dialog.service.appeals import words
from ckanext.opengov.dialog.views.appeals_shared import act, errors, refusal, sentences
from ckanext.opengov.dialog.views.officers_shared import given_links, only_officers, own_agencies, refused_page

blueprint = Blueprint("opengov_dialog_appeals_work", __name__, url_prefix="/appeal/desk")
blueprint.before_request(only_officers)

FOLDER = "opengov_dialog/appeals_work"
FILTERS = ("state", "agency", "topic", "assignee", "visibility", "overdue", "cursor")
TEXTS = ("text", "reason", "question")


@dataclass(frozen=True)
class Deed:
    """Something that an officer does with an appeal: the action, the fields of its form, what is said afterwards."""

    action: str
    fields: tuple[str, ...]
    done: str


DEEDS: Mapping[str, Deed] = {
    "take": Deed("appeal_take", (), N_("The appeal is in your hands now.")),
    "assign": Deed("appeal_assign", ("assignee",), N_("The appeal is given to your colleague.")),
    "moderate": Deed("appeal_moderate", ("decision", "reason"), N_("Your decision is saved.")),
    "draft": Deed("appeal_draft", ("text", "seen"), N_("The draft is saved. Whoever signs finds it on this page.")),
    "answer": Deed(
        "appeal_answer",
        ("text", "language", "signed_as", "signer_name"),
        N_("The answer is signed and sent to the author."),
    ),
    "forward": Deed("appeal_forward", ("agency", "reason"), N_("The appeal was passed on. The author is told.")),
    "extend": Deed("appeal_extend", ("until", "reason"), N_("The term is extended. The author is told.")),
    "ask": Deed("appeal_ask", ("question",), N_("The question is sent. The clock stands until the author answers.")),
    "not_consider": Deed(
        "appeal_not_consider", ("legal_reason",), N_("The appeal is left without consideration. The author is told.")
    ),
}
# Why a text is not shown to the public; in the author's language, who reads it.
REASONS: Mapping[str, str] = {
    "others": N_("The text speaks of other people's private life."),
    "insult": N_("The text holds insults or threats."),
    "advertising": N_("The text is advertising."),
    "secret": N_("The text holds a secret that the law protects."),
    "unlawful": N_("The text calls for breaking the law."),
}


@blueprint.errorhandler(tk.NotAuthorized)
def refused(error: tk.NotAuthorized) -> ResponseReturnValue:
    """Why not, and whatever was typed: it is not to be lost."""
    return refused_page(refusal(error), 403, _typed())


@blueprint.errorhandler(tk.ObjectNotFound)
def missing(error: tk.ObjectNotFound) -> ResponseReturnValue:
    """There is no such appeal, or none any more for this officer."""
    return refused_page(str(error), 404, _typed())


def _typed() -> list[str]:
    return [request.form[name] for name in TEXTS if request.form.get(name)] if request.method == "POST" else []


@blueprint.get("/", strict_slashes=False)
def index() -> str:
    """The appeals of the officer's agencies, newest first."""
    chosen = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    wanted = dict(chosen)
    if wanted.get("assignee") == "me":
        wanted["assignee"] = current_user.id  # pyright: ignore[reportAttributeAccessIssue]
    try:
        found = act("appeal_work_list", wanted)
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    own = current_user.id  # pyright: ignore[reportAttributeAccessIssue]
    page = {
        "appeals": [display.card(one) | {"mine": one["assignee_id"] == own} for one in found["appeals"]],
        "next": found["next"],
        "options": _options(found["choices"]),
        "chosen": chosen,
    }
    return tk.render(f"{FOLDER}/index.html", page)


def _options(choices: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """What the filters offer: ``name`` and ``title`` of each."""
    named = {
        key: [{"name": name, "title": title} for name, title in choices[key].items()] for key in ("states", "topics")
    }
    people = [{"name": one["id"], "title": one["title"]} for one in choices["officers"]]
    me = [{"name": "me", "title": tk._("me")}]
    return {**named, "officers": [*me, *people], "agencies": choices["agencies"]}


@blueprint.get("/<number>")
def show(number: str) -> str:
    """The desk of one appeal."""
    return _desk(number)


def _desk(number: str, deed: str = "", data: Mapping[str, Any] | None = None, **more: Any) -> str:
    """The desk, with what was typed into the form of a deed."""
    appeal = display.full(act("appeal_work_show", {"number": number}))
    coverage = appeal["coverage"] or {}
    page: dict[str, Any] = {
        "appeal": appeal,
        "term": appeal["term"],
        "fault_title": tk._(words.FAULTS.get(coverage.get("fault", ""), "")) if coverage else "",
        "legal_reasons": _legal_reasons(appeal["legal_reasons"]),
        "languages": display.LANGUAGES,
        "may_standing": bool(own_agencies()),
        "deed": deed,
        "data": data or {},
        "errors": {},
        "warnings": [],
        "agencies": agencies.options(None) if "forward" in appeal["may"] else [],
        "reasons": REASONS,
        "officer_title": current_user.fullname or current_user.name,  # pyright: ignore[reportAttributeAccessIssue]
    }
    return tk.render(f"{FOLDER}/show.html", page | more)


def _legal_reasons(listed: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    language = wording.current()
    return {code: {name: wording.pick(texts, language) for name, texts in one.items()} for code, one in listed.items()}


@blueprint.get("/<number>/<deed>")
def back(number: str, deed: str) -> ResponseReturnValue:
    """Who loads the page of a form's answer again comes to the desk."""
    return tk.redirect_to(f"{blueprint.name}.show", number=number)


@blueprint.post("/<number>/<any(take, assign, moderate, draft, answer, forward, extend, ask, not_consider):deed>")
def step(number: str, deed: str) -> ResponseReturnValue:
    """One step of the appeal; after a mistake the page comes again with what was typed."""
    data = _form(deed)
    if deed == "moderate":
        data["reason"] = composed_reason(act("appeal_work_show", {"number": number})["language"])
    try:
        act(DEEDS[deed].action, {"number": number, **data})
    except tk.ValidationError as error:
        found = errors(error)
        warnings = _warnings(number, data) if "acknowledged" in found else []
        return _desk(number, deed, data, errors=found, warnings=warnings), 400
    tk.h.flash_success(tk._(DEEDS[deed].done))
    if deed == "forward":
        # The other agency's now.
        return tk.redirect_to(f"{blueprint.name}.index")
    target = request.form.get("back", "")
    is_queue = target == "queue" and deed == "moderate"
    return tk.redirect_to(f"{blueprint.name}.queue") if is_queue else back(number, deed)


def _form(deed: str) -> dict[str, Any]:
    data: dict[str, Any] = {name: request.form.get(name, "") for name in DEEDS[deed].fields}
    if deed in ("draft", "answer"):
        data["links"] = given_links()
    if deed == "answer":
        data["acknowledged"] = request.form.getlist("acknowledged")
    return data


def composed_reason(language: str) -> str:
    """The reason that was chosen, in the author's language, and the moderator's own words."""
    listed = REASONS.get(request.form.get("listed", ""))
    own = request.form.get("reason", "").strip()
    return " ".join(one for one in (wording.say(language, listed) if listed else "", own) if one)


def _warnings(number: str, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    return act("appeal_answer_check", {"number": number, "text": data["text"]})["warnings"]


@blueprint.post("/<number>/check")
def check(number: str) -> ResponseReturnValue:
    """What the gate says of the text, before anybody signs."""
    data = _form("answer")
    try:
        warnings = _warnings(number, data)
    except tk.ValidationError as error:
        return _desk(number, "answer", data, errors=errors(error)), 400
    return _desk(number, "answer", data, warnings=warnings, is_checked=True)


@blueprint.post("/<number>/adopt")
def adopt(number: str) -> str:
    """Take the text of another answer over into the form, below what stands there."""
    data = _form("answer")
    kind, _, reference = request.form.get("source", "").partition(":")
    text, links = _source(kind, reference)
    data["text"] = "\n\n".join(one for one in (data["text"].strip(), text) if one)
    data["links"] = [*data["links"], *(one for one in links if one not in data["links"])]
    return _desk(number, "answer", data, is_adopted=True)


def _source(kind: str, reference: str) -> tuple[str, list[dict[str, str]]]:
    if kind == "standing":
        found = act("standing_answer_show", {"id": reference})
        return found["answer"], found["links"]
    answers = act("appeal_show", {"number": reference})["answers"]
    return (answers[-1]["text"], answers[-1]["links"]) if answers else ("", [])


@blueprint.get("/<number>/file/<attachment_id>")
def attachment(number: str, attachment_id: str) -> Response:
    """A file as it came, or with ``?copy=1`` as the public reads or would see it."""
    found = act("appeal_attachment_show", {"number": number, "attachment_id": attachment_id})
    answer = attached.found(found, copy="copy" in request.args)
    return answer or tk.abort(404, tk._("There is no such file."))


@blueprint.post("/<number>/picture/<attachment_id>")
def picture(number: str, attachment_id: str) -> ResponseReturnValue:
    """Open a picture to everybody, or close it again."""
    data = {"number": number, "attachment_id": attachment_id, "public": request.form.get("public", "")}
    try:
        act("appeal_picture_release", data)
    except tk.ValidationError as error:
        return _desk(number, errors=errors(error)), 400
    tk.h.flash_success(tk._("Your decision is saved."))
    if request.form.get("back") == "queue":
        return tk.redirect_to(f"{blueprint.name}.queue")
    return back(number, "picture")


@blueprint.get("/queue")
def queue() -> str:
    """What waits for a moderator."""
    chosen = {name: request.args[name] for name in ("agency", "cursor") if request.args.get(name)}
    try:
        found = act("appeal_moderation_queue", dict(chosen))
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    shown = found | {"appeals": [display.card(one) for one in found["appeals"]]}
    return tk.render(f"{FOLDER}/queue.html", {"found": shown, "chosen": chosen, "reasons": REASONS})
