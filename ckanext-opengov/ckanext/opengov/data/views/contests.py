"""Pages of contests: the list, one contest, the form with which it is announced."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service.calendar import ALMATY
from ckanext.opengov.data.views.shared import LANGUAGES, act, errors, own, sentences

blueprint = Blueprint("opengov_data_contests", __name__)

FOLDER = "opengov_data/contests"


@blueprint.get("/app/contests")
def index() -> str:
    """The contests, the latest first."""
    own()
    may = tk.h.check_access("contest_create", {})
    return tk.render(f"{FOLDER}/index.html", {"contests": act("contest_list", {}), "may_create": may})


@blueprint.get("/app/contest/<name>")
def show(name: str) -> str:
    """One contest: its rules, its entries; forms for makers, jury and organisers."""
    own()
    found = act("contest_show", {"id": name})
    mine: list[dict[str, Any]] = []
    if current_user.is_authenticated and found["phase"] == "open":
        everything = act("application_list", {"mine": True, "limit": 100})["results"]
        mine = [one for one in everything if one["state"] in ("waiting", "published") and not one["contest_id"]]
    return tk.render(f"{FOLDER}/show.html", {"contest": found, "mine": mine})


@blueprint.route("/app/contests/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Announce a contest."""
    request.environ["__no_cache__"] = True
    if not tk.h.check_access("contest_create", {}):
        return tk.abort(403 if current_user.is_authenticated else 401, tk._("Only list approvers hold contests."))
    if request.method == "GET":
        return _form({}, {})
    form = request.form
    data: dict[str, Any] = {name: form.get(name, "").strip() for name in ("name", "jury")}
    data |= {name: _moment(form.get(name, "")) for name in ("opens_at", "closes_at")}
    data |= {name: {code: form.get(f"{name}-{code}", "") for code, _ in LANGUAGES} for name in ("title", "rules")}
    try:
        made = act("contest_create", data)
    except tk.ValidationError as error:
        return _form(dict(form), errors(error)), 400
    return tk.redirect_to("opengov_data_contests.show", name=made["name"])


def _moment(given: str) -> str:
    """The value of a ``datetime-local`` field is Almaty's; what is no time stays as it is."""
    try:
        return dt.datetime.fromisoformat(given).replace(tzinfo=ALMATY).isoformat()
    except ValueError:
        return given


def _form(data: dict[str, Any], wrong: dict[str, list[str]]) -> str:
    return tk.render(f"{FOLDER}/new.html", {"data": data, "errors": wrong, "languages": LANGUAGES})


@blueprint.post("/app/contest/<name>/enter")
def enter(name: str) -> ResponseReturnValue:
    """Enter an app."""
    thanks = tk._("Your app takes part. The public sees it when a moderator has looked at it.")
    return _done("contest_enter", {"id": name, "app": request.form.get("app", "")}, thanks)


@blueprint.post("/app/contest/<name>/mark")
def mark(name: str) -> ResponseReturnValue:
    """A mark of the jury."""
    given = {field: request.form.get(field, "") for field in ("app", "mark", "note")}
    return _done("contest_mark", {"id": name, **given}, tk._("The mark is noted."))


@blueprint.post("/app/contest/<name>/decide")
def decide(name: str) -> ResponseReturnValue:
    """End the contest."""
    return _done("contest_decide", {"id": name}, tk._("The contest is decided."))


def _done(action: str, data: dict[str, Any], sentence: str) -> ResponseReturnValue:
    try:
        act(action, data)
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    else:
        tk.h.flash_success(sentence)
    return tk.redirect_to("opengov_data_contests.show", name=data["id"])
