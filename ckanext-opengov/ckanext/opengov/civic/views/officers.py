"""Pages for administrators of agencies: officers, granting, a file of roles, and where nobody is responsible."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from ckan.lib.pagination import Page
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

blueprint = Blueprint("opengov_officers", __name__, url_prefix="/officers")

PER_PAGE = 50
# So many faults of a file are shown on the page; the action's answer has all of them.
FAULTS = 1_000
FILTERS = ("agency", "component", "role", "q", "state")
FIELDS = ("user", "agency", "component", "role", "valid_from", "valid_until")


@blueprint.before_request
def only_with_account() -> ResponseReturnValue | None:
    """Visitors are sent to sign in, and come back here."""
    if current_user.is_authenticated:
        return None
    return tk.redirect_to("user.login", next=tk.h.current_url())


@blueprint.errorhandler(tk.NotAuthorized)
def refused(error: tk.NotAuthorized) -> ResponseReturnValue:
    """Why not, in the words of the auth function."""
    text = getattr(error, "message", None) or tk._("This page is for administrators of agencies.")
    return tk.render("error_document_template.html", {"code": 403, "content": text}), 403


@blueprint.route("", strict_slashes=False)
def index() -> str:
    """The officers of the agencies that one administers."""
    filters = {name: request.args.get(name, "") for name in FILTERS}
    filters["state"] = filters["state"] if filters["state"] in {"ended", "all"} else "open"
    page = _page_number()
    data = {**filters, "limit": PER_PAGE, "offset": (page - 1) * PER_PAGE}
    found = tk.get_action("officer_list")({}, data)
    pager = _pager(found["count"], page, {name: value for name, value in filters.items() if value})
    return _render("index", {"found": found, "filters": filters, "pager": pager})


@blueprint.route("/new", methods=["GET", "POST"])
def grant() -> ResponseReturnValue:
    """One role for one person."""
    tk.check_access("officer_grant", {}, {})
    data = {name: request.values.get(name, "") for name in FIELDS}
    errors: dict[str, Any] = {}
    if request.method == "POST":
        try:
            made = tk.get_action("officer_grant")({}, data)
        except tk.ValidationError as error:
            errors = error.error_dict
        else:
            text = tk._("{user} is now an officer: {role}.")
            tk.h.flash_success(text.format(user=made["user_title"], role=made["role_title"]))
            return tk.redirect_to("opengov_officers.index", agency=made["agency"])
    return _render("new", {"data": data, "errors": errors}, 400 if errors else 200)


@blueprint.route("/<int:number>/revoke", methods=["GET", "POST"])
def revoke(number: int) -> ResponseReturnValue:
    """End a role, after a question: who takes over the open tasks."""
    tk.check_access("officer_revoke", {}, {"id": number})
    errors: dict[str, Any] = {}
    if request.method == "POST":
        data = {"id": number, "hand_over_to": request.form.get("hand_over_to", "")}
        try:
            ended = tk.get_action("officer_revoke")({}, data)
        except tk.ObjectNotFound:
            tk.abort(404)
        except tk.ValidationError as error:
            errors = error.error_dict
        else:
            tk.h.flash_success(_ended(ended))
            return tk.redirect_to("opengov_officers.index", agency=ended["agency"])
    officer, colleagues = _officer(number)
    extra = {"officer": officer, "colleagues": colleagues, "errors": errors}
    return _render("revoke", extra, 400 if errors else 200)


def _ended(officer: dict[str, Any]) -> str:
    text = tk._("The role of {user} has ended.").format(user=officer["user_title"])
    count = officer["handed_over"]
    if not count:
        return text
    passed = tk.ungettext("{count} open task was passed on.", "{count} open tasks were passed on.", count)
    return f"{text} {passed.format(count=count)}"


def _officer(number: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    shown = tk.h.opengov_officer(number)
    if shown is None:
        tk.abort(404)
    same = {"agency": shown["agency_id"], "component": shown["component"], "limit": 1000}
    found = tk.get_action("officer_list")({}, same)["results"]
    others = {one["user"]: one for one in found if one["user_id"] != shown["user_id"] and one["state"] == "open"}
    return shown, list(others.values())


@blueprint.route("/import", methods=["GET", "POST"])
def import_file() -> ResponseReturnValue:
    """Many roles from a file."""
    tk.check_access("officer_import", {}, {})
    errors: dict[str, Any] = {}
    if request.method == "POST":
        try:
            done = tk.get_action("officer_import")({}, {"upload": request.files.get("upload")})
        except tk.ValidationError as error:
            errors = {**error.error_dict, "summary": error.error_summary.get("rows")}
        else:
            tk.h.flash_success(_imported(done))
            return tk.redirect_to("opengov_officers.index")
    return _render("import", {"errors": errors, "shown": FAULTS}, 400 if errors else 200)


def _imported(done: dict[str, int]) -> str:
    text = tk.ungettext("{count} role was granted.", "{count} roles were granted.", done["granted"])
    return text.format(count=tk.h.localised_number(done["granted"]))


@blueprint.route("/gaps")
def gaps() -> str:
    """Agencies with nobody responsible for a component."""
    page = _page_number()
    component = request.args.get("component", "")
    data = {"component": component, "limit": PER_PAGE, "offset": (page - 1) * PER_PAGE}
    found = tk.get_action("officer_gap_list")({}, data)
    pager = _pager(found["count"], page, {"component": component} if component else {})
    return _render("gaps", {"found": found, "component": component, "pager": pager})


def _page_number() -> int:
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1


def _pager(count: int, page: int, kept: dict[str, str]) -> Page:
    def address(page: int | None = None, **_more: Any) -> str:
        return tk.h.url_for(request.endpoint, page=page, **kept)

    return Page([], page=page, item_count=count, items_per_page=PER_PAGE, url=address, presliced_list=True)


def _render(page: str, extra: dict[str, Any], status: int = 200) -> Any:
    may_grant = tk.h.check_access("officer_import")
    body = tk.render(f"opengov_civic/officers/{page}.html", {"page": page, "may_grant": may_grant, **extra})
    return (body, status) if status != 200 else body
