"""The page where an officer works: what waits, many tasks at once, and the forms that were begun."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.logic.errors import sentences
from ckanext.opengov.civic.service import workplace
from ckanext.opengov.civic.tasks import BulkAction

blueprint = Blueprint("opengov_workplace", __name__, url_prefix="/workplace")

FILTERS = ("component", "agency", "kind", "overdue", "mine", "cursor")
# So many reasons why a task was not done are shown at once.
REASONS = 5


@blueprint.before_request
def only_with_account() -> ResponseReturnValue | None:
    """Visitors are sent to sign in, and come back here. No cache keeps what waits for one person."""
    request.environ["__no_cache__"] = True
    if current_user.is_authenticated:
        return None
    return tk.redirect_to("user.login", next=tk.h.current_url())


@blueprint.errorhandler(tk.NotAuthorized)
def refused(error: tk.NotAuthorized) -> ResponseReturnValue:
    """Why not, in the words of the auth function."""
    text = getattr(error, "message", None) or tk._("The workplace is for officers.")
    return tk.render("error_document_template.html", {"code": 403, "content": text}), 403


@blueprint.get("", strict_slashes=False)
def index() -> str:
    """What waits, by deadline."""
    chosen = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    try:
        found = tk.get_action("workplace_task_list")({}, dict(chosen))
    except tk.ValidationError as error:
        tk.abort(400, sentences(error))
    bulk = _fitting(found["tasks"])
    for task in found["tasks"]:
        task["can_tick"] = any((task["component"], task["kind"]) in one["fits"] for one in bulk)
    drafts = tk.get_action("draft_list")({}, {})
    page = {"found": found, "chosen": chosen, "bulk": bulk, "drafts": drafts, "office_pages": _office_pages()}
    return tk.render("opengov_civic/workplace/index.html", page)


def _fitting(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bulk actions that fit at least one of the tasks shown."""
    kinds = {(task["component"], task["kind"]) for task in tasks}
    found = []
    for component, manifest in workplace.with_tasks().items():
        for name, bulk in manifest.bulk_actions.items():
            fits = {(component, kind) for kind in bulk.kinds} & kinds
            if fits:
                found.append({**_offered(component, name, bulk), "fits": fits})
    return found


def _office_pages() -> list[dict[str, str]]:
    """Pages of the components in which the user holds a role."""
    user: Any = current_user
    held = workplace.held_by(user.id)
    return [
        {"url": tk.url_for(endpoint), "title": tk._(title)}
        for manifest in manifests()
        for endpoint, title in manifest.office_pages.items()
        if user.sysadmin or manifest.name in held
    ]


def _offered(component: str, name: str, bulk: BulkAction) -> dict[str, Any]:
    """A bulk action as its button shows it, with what there is to choose."""
    is_admin = bool(getattr(current_user, "sysadmin", False))
    choices = bulk.choices(current_user.id, is_admin) if bulk.choices else None  # pyright: ignore[reportAttributeAccessIssue]
    return {"name": f"{component}/{name}", "title": tk._(bulk.title), "choices": choices}


@blueprint.post("", strict_slashes=False)
def bulk() -> ResponseReturnValue:
    """One thing done to the tasks that were ticked."""
    component, _, action = request.form.get("deed", "").partition("/")
    ticked = [value.partition("/") for value in request.form.getlist("ids")]
    ids = [task for name, _, task in ticked if name == component]
    value = request.form.get(f"value-{component}/{action}", "")
    try:
        done = tk.get_action("workplace_bulk")(
            {}, {"component": component, "action": action, "ids": ids, "value": value}
        )
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    else:
        _tell(done, len(ticked) - len(ids))
    kept = {name: request.form[name] for name in FILTERS if request.form.get(name)}
    return tk.redirect_to("opengov_workplace.index", **kept)


def _tell(done: dict[str, Any], others: int) -> None:
    number = len(done["done"])
    if number:
        text = tk.ungettext("{number} task done.", "{number} tasks done.", number)
        tk.h.flash_success(text.format(number=number))
    for message in list(dict.fromkeys(one["message"] for one in done["failed"]))[:REASONS]:
        number = sum(one["message"] == message for one in done["failed"])
        text = tk.ungettext("{number} task was left: {reason}", "{number} tasks were left: {reason}", number)
        tk.h.flash_error(text.format(number=number, reason=message))
    if others:
        text = tk.ungettext(
            "{number} task was left: this cannot be done to it.",
            "{number} tasks were left: this cannot be done to them.",
            others,
        )
        tk.h.flash_notice(text.format(number=others))


@blueprint.post("/draft/delete")
def delete_draft() -> ResponseReturnValue:
    """A form that was begun is not wanted any more."""
    try:
        tk.get_action("draft_delete")({}, {"form_key": request.form.get("form_key", "")})
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    return tk.redirect_to("opengov_workplace.index")
