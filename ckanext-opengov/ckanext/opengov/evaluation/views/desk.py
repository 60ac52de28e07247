"""Pages of officers: evaluations on their way, frameworks, periods."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.evaluation.service import arithmetic, shipped, stored
from ckanext.opengov.evaluation.views.shared import act, context, may, only_officers, page, sentences

blueprint = Blueprint("opengov_evaluation_desk", __name__, url_prefix="/evaluation/desk")
blueprint.before_request(only_officers)

# Field of the form → action that it calls; every event is one.
EVENTS = {
    "claim": "evaluation_claim_set",
    "evidence": "evaluation_evidence_create",
    "submit": "evaluation_submit",
    "value": "evaluation_value_set",
    "finish": "evaluation_finish",
    "object": "evaluation_appeal_create",
    "agree": "evaluation_agree",
    "decide": "evaluation_appeal_decide",
    "publish": "evaluation_publish",
    "end": "evaluation_end",
}


@blueprint.get("/", strict_slashes=False)
def index() -> str:
    """The evaluations that concern the reader."""
    found = act("evaluation_list")
    state = request.args.get("state", "")
    shown = [one for one in found if not state or one["state"] == state]
    return page("desk", rows=shown, state=state, count=len(found), may_open=may("evaluation_period_open"))


@blueprint.get("/<evaluation_id>")
def show(evaluation_id: str) -> str:
    """One evaluation: values, evidence, objections, and what the reader may do now."""
    return _page(evaluation_id, [], {})


def _page(evaluation_id: str, errors: list[str], typed: dict[str, Any]) -> str:
    card = act("evaluation_show", {"id": evaluation_id})
    statuses = [(str(one), tk._(arithmetic.STATUSES[one])) for one in arithmetic.Status if one != "too_few"]
    return page("work", card=card, errors=errors, typed=typed, statuses=statuses)


@blueprint.post("/<evaluation_id>/<event>")
def move(evaluation_id: str, event: str) -> ResponseReturnValue:
    """One event of the table, by its form."""
    if event not in EVENTS:
        return tk.abort(404)
    data: dict[str, Any] = {name: value for name, value in request.form.items() if name != "_csrf_token"}
    data |= {"id": evaluation_id, **({"file": request.files["file"]} if request.files.get("file") else {})}
    try:
        tk.get_action(EVENTS[event])(context(), data)
    except tk.ValidationError as error:
        model.Session.rollback()
        return _page(evaluation_id, sentences(error), data), 409 if "revision" in error.error_dict else 400
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    tk.h.flash_success(tk._("Saved."))
    anchor = f"i-{data['indicator']}" if data.get("indicator") else None
    return tk.redirect_to(tk.url_for("opengov_evaluation_desk.show", evaluation_id=evaluation_id, _anchor=anchor))


@blueprint.route("/frameworks", methods=["GET", "POST"])
def frameworks() -> ResponseReturnValue:
    """All versions, and a form for a new one: from a framework that ships, from an older version, or from nothing."""
    if not may("evaluation_framework_create"):
        return tk.abort(403, tk._("Only supervisors make frameworks and open periods."))
    start = request.args.get("from", "")
    text = request.form.get("content") or _start(start)
    errors: list[str] = []
    checked = None
    if request.method == "POST":
        action = "evaluation_framework_check" if request.form.get("check") else "evaluation_framework_create"
        try:
            done = tk.get_action(action)(context(), {"content": text})
        except tk.ValidationError as error:
            errors = sentences(error)
        else:
            if action.endswith("create"):
                tk.h.flash_success(tk._("Version {version} was stored.").format(version=done["version"]))
                return tk.redirect_to("opengov_evaluation.method", framework=f"{done['name']}@{done['version']}")
            checked = done["indicators"]
    known = act("evaluation_framework_list")
    variables = {"rows": known, "shipped": shipped.names(), "text": text, "errors": errors, "checked": checked}
    return page("frameworks", **variables), 400 if errors else 200


def _start(name: str) -> str:
    if name in shipped.names():
        return shipped.text(name)
    if name:
        try:
            return stored.as_yaml(stored.get(name))
        except tk.ObjectNotFound:
            return ""
    return ""


@blueprint.route("/periods", methods=["GET", "POST"])
def periods() -> ResponseReturnValue:
    """All periods, and a form that opens one."""
    if not may("evaluation_period_open"):
        return tk.abort(403, tk._("Only supervisors make frameworks and open periods."))
    errors: list[str] = []
    if request.method == "POST":
        data = {name: request.form.get(name, "") for name in ("name", "framework", "starts_on", "ends_on")}
        title = {code: request.form.get(f"title-{code}", "") for code in ("kk", "ru", "en")}
        try:
            tk.get_action("evaluation_period_open")(context(), {**data, "title": title})
        except (tk.ValidationError, tk.ObjectNotFound) as error:
            model.Session.rollback()
            errors = sentences(error) if isinstance(error, tk.ValidationError) else [str(error)]
        else:
            tk.h.flash_success(tk._("The period is open; the agencies see it in their workplace."))
            return tk.redirect_to("opengov_evaluation_desk.index")
    variables = {"rows": act("evaluation_period_list"), "frameworks": act("evaluation_framework_list")}
    return page("periods", **variables, errors=errors, typed=request.form), 400 if errors else 200


@blueprint.post("/periods/<period>/<step>")
def period_step(period: str, step: str) -> ResponseReturnValue:
    """Take the facts of a period, or publish all of its evaluations that are ready."""
    actions = {"count": ("evaluation_period_count", "id"), "publish": ("evaluation_publish", "period")}
    if step not in actions:
        return tk.abort(404)
    action, name = actions[step]
    try:
        done = tk.get_action(action)(context(), {name: period})
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(sentences(error)))
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    else:
        counted = tk._("Facts taken: {number}").format(number=done.get("facts"))
        published = tk._("Published: {number}").format(number=done.get("published"))
        tk.h.flash_success(counted if step == "count" else published)
    return tk.redirect_to("opengov_evaluation_desk.periods")
