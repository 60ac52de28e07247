"""Pages of internet conferences: the list, a conference with its questions, the live part, the transcript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response, g, make_response, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import wording
from ckanext.opengov.dialog.service.conferences import akoma_ntoso, moving, pdf, showing
from ckanext.opengov.dialog.service.conferences.rules import EVENTS, REASONS, STATES

blueprint = Blueprint("opengov_dialog_conferences", __name__, url_prefix="/conference")

FOLDER = "opengov_dialog/conferences"
PAGE = 20
QUESTIONS = 50
# Answers in one fragment; who comes late gets the rest with the next one.
MOST_AT_ONCE = 100
POLL_SECONDS = 3
FORMATS = {"pdf": (pdf.render, "application/pdf"), "xml": (akoma_ntoso.render, "application/akn+xml")}


def _context() -> Any:
    return {"user": current_user.name, "auth_user_obj": current_user}


def act(action: str, data: dict[str, Any]) -> Any:
    """Call an action for a page; what may not be seen is not found."""
    try:
        return tk.get_action(action)(_context(), data)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized as error:
        return tk.abort(403 if current_user.is_authenticated else 401, str(error))


def sentences(error: tk.ValidationError) -> str:
    """What is wrong, as one text."""
    given = cast(Mapping[str, Any], error.error_dict)
    return " ".join(str(text) for texts in given.values() for text in texts)


def to_page(conference: str, place: str = "") -> ResponseReturnValue:
    """To the page of a conference."""
    return tk.redirect_to(tk.url_for("opengov_dialog_conferences.show", reference=conference) + place)


@blueprint.get("/", strict_slashes=False)
def index() -> str:
    """All conferences, the latest first."""
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    page = tk.h.get_page_number(request.args)
    found = act("conference_list", {"state": state, "offset": (page - 1) * PAGE, "limit": PAGE})
    may_make = tk.h.check_access("conference_create", {})
    pages = -(-found["count"] // PAGE)
    shown = {"found": found, "state": state, "page": page, "pages": pages, "may_make": may_make, "states": STATES}
    return tk.render(f"{FOLDER}/index.html", shown)


@blueprint.get("/<reference>")
def show(reference: str) -> str:
    """One conference."""
    return _page(reference)


def _page(reference: str, **more: Any) -> str:
    conference = act("conference_show", {"id": reference})
    page = tk.h.get_page_number(request.args)
    window = {"conference_id": conference["id"], "offset": (page - 1) * QUESTIONS, "limit": QUESTIONS}
    asked = act("conference_question_list", window)
    refused = act("conference_question_list", {**window, "state": "refused", "offset": 0})
    refused = [one for one in refused["questions"] if one["state"] == "refused"]
    shown = {
        "conference": conference,
        "asked": asked,
        "refused": refused,
        "page": page,
        "pages": -(-asked["count"] // QUESTIONS),
        "events": EVENTS,
        **_said(conference["id"], 0),
        "form": {},
        **more,
    }
    return tk.render(f"{FOLDER}/show.html", shown)


def _said(conference_id: str, after: int) -> dict[str, Any]:
    said = showing.said_after(moving.get(conference_id), after, MOST_AT_ONCE)
    return {"said": said, "last": said[-1]["number"] if said else after, "seconds": POLL_SECONDS}


@blueprint.get("/<reference>/live")
def live(reference: str) -> Response:
    """The answers after a number, as a part of the page: the same for everybody, kept by the front for a second.

    The front takes every identity off the request, so that a thousand watchers, signed in or not, are one request.
    """
    # Nobody's own view: what an officer sees must not get into the others' cache.
    try:
        found = tk.get_action("conference_show")({"user": ""}, {"id": reference})
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    after = request.args.get("after", "")
    shown = {"conference": found, **_said(found["id"], int(after) if after.isdecimal() and len(after) < 9 else 0)}
    answer = make_response(tk.render(f"{FOLDER}/live.html", shown))
    answer.add_etag()
    g.opengov_keep_seconds = 1
    return cast(Response, answer.make_conditional(request))


@blueprint.post("/<reference>/question")
def ask(reference: str) -> ResponseReturnValue:
    """The form of a question; after a mistake it comes again with its text."""
    form = {name: request.form.get(name, "") for name in ("text", "language", "author_name")}
    try:
        made = act("conference_question_create", {"conference_id": reference, **form})
    except tk.ValidationError as error:
        return _page(reference, form=form, error=sentences(error)), 400
    tk.h.flash_success(tk._("Thank you. A moderator reads your question before everybody sees it."))
    return to_page(reference, f"#question-{made['number']}")


@blueprint.get("/<reference>/question/<uuid:question_id>")
def question(reference: str, question_id: Any) -> str:
    """One question; its author may pass it on as an appeal."""
    found = act("conference_question_show", {"id": str(question_id)})
    conference = act("conference_show", {"id": reference})
    if conference["id"] != found["conference_id"]:
        tk.abort(404, tk._("There is no such question."))
    return tk.render(f"{FOLDER}/question.html", {"conference": conference, "question": found})


@blueprint.post("/<reference>/question/<uuid:question_id>/support")
def support(reference: str, question_id: Any) -> ResponseReturnValue:
    """Support a question, or take that back."""
    data = {"id": str(question_id), "supported": request.form.get("supported") == "true"}
    try:
        act("conference_question_support", data)
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    return to_page(reference, f"#question-{request.form.get('number', '')}")


@blueprint.post("/<reference>/question/<uuid:question_id>/appeal")
def to_appeal(reference: str, question_id: Any) -> ResponseReturnValue:
    """Pass one's unanswered question on as an appeal."""
    try:
        made = act(
            "conference_question_to_appeal", {"id": str(question_id), "public": request.form.get("public") == "true"}
        )
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
        return tk.redirect_to("opengov_dialog_conferences.question", reference=reference, question_id=question_id)
    conference = act("conference_show", {"id": reference})
    return tk.render(f"{FOLDER}/passed_on.html", {"conference": conference, "appeal": made})


@blueprint.get("/<reference>/transcript")
def transcript(reference: str) -> str:
    """The transcript as a page."""
    found = act("conference_transcript", {"id": reference})
    return tk.render(f"{FOLDER}/transcript.html", {"conference": found})


@blueprint.get("/<reference>/transcript.<any(pdf, xml):form>")
def transcript_file(reference: str, form: str) -> Response:
    """The transcript as PDF, or as a debate in Akoma Ntoso."""
    found = act("conference_transcript", {"id": reference})
    render, kind = FORMATS[form]
    answer = Response(render(found, wording.current()), content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{found['name']}.{form}")
    return answer


def reasons() -> dict[str, str]:
    """Why a question may be refused, in the reader's language."""
    return {name: tk._(title) for name, title in REASONS.items()}
