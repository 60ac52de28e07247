"""Pages of appeals for citizens: the list, one appeal with its author's steps, its files, following by a secret."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, limits
from ckanext.opengov.civic.service.ratings import AXES
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.civic.web import attached
from ckanext.opengov.dialog import appeal_display as display
from ckanext.opengov.dialog.service.appeals import numbers
from ckanext.opengov.dialog.views import appeals_filing as filing
from ckanext.opengov.dialog.views.appeals_shared import FOLDER, act, errors, refusal, sentences

blueprint = Blueprint("opengov_dialog_appeals", __name__, url_prefix="/appeal")

FILTERS = ("q", "agency", "topic", "kind", "state", "region")
# CKAN's own pages of a package, of which an appeal has one only.
STOCK = ("edit", "delete", "groups", "followers", "resources")
# The author's steps: what the form sends, and what is said when it is done.
STEPS = {
    "clarify": (("text",), N_("Your answer is with the agency. The clock goes on.")),
    "withdraw": ((), N_("You have taken the appeal back.")),
    "close": ((), N_("Thank you. The case is closed.")),
    "reopen": (("reason",), N_("The appeal is open again. The agency has a new term from today.")),
    "rate": ((*AXES, "solved", "comment"), N_("Thank you for your rating.")),
}

blueprint.add_url_rule("/new", "new", filing.new, methods=["GET", "POST"])
blueprint.add_url_rule("/similar", "similar", filing.similar, methods=["POST"])


@blueprint.get("/", strict_slashes=False)
def index() -> ResponseReturnValue:
    """Public appeals: the newest, or those that fit."""
    chosen = {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}
    if numbers.is_number(chosen.get("q")):
        return tk.redirect_to("opengov_dialog_appeals.show", number=chosen["q"])
    if request.args.get("overdue") == "true":
        chosen["overdue"] = "true"
    cursor = request.args.get("cursor", "")
    try:
        found = act("appeal_search", {**chosen, "cursor": cursor})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    variables = {
        "appeals": [display.card(one) for one in found["appeals"]],
        "found": found,
        "chosen": chosen,
        "is_first": not cursor,
        "options": _options(found["facets"], chosen),
    }
    return tk.render(f"{FOLDER}/index.html", variables)


def _options(counts: dict[str, dict[str, int]], chosen: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """What each filter offers, with how many appeals it leads to."""
    lists = {
        "agency": agencies.options(None),
        "topic": display.topics(),
        "kind": display.kinds(),
        "state": display.states(),
        "region": display.places(),
    }
    return {name: display.counted(options, counts.get(name, {}), chosen.get(name)) for name, options in lists.items()}


@blueprint.get("/<number>")
def show(number: str) -> ResponseReturnValue:
    """One appeal."""
    if current_user.is_authenticated:
        # What is shown depends on who asks.
        request.environ["__no_cache__"] = True
    try:
        found = act("appeal_show", {"number": number})
    except tk.ObjectNotFound:
        return missing(number)
    return page(found)


def to_its_page(number: str) -> ResponseReturnValue:
    """From where CKAN has another page of a package to the one that an appeal has."""
    return tk.redirect_to("opengov_dialog_appeals.show", number=number)


for _name in STOCK:
    blueprint.add_url_rule(f"/{_name}/<number>", "to_its_page", to_its_page)


def page(found: dict[str, Any], **more: Any) -> str:
    """The page of an appeal, as its public, its author or an officer sees it."""
    given = {"secret": "", "errors": {}, "data": {}, "step": "", "axes": AXES, **more}
    return tk.render(f"{FOLDER}/show.html", {"appeal": display.full(found), **given})


def missing(number: str) -> ResponseReturnValue:
    """No such appeal, or a private one: the same words for both, and the ways that an author has."""
    return tk.render(f"{FOLDER}/missing.html", {"number": number}), 404


@blueprint.route("/track", methods=["GET", "POST"])
def track() -> ResponseReturnValue:
    """Number and secret open an appeal without an account."""
    request.environ["__no_cache__"] = True
    if request.method == "GET":
        return _track_form({"number": request.args.get("number", "")}, {})
    given = {name: request.form.get(name, "").strip() for name in ("number", "secret")}
    try:
        found = act("appeal_track", dict(given))
    except tk.ValidationError as error:
        return _track_form(given, errors(error)), 400
    except tk.ObjectNotFound as error:
        return _track_form(given, {"secret": [str(error)]}), 404
    except limits.RateLimited as error:
        return _track_form(given, {"secret": [error.sentence]}), 429
    return page(found, secret=given["secret"])


def _track_form(data: dict[str, str], wrong: dict[str, list[str]]) -> str:
    return tk.render(f"{FOLDER}/track.html", {"data": data, "errors": wrong})


@blueprint.post("/<number>/<any(clarify, withdraw, close, reopen, rate):step>")
def step(number: str, step: str) -> ResponseReturnValue:
    """A step of the author, who has the account or shows the secret."""
    request.environ["__no_cache__"] = True
    fields, thanks = STEPS[step]
    data = {name: request.form[name] for name in fields if name in request.form}
    secret = request.form.get("secret", "")
    who = {"number": number, **({"secret": secret} if secret else {})}
    try:
        found = act(f"appeal_{step}", {**data, **who})
    except tk.ValidationError as error:
        shown = page(act("appeal_show", who), secret=secret, step=step, data=data, errors=errors(error))
        return shown, 400
    except limits.RateLimited as error:
        return tk.abort(429, error.sentence)
    except tk.ObjectNotFound:
        return missing(number)
    except tk.NotAuthorized as error:
        return tk.abort(403, refusal(error))
    if secret:
        # There is no account to come back with: the page itself is the answer.
        return page(found, secret=secret, done=tk._(thanks))
    tk.h.flash_success(tk._(thanks))
    return tk.redirect_to("opengov_dialog_appeals.show", number=found["number"])


@blueprint.route("/<number>/file/<uuid:attachment_id>", methods=["GET", "POST"])
def file(number: str, attachment_id: Any) -> ResponseReturnValue:
    """A file: as it came for the author and competent officers, its masked text or released picture for all others."""
    request.environ["__no_cache__"] = True
    who = {"number": number, "attachment_id": str(attachment_id)}
    secret = request.form.get("secret", "")
    try:
        found = act("appeal_attachment_show", {**who, **({"secret": secret} if secret else {})})
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    answer = attached.found(found, copy="copy" in request.args)
    return answer or tk.abort(403, tk._("Only the author and the officers of the agency can open this file."))
