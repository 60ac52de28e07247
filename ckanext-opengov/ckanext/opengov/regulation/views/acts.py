"""Pages of acts for everybody: the list, an act with its text, the comments at a part, one comment, votes."""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, limits
from ckanext.opengov.regulation import act_display as display
from ckanext.opengov.regulation.service import timeline
from ckanext.opengov.regulation.service.states import STATES
from ckanext.opengov.regulation.service.words import KINDS, REMARKS
from ckanext.opengov.regulation.views.shared import FOLDER, act, errors, sentences

blueprint = Blueprint("opengov_regulation", __name__)

FILTERS = ("q", "agency", "kind", "state")
# Parts on one page of an act; a longer one goes on.
PARTS = 1_000
PAGE = 20
NUMBER = re.compile(r"\d{4}-\d{6,}")


@blueprint.get("/draft-acts", strict_slashes=False)
def index() -> ResponseReturnValue:
    """Announced acts: the newest, or those that fit."""
    chosen = {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}
    if NUMBER.fullmatch(chosen.get("q", "")):
        return tk.redirect_to("opengov_regulation.show", number=chosen["q"])
    cursor = request.args.get("cursor", "")
    try:
        found = act("draft_act_search", {**chosen, "cursor": cursor})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    lists = {
        "agency": agencies.options(None),
        "kind": display.options(KINDS),
        "state": display.options(STATES, "draft"),
    }
    offered = {
        name: display.counted(options, found["facets"].get(name, {}), chosen.get(name))
        for name, options in lists.items()
    }
    variables = {
        "acts": [display.card(one) for one in found["acts"]],
        "found": found,
        "chosen": chosen,
        "is_first": not cursor,
        "options": offered,
    }
    return tk.render(f"{FOLDER}/acts/index.html", variables)


def _private() -> None:
    """What is shown depends on who asks."""
    if current_user.is_authenticated:
        request.environ["__no_cache__"] = True


@blueprint.get("/draft-act/<number>")
def show(number: str) -> str:
    """One act: contents and text, with how many comments stand at each part."""
    _private()
    found = act("draft_act_show", {"id": number})
    text = _text(found)
    counts = act("draft_act_comment_counts", {"id": number})
    variables = {
        "act": display.full(found),
        "text": text,
        "counts": counts,
        "is_newest": text["version"] in (found["version"], None),
        "timeline": timeline.of(found["id"]),
        "languages": dict(display.LANGUAGES),
    }
    return tk.render(f"{FOLDER}/acts/show.html", variables)


def _text(found: dict[str, Any]) -> dict[str, Any]:
    """The parts of the wanted version in one language, or in two side by side."""
    wanted = {name: request.args[name] for name in ("version", "language", "cursor") if request.args.get(name)}
    if not found["versions"]:
        return {"parts": [], "version": None, "language": tk.h.lang(), "languages": [], "beside": {}, "next": None}
    page = _parts(found["number"], wanted)
    version = next(one for one in found["versions"] if one["number"] == page["version"])
    language = page["language"]
    beside: dict[str, Any] = {}
    other = request.args.get("beside", "")
    if other in version["languages"] and other != language:
        second = _parts(found["number"], {**wanted, "language": other})
        beside = {one["eid"]: display.part(one, other) for one in second["parts"]}
    return {
        "parts": [display.part(one, language) for one in page["parts"]],
        "version": page["version"],
        "language": language,
        "languages": version["languages"],
        "beside": beside,
        "beside_language": other if beside else "",
        "next": page["next"],
    }


def _parts(number: str, wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        return act("draft_act_part_list", {"id": number, "limit": PARTS, **wanted})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))


@blueprint.get("/draft-act/<number>/discussion", defaults={"eid": ""})
@blueprint.get("/draft-act/<number>/part/<eid>")
def part(number: str, eid: str) -> ResponseReturnValue:
    """The comments at a part, or on the act as a whole, and the form for one more."""
    return _part_page(number, eid)


def _part_page(number: str, eid: str, form: Any = None, wrong: Any = None) -> str:
    _private()
    found = act("draft_act_show", {"id": number})
    pair = _pair(found, eid)
    if eid and not pair and not eid.startswith("gone:"):
        return tk.abort(404, tk._("There is no such part in the newest version of this act."))
    chosen = {name: request.args[name] for name in ("sort", "kind", "channel", "outcome") if request.args.get(name)}
    data = {"id": number, "grouped": True, "sort": "newest", **chosen, "cursor": request.args.get("cursor", "")}
    try:
        listed = act("draft_act_comment_list", {**data, **({"place": eid} if eid else {"whole": True})})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    variables = {
        "act": display.full(found),
        "eid": eid,
        "pair": pair,
        "comments": [display.comment(one) for one in listed["comments"]],
        "next": listed["next"],
        "chosen": chosen,
        "form": form or {"quote": request.args.get("quote", ""), "language": request.args.get("language", "")},
        "errors": wrong or {},
        "kinds": display.options(REMARKS),
        "languages": display.LANGUAGES,
    }
    return tk.render(f"{FOLDER}/acts/part.html", variables)


def _pair(found: dict[str, Any], eid: str) -> dict[str, Any]:
    """The part in each language of the newest version."""
    if not eid or not found["versions"]:
        return {}
    return {
        language: display.part(one, language)
        for language, one in act("draft_act_part_show", {"id": found["number"], "eid": eid})["languages"].items()
    }


@blueprint.post("/draft-act/<number>/comment")
def comment(number: str) -> ResponseReturnValue:
    """The form under a part; after a mistake it comes again with what was typed."""
    request.environ["__no_cache__"] = True
    names = ("eid", "kind", "channel", "text", "quote", "wording", "language", "author_name")
    form = {name: request.form[name] for name in names if request.form.get(name)}
    data: dict[str, Any] = {"id": number, **form, "attachments": request.files.getlist("attachments")}
    try:
        made = act("draft_act_comment_create", data)
    except tk.ValidationError as error:
        eid = form.get("eid", "")
        found = errors(error)
        # The part may be gone since the page was opened: then the form stands at the whole act.
        shown = _part_page(number, "" if "eid" in found else eid, form, found)
        return shown, 400
    except limits.RateLimited as error:
        return tk.abort(429, error.sentence)
    thanks = tk._("Your comment is published.")
    if made["state"] != "public":
        thanks = tk._("Thank you. A moderator reads your comment before everybody sees it.")
    tk.h.flash_success(thanks)
    return tk.redirect_to("opengov_regulation.comment_page", number=number, comment_id=made["id"])


@blueprint.get("/draft-act/<number>/comment/<uuid:comment_id>")
def comment_page(number: str, comment_id: Any) -> str:
    """One comment, what it is about, and what the agency answered: the address that one shares."""
    _private()
    found = act("draft_act_show", {"id": number})
    shown = display.comment(act("draft_act_comment_show", {"id": number, "comment_id": str(comment_id)}))
    place = (shown["remark"] or {}).get("place") or ""
    return tk.render(
        f"{FOLDER}/acts/comment.html", {"act": display.full(found), "one": shown, "pair": _pair(found, place)}
    )


@blueprint.post("/draft-act/<number>/vote")
def vote(number: str) -> ResponseReturnValue:
    """Like or dislike an act."""
    try:
        act("draft_act_vote", {"id": number, "value": request.form.get("value", "")})
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    except limits.RateLimited as error:
        return tk.abort(429, error.sentence)
    return tk.redirect_to("opengov_regulation.show", number=number)


@blueprint.post("/draft-act/<number>/opinion")
def opinion(number: str) -> ResponseReturnValue:
    """An expert's opinion as a file."""
    data = {"id": number, "kind": "opinion", "channel": request.form.get("channel", "")}
    try:
        act("draft_act_document_create", {**data, "file": request.files.get("file") or ""})
        tk.h.flash_success(tk._("The opinion stands with the documents of the act."))
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    return tk.redirect_to("opengov_regulation.show", number=number)


# --- other addresses of the same


@blueprint.get("/eli/draft/<kind>/<int:year>/<int:place>", defaults={"version": 0})
@blueprint.get("/eli/draft/<kind>/<int:year>/<int:place>/v<int:version>")
def eli(kind: str, year: int, place: int, version: int) -> ResponseReturnValue:
    """An address in the manner of the European Legislation Identifier: it leads to the page of the act."""
    found = act("draft_act_show", {"id": f"{year}-{place:06d}"})
    if found["kind"] != kind:
        return tk.abort(404, tk._("There is no such draft act."))
    wanted = {"version": version} if version else {}
    return tk.redirect_to("opengov_regulation.show", number=found["number"], **wanted)


@blueprint.get("/draft_act/", strict_slashes=False)
def to_the_list() -> ResponseReturnValue:
    """CKAN's own list of the type."""
    return tk.redirect_to("opengov_regulation.index")


def to_its_page(number: str) -> ResponseReturnValue:
    """From where CKAN has a page of a package to the one that an act has."""
    return tk.redirect_to("opengov_regulation.show", number=act("draft_act_show", {"id": number})["number"])


blueprint.add_url_rule("/draft_act/<number>", "to_its_page", to_its_page)
for _name in ("edit", "delete", "groups", "followers", "resources"):
    blueprint.add_url_rule(f"/draft_act/{_name}/<number>", "to_its_page", to_its_page)
