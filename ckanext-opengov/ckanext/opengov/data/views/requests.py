"""Pages of requests for data: the list with its search, the form, one request."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, limits, persons, wording
from ckanext.opengov.data.logic.auth.requests import LEVELS
from ckanext.opengov.data.service.requests import filing
from ckanext.opengov.data.service.requests.states import STATES
from ckanext.opengov.data.views.shared import LANGUAGES, act, day, errors, own, sentences

blueprint = Blueprint("opengov_data_requests", __name__)

FOLDER = "opengov_data/requests"
FILTERS = ("q", "agency", "state", "order")
FIELDS = ("title", "wanted", "why", "agency", "language")
ALIKE = 3


@blueprint.get("/data_request/", strict_slashes=False)
def type_index() -> ResponseReturnValue:
    """CKAN's own address of the list."""
    return tk.redirect_to("opengov_data_requests.index")


@blueprint.get("/data_request/new")
def type_form() -> ResponseReturnValue:
    """CKAN's own address of the form."""
    return tk.redirect_to("opengov_data_requests.new")


@blueprint.get("/data_request/<reference>")
def type_page(reference: str) -> ResponseReturnValue:
    """CKAN's own address of a request, as the index and other programmes give it."""
    return tk.redirect_to("opengov_data_requests.show", number=reference)


@blueprint.get("/request/", strict_slashes=False)
def index() -> ResponseReturnValue:
    """Public requests: the newest, the most supported, or those that fit."""
    own()
    chosen = {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}
    cursor = request.args.get("cursor", "")
    if request.args.get("overdue") == "true":
        chosen["overdue"] = "true"
    try:
        found = act("data_request_list", {**chosen, "cursor": cursor})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    variables = {
        "requests": [card(one) for one in found["requests"]],
        "next": found["next"],
        "chosen": chosen,
        "is_first": not cursor,
        "agencies": agencies.options(None),
        "states": {name: tk._(title) for name, title in STATES.items()},
    }
    return tk.render(f"{FOLDER}/index.html", variables)


def card(one: dict[str, Any]) -> dict[str, Any]:
    """A request as lists show it."""
    return one | {
        "received": day(one["received_at"]),
        "answered": day(one["answered_at"]),
        "due": tk.h.opengov_deadline(one["due_at"]) if one["due_at"] else None,
    }


def full(one: dict[str, Any]) -> dict[str, Any]:
    """A request as its own page shows it."""
    shown = card(one)
    term = one["deadline"]
    if term:
        shown["term"] = {
            **term,
            "last": day(term["last_day"]),
            "from_day": day(term["counted_from"]),
            "basis_text": wording.pick(term["basis"], wording.current()),
            "days": [each | {"day": day(each["date"])} for each in term["days"]],
        }
    return shown


@blueprint.get("/request/<number>")
def show(number: str) -> ResponseReturnValue:
    """One request."""
    own()
    return tk.render(f"{FOLDER}/show.html", {"asked": full(act("data_request_show", {"id": number}))})


def missing() -> str:
    """What is missing before the visitor may ask: ``sign_in``, ``email``, ``verified`` or nothing."""
    if not current_user.is_authenticated:
        return "sign_in"
    wanted = LEVELS[tk.config["opengov.data.request_level"]]
    if persons.level_of(current_user.id) >= wanted:
        return ""
    return "verified" if wanted is persons.Level.VERIFIED else "email"


@blueprint.route("/request/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form; after a mistake it comes again with its texts."""
    own()
    if request.method == "GET":
        return _form({name: request.args[name] for name in FIELDS if request.args.get(name)})
    data: dict[str, Any] = {name: request.form[name] for name in FIELDS if request.form.get(name)}
    data["data_languages"] = request.form.getlist("data_languages")
    try:
        made = act("data_request_create", data)
    except tk.ValidationError as error:
        return _form(data, errors(error)), 400
    except limits.RateLimited as error:
        return _form(data, {"": [error.sentence]}), 429
    tk.h.flash_success(tk._("Thank you. Your request has the number {number}.").format(number=made["number"]))
    return tk.redirect_to("opengov_data_requests.show", number=made["number"])


def _form(data: dict[str, Any], wrong: dict[str, list[str]] | None = None) -> str:
    found = agencies.find(data["agency"]) if data.get("agency") else None
    variables = {
        "data": {**data, "agency": found.name if found else ""},
        "errors": wrong or {},
        "alike": _alike(data.get("title", "")),
        "missing": missing(),
        "agencies": agencies.options(None),
        "languages": LANGUAGES,
        "most": {"title": filing.TITLE_LENGTH, "wanted": filing.WANTED_LENGTH, "why": filing.WHY_LENGTH},
    }
    return tk.render(f"{FOLDER}/new.html", variables)


def _alike(title: str) -> list[dict[str, Any]]:
    """What was asked for already, to be supported instead."""
    if not title.strip():
        return []
    try:
        return [card(one) for one in act("data_request_list", {"q": title, "limit": ALIKE})["requests"]]
    except tk.ValidationError:
        # The form is worth more than the hint: without the search it comes without it.
        return []


@blueprint.post("/request/<number>/support")
def support(number: str) -> ResponseReturnValue:
    """Support a request, or take that back."""
    try:
        act("data_request_support", {"id": number, "supported": request.form.get("supported") == "true"})
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    except limits.RateLimited as error:
        tk.h.flash_error(error.sentence)
    return tk.redirect_to("opengov_data_requests.show", number=number)


@blueprint.post("/request/<number>/withdraw")
def withdraw(number: str) -> ResponseReturnValue:
    """The author takes it back."""
    try:
        act("data_request_withdraw", {"id": number})
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    else:
        tk.h.flash_success(tk._("You have taken the request back."))
    return tk.redirect_to("opengov_data_requests.show", number=number)
