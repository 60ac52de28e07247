"""The helpdesk's pages: the answers that everybody searches, asking, one question with its answer."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.logic.errors import sentences
from ckanext.opengov.civic.service import limits

blueprint = Blueprint("opengov_helpdesk", __name__, url_prefix="/helpdesk")

FOLDER = "opengov_civic/helpdesk"


@blueprint.before_request
def keep_nowhere() -> None:
    """What a person sees here depends on who they are."""
    request.environ["__no_cache__"] = current_user.is_authenticated


@blueprint.errorhandler(tk.NotAuthorized)
def refused(error: tk.NotAuthorized) -> ResponseReturnValue:
    """Visitors are sent to sign in; others are told why not."""
    if isinstance(error, limits.RateLimited):
        raise error
    if not current_user.is_authenticated:
        return tk.redirect_to("user.login", next=tk.h.current_url())
    text = getattr(error, "message", None) or str(error)
    return tk.render("error_document_template.html", {"code": 403, "content": text}), 403


@blueprint.get("", strict_slashes=False)
def index() -> str:
    """The public answers, and one's own questions."""
    chosen = {name: request.args[name] for name in ("q", "before") if request.args.get(name)}
    try:
        found = tk.get_action("helpdesk_answer_list")({}, dict(chosen))
    except tk.ValidationError as error:
        tk.abort(400, sentences(error))
    own = tk.get_action("helpdesk_question_list")({}, {}) if current_user.is_authenticated else []
    return tk.render(f"{FOLDER}/index.html", {"found": found, "chosen": chosen, "own": own})


@blueprint.route("/new", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """A question about the form that one comes from."""
    tk.check_access("helpdesk_question_create", {}, {})
    data = {name: request.values.get(name, "") for name in ("question", "form", "url")}
    errors: dict[str, Any] = {}
    if request.method == "POST":
        try:
            made = tk.get_action("helpdesk_question_create")({}, dict(data))
        except tk.ValidationError as error:
            errors = error.error_dict
        else:
            tk.h.flash_success(tk._("Your question is with the methodologists. You will get a letter with the answer."))
            return tk.redirect_to("opengov_helpdesk.question", number=made["id"])
    page = tk.render(f"{FOLDER}/new.html", {"data": data, "errors": errors})
    return page, 400 if errors else 200


@blueprint.route("/<int:number>", methods=["GET", "POST"])
def question(number: int) -> ResponseReturnValue:
    """One question with its answer; methodologists answer here."""
    try:
        found = tk.get_action("helpdesk_question_show")({}, {"id": number})
    except (tk.ObjectNotFound, tk.ValidationError):
        tk.abort(404, tk._("There is no question with the id {id}.").format(id=number))
    errors: dict[str, Any] = {}
    if request.method == "POST":
        data = {"id": number, "answer": request.form.get("answer", ""), "public": "public" in request.form}
        try:
            tk.get_action("helpdesk_question_answer")({}, dict(data))
        except tk.ValidationError as error:
            errors = error.error_dict
            found |= {"answer": data["answer"], "public": data["public"]}
        else:
            tk.h.flash_success(tk._("The answer is saved. Whoever asked gets a letter."))
            return tk.redirect_to("opengov_helpdesk.question", number=number)
    page = tk.render(f"{FOLDER}/question.html", {"question": found, "errors": errors})
    return page, 400 if errors else 200
