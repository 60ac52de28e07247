"""Pages for connecting information systems: what it takes, how many there are, and an agency's tokens."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.data.service import push_tokens
from ckanext.opengov.data.views.shared import act, day, errors, only_signed_in, own

blueprint = Blueprint("opengov_data_systems", __name__, url_prefix="/systems")

MOST_DATASETS = 1000


@blueprint.get("", strict_slashes=False)
def index() -> str:
    """What it takes to connect a system, and how many push. Everybody may read it."""
    own()
    return tk.render("opengov_data/systems/index.html", {"counted": act("data_push_systems_show", {})})


@blueprint.route("/<agency>", methods=["GET", "POST"])
def tokens(agency: str) -> ResponseReturnValue:
    """The tokens of an agency; a new one is shown this once."""
    if answer := only_signed_in():
        return answer
    listed = act("data_token_list", {"agency": agency})
    if request.method == "GET":
        return _page(agency, listed, {"scopes": [push_tokens.SANDBOX]})
    wish: dict[str, Any] = {
        "agency": agency,
        "name": request.form.get("name", "").strip(),
        "scopes": request.form.getlist("scopes"),
        "datasets": request.form.getlist("datasets"),
        "expires_at": request.form.get("expires_at", ""),
    }
    try:
        made = act("data_token_create", wish)
    except tk.ValidationError as problem:
        return _page(agency, listed, wish, errors(problem)), 400
    return _page(agency, act("data_token_list", {"agency": agency}), {"scopes": [push_tokens.SANDBOX]}, made=made)


@blueprint.post("/<agency>/<token_id>/revoke")
def revoke(agency: str, token_id: str) -> ResponseReturnValue:
    """Make a token worthless."""
    if answer := only_signed_in():
        return answer
    revoked = act("data_token_revoke", {"id": token_id})
    tk.h.flash_success(tk._("The token “{name}” counts no more.").format(name=revoked["name"]))
    return tk.redirect_to("opengov_data_systems.tokens", agency=agency)


def _page(
    agency: str,
    listed: list[dict[str, Any]],
    wish: dict[str, Any],
    problems: dict[str, list[str]] | None = None,
    made: dict[str, Any] | None = None,
) -> str:
    found = agencies.find(agency)
    if found is None:
        tk.abort(404)
    variables = {
        "agency": {"name": found.name, "title": _title(found)},
        "tokens": listed,
        "scopes": {name: tk._(text) for name, text in push_tokens.SCOPES.items()},
        "datasets": _datasets(found.id),
        "data": wish,
        "errors": problems or {},
        "made": made,
        "done": act("data_push_checklist_show", {"agency": agency}),
        "day": day,
    }
    return tk.render("opengov_data/systems/tokens.html", variables)


def _title(agency: Any) -> str:
    option = next(iter(agencies.options(frozenset([agency.id]))), None)
    return option["title"] if option else agency.title or agency.name


def _datasets(agency_id: str) -> list[dict[str, str]]:
    """The agency's data sets to choose from, in the reader's language."""
    query = {"fq": f'owner_org:"{agency_id}"', "rows": MOST_DATASETS, "include_private": True}
    found = act("package_search", query)["results"]
    titles = [
        (one["name"], wording.pick(one.get("title_translated") or {}, wording.current()) or one["title"])
        for one in found
    ]
    return [{"name": name, "title": title} for name, title in titles]
