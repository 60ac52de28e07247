"""The page on which officers work on a request for data: moderate, give to an agency, answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.requests.states import STATES
from ckanext.opengov.data.service.requests.steps import legal_reasons
from ckanext.opengov.data.views.requests import card, full
from ckanext.opengov.data.views.shared import LANGUAGES, act, errors, only_signed_in, sentences

blueprint = Blueprint("opengov_data_request_work", __name__, url_prefix="/request")
blueprint.before_request(only_signed_in)

FOLDER = "opengov_data/requests"
FILTERS = ("state", "visibility", "overdue", "cursor")


@dataclass(frozen=True)
class Deed:
    """Something that an officer does with a request: the action, the fields of its form, what is said afterwards."""

    action: str
    fields: tuple[str, ...]
    done: str
    fixed: tuple[tuple[str, str], ...] = ()


_ANSWER = ("text", "language")
DEEDS: Mapping[str, Deed] = {
    "moderate": Deed("data_request_moderate", ("decision", "reason"), N_("Your decision is saved.")),
    "assign": Deed("data_request_assign", ("agency", "reason"), N_("The agency has the request now.")),
    "forward": Deed("data_request_forward", ("agency", "reason"), N_("The request was passed on. Its author is told.")),
    "publish": Deed(
        "data_request_answer",
        ("datasets", *_ANSWER),
        N_("The answer is public. Its author and all who support it get it by mail."),
        (("outcome", "published"),),
    ),
    "refuse": Deed(
        "data_request_answer",
        ("legal_reason", *_ANSWER),
        N_("The refusal is public, with its legal reason."),
        (("outcome", "refused"),),
    ),
    "join": Deed(
        "data_request_answer",
        ("other", *_ANSWER),
        N_("The requests are joined. All who support this one support the other now."),
        (("outcome", "duplicate"),),
    ),
}


@blueprint.get("/desk", strict_slashes=False)
def index() -> ResponseReturnValue:
    """The requests to the officer's agencies, newest first."""
    chosen = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    try:
        found = act("data_request_list", {**chosen, "scope": "work"})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    page = {
        "requests": [card(one) for one in found["requests"]],
        "next": found["next"],
        "chosen": chosen,
        "states": {name: tk._(title) for name, title in STATES.items()},
    }
    return tk.render(f"{FOLDER}/work_index.html", page)


@blueprint.get("/<number>/desk")
def show(number: str) -> ResponseReturnValue:
    """The desk of one request."""
    return _desk(number)


def _desk(number: str, deed: str = "", data: Mapping[str, Any] | None = None, **more: Any) -> str:
    found = act("data_request_show", {"id": number})
    if not found["is_officer"]:
        tk.abort(403, tk._("Only officers who answer this request work here."))
    language = wording.current()
    page = {
        "asked": full(found),
        "deed": deed,
        "data": data or {},
        "agencies": [one for one in agencies.options(None) if one["name"] != (found["agency"] or {}).get("name")],
        "languages": LANGUAGES,
        "reasons": {
            key: {part: wording.pick(texts, language) for part, texts in one.items()}
            for key, one in legal_reasons().items()
        },
        "errors": {},
        **more,
    }
    return tk.render(f"{FOLDER}/work.html", page)


@blueprint.post("/<number>/desk/<any(moderate, assign, forward, publish, refuse, join):deed>")
def step(number: str, deed: str) -> ResponseReturnValue:
    """What an officer decides; after a mistake the form comes again with what was typed."""
    doing = DEEDS[deed]
    typed = {name: request.form[name] for name in doing.fields if request.form.get(name)}
    data: dict[str, Any] = {"id": number, **typed, **dict(doing.fixed)}
    if "datasets" in data:
        data["datasets"] = data["datasets"].split()
    try:
        act(doing.action, data)
    except tk.ValidationError as error:
        return _desk(number, deed, typed, errors=errors(error)), 400
    tk.h.flash_success(tk._(doing.done))
    if deed in ("assign", "forward"):
        # The request may be out of the officer's sight now.
        return tk.redirect_to("opengov_data_request_work.index")
    return tk.redirect_to("opengov_data_request_work.show", number=number)
