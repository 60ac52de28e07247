"""The desk of answers: what waits, one of each group of similar comments, and a form for each."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import request
from flask.typing import ResponseReturnValue

from ckanext.opengov.regulation import act_display as display
from ckanext.opengov.regulation.service.words import AUTHORS, OUTCOMES
from ckanext.opengov.regulation.views.desk import blueprint
from ckanext.opengov.regulation.views.shared import FOLDER, act, errors, sentences

__all__ = ["blueprint"]

PAGE = 20


@blueprint.get("/<number>/answers")
def answers(number: str) -> ResponseReturnValue:
    """Comments of an act before the officer who answers them."""
    return _page(number)


def _page(number: str, wrong: Any = None, form: Any = None) -> str:
    found = act("draft_act_show", {"id": number})
    if not found["is_writer"]:
        return tk.abort(403, tk._("Only officers of the agency that develops the act do this."))
    chosen = {name: request.args[name] for name in ("outcome", "channel", "cursor") if request.args.get(name)}
    wanted: dict[str, Any] = {"id": number, "limit": PAGE, **chosen}
    if "outcome" not in chosen:
        wanted |= {"unanswered": True, "grouped": True}
    try:
        listed = act("draft_act_comment_list", wanted)
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    variables = {
        "act": display.full(found),
        "comments": [display.comment(one) for one in listed["comments"]],
        "next": listed["next"],
        "chosen": chosen,
        "outcomes": display.options(OUTCOMES),
        "channels": display.options(AUTHORS),
        "errors": wrong or {},
        "form": form or {},
        "may_answer": found["state"] in ("discussion", "answers_due"),
        "languages": display.LANGUAGES,
    }
    return tk.render(f"{FOLDER}/desk/answers.html", variables)


@blueprint.post("/<number>/answers")
def respond(number: str) -> ResponseReturnValue:
    """An answer to one comment, or to all similar ones at once."""
    names = ("outcome", "reason", "language")
    data = {"id": number, **{name: request.form.get(name, "") for name in names}}
    cluster = request.form.get("cluster_id", "")
    if cluster and request.form.get("whole_group"):
        data["cluster_id"] = cluster
    else:
        data["comment_id"] = request.form.get("comment_id", "")
    try:
        made = act("draft_act_comment_respond", data)
    except tk.ValidationError as error:
        shown = _page(number, errors(error), request.form)
        return shown, 400
    count = made["number"]
    text = tk.ungettext("{number} comment answered.", "{number} comments answered.", count)
    tk.h.flash_success(text.format(number=count))
    return tk.redirect_to("opengov_regulation_desk.answers", number=number)
