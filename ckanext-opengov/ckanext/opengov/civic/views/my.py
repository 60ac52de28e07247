"""One's own pages: what I wrote and what became of it, what I follow, my webhooks, my settings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import limits
from ckanext.opengov.civic.views.notices import title_of
from ckanext.opengov.civic.views.persons import region_options

blueprint = Blueprint("opengov_my", __name__, url_prefix="/my")


@blueprint.before_request
def only_with_account() -> ResponseReturnValue | None:
    """Visitors are sent to sign in, and come back here."""
    if current_user.is_authenticated:
        return None
    return tk.redirect_to("user.login", next=tk.h.current_url())


@blueprint.route("", strict_slashes=False)
def index() -> str:
    """Everything that I wrote and what became of it."""
    try:
        found = tk.get_action("my_item_list")({}, {"before": request.args.get("before", "")})
    except tk.ValidationError:
        tk.abort(400, tk._("The address of this page is not whole."))
    for item in found["items"]:
        item["at"] = dt.datetime.fromisoformat(item["at"])
    return _render("index", {"items": found["items"], "next": found["next"]})


@blueprint.route("/subscriptions", methods=["GET", "POST"])
def subscriptions() -> ResponseReturnValue:
    """What I follow."""
    if request.method == "POST":
        _do("subscription_delete", {"id": request.form.get("id", "")}, tk._("Ended."))
        return tk.redirect_to("opengov_my.subscriptions")
    followed = tk.get_action("subscription_list")({}, {})
    for one in followed:
        one["title"] = title_of(one["target_kind"], one["target_value"])
    return _render("subscriptions", {"followed": followed})


@blueprint.route("/webhooks", methods=["GET", "POST"])
def webhooks() -> ResponseReturnValue:
    """Other systems that I have told of events."""
    if request.method == "GET":
        return _webhooks({}, {})
    data = {"url": request.form.get("url", ""), "events": request.form.get("events", "")}
    try:
        made = tk.get_action("webhook_create")({}, dict(data))
    except tk.ValidationError as error:
        return _webhooks(data, error.error_summary)
    except limits.RateLimited:
        raise
    except tk.NotAuthorized as error:
        return _webhooks(data, {tk._("Account"): str(error)})
    return _webhooks({}, {}, made)


def _webhooks(data: dict[str, str], summary: Any, made: dict[str, Any] | None = None) -> str:
    hooks = tk.get_action("webhook_list")({}, {})
    return _render("webhooks", {"hooks": hooks, "data": data, "error_summary": summary, "made": made})


@blueprint.route("/webhooks/<hook_id>/<deed>", methods=["POST"])
def webhook(hook_id: str, deed: str) -> ResponseReturnValue:
    """Test or delete one of my webhooks."""
    if deed == "delete":
        _do("webhook_delete", {"id": hook_id}, tk._("Deleted."))
    elif deed == "test":
        answer = _do("webhook_test", {"id": hook_id})
        if answer and answer["ok"]:
            tk.h.flash_success(tk._("The receiver answered with status {status}.").format(status=answer["status"]))
        elif answer:
            tk.h.flash_error(tk._("The receiver did not take the test: {reason}.").format(reason=answer["reason"]))
    else:
        tk.abort(404)
    return tk.redirect_to("opengov_my.webhooks")


@blueprint.route("/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """The language that I am written to in, and where I live."""
    if request.method == "POST":
        data = {"language": request.form.get("language", ""), "place": request.form.get("place", "")}
        _do("person_update", data, tk._("Saved."))
        return tk.redirect_to("opengov_my.settings")
    return _render("settings", {"regions": region_options()})


def _render(page: str, variables: dict[str, Any]) -> str:
    person = tk.get_action("person_show")({}, {})
    return tk.render(f"opengov_civic/my/{page}.html", {"person": person, "page": page, **variables})


def _do(action: str, data: dict[str, Any], done: str | None = None) -> Any:
    try:
        answer = tk.get_action(action)({}, data)
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(str(text) for text in error.error_summary.values()))
        return None
    except limits.RateLimited:
        raise
    except tk.NotAuthorized as error:
        tk.h.flash_error(str(error))
        return None
    if done:
        tk.h.flash_success(done)
    return answer
