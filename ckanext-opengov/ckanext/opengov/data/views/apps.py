"""Pages of apps: the gallery, one app with its pictures, the form of its makers, the moderators' list."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import persons
from ckanext.opengov.data.service.apps import pictures, rules
from ckanext.opengov.data.views.shared import act, day, errors, only_signed_in, own, sentences

blueprint = Blueprint("opengov_data_apps", __name__)

FOLDER = "opengov_data/apps"
PAGE = 12
# Rows of empty links in the form.
ROWS = 3
NEW_PICTURES = 3


@blueprint.get("/application/", strict_slashes=False)
def type_index() -> ResponseReturnValue:
    """CKAN's own address of the list."""
    return tk.redirect_to("opengov_data_apps.index")


@blueprint.get("/application/<reference>")
def type_page(reference: str) -> ResponseReturnValue:
    """CKAN's own address of an app, as the index and other programmes give it."""
    found: Any = act("package_show", {"id": reference})
    return tk.redirect_to("opengov_data_apps.show", app_id=found["id"])


@blueprint.get("/app/", strict_slashes=False)
def index() -> ResponseReturnValue:
    """The gallery; for moderators also what waits, for makers their own."""
    own()
    chosen = {name: request.args[name] for name in ("q", "dataset", "state", "mine") if request.args.get(name)}
    page = tk.h.get_page_number(request.args)
    try:
        found = act("application_list", {**chosen, "offset": (page - 1) * PAGE, "limit": PAGE})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    variables = {
        "apps": found["results"],
        "count": found["count"],
        "chosen": chosen,
        "page": page,
        "pages": -(-found["count"] // PAGE),
        "may_moderate": tk.h.check_access("application_moderate", {}),
        "states": {str(state): tk._(title) for state, title in rules.STATES.items()},
    }
    return tk.render(f"{FOLDER}/index.html", variables)


@blueprint.get("/app/moderation")
def moderation() -> ResponseReturnValue:
    """What waits for moderators."""
    return only_signed_in() or tk.redirect_to("opengov_data_apps.index", state=str(rules.State.WAITING))


@blueprint.get("/app/<app_id>")
def show(app_id: str) -> str:
    """One app."""
    own()
    found = act("application_show", {"id": app_id})
    return tk.render(f"{FOLDER}/show.html", {"app": found, "published": day(found["published_at"])})


@blueprint.get("/app/<app_id>/picture/<picture_id>.webp")
def picture(app_id: str, picture_id: str) -> Response:
    """A picture as the portal encoded it."""
    own()
    found = act("application_show", {"id": app_id})
    if not any(one["id"] == picture_id for one in found["pictures"]):
        return tk.abort(404, tk._("There is no such picture."))
    answer = send_file(pictures.path(picture_id), mimetype="image/webp", max_age=86_400)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@blueprint.route("/app/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Send an app."""
    request.environ["__no_cache__"] = True
    if request.method == "GET":
        return _form({"datasets": request.args.getlist("dataset")})
    data = _given()
    try:
        made = act("application_create", data)
    except tk.ValidationError as error:
        return _form(data, errors(error)), 400
    tk.h.flash_success(tk._("Thank you. Moderators look at your app, and you get a letter."))
    return tk.redirect_to("opengov_data_apps.show", app_id=made["id"])


@blueprint.route("/app/<app_id>/edit", methods=["GET", "POST"])
def edit(app_id: str) -> ResponseReturnValue:
    """Change an app."""
    request.environ["__no_cache__"] = True
    found = act("application_show", {"id": app_id})
    if not found["may_edit"]:
        return tk.abort(403, tk._("Only its makers change an app."))
    if request.method == "GET":
        return _form({**found, "datasets": [one["name"] for one in found["datasets"]]}, app=found)
    data = _given()
    try:
        act("application_update", {**data, "id": app_id, "keep": request.form.getlist("keep")})
    except tk.ValidationError as error:
        return _form(data, errors(error), found), 400
    tk.h.flash_success(tk._("Saved. Moderators look at the change before the public sees it."))
    return tk.redirect_to("opengov_data_apps.show", app_id=app_id)


def _given() -> dict[str, Any]:
    kinds, urls = request.form.getlist("link_kind"), request.form.getlist("link_url")
    uploaded = [(file, alt) for file, alt in zip(request.files.getlist("picture"), _alts(), strict=False) if file]
    return {
        **{name: request.form.get(name, "") for name in ("title", "notes", "developer")},
        "links": [{"kind": kind, "url": url.strip()} for kind, url in zip(kinds, urls, strict=False) if url.strip()],
        "datasets": [one.rstrip("/").rpartition("/")[2] for one in request.form.get("datasets", "").split()],
        "pictures": [file for file, _alt in uploaded],
        "alts": [alt for _file, alt in uploaded],
    }


def _alts() -> list[str]:
    given = request.form.getlist("alt")
    return given + [""] * len(request.files.getlist("picture"))


def _form(data: dict[str, Any], wrong: dict[str, list[str]] | None = None, app: Any = None) -> str:
    level = persons.level_of(getattr(current_user, "id", None))
    missing = "sign_in" if not current_user.is_authenticated else "email" if level < persons.Level.EMAIL else ""
    rows = [*(data.get("links") or []), *({"kind": "website", "url": ""} for _ in range(ROWS))]
    variables = {
        "data": data,
        "errors": wrong or {},
        "app": app,
        "missing": missing,
        "links": rows[: rules.MOST_LINKS],
        "kinds": [(kind, tk._(one.title)) for kind, one in rules.KINDS.items()],
        "most": {"title": rules.LONGEST_TITLE, "notes": rules.LONGEST_NOTES, "alt": rules.LONGEST_ALT},
        "new_pictures": NEW_PICTURES,
    }
    return tk.render(f"{FOLDER}/edit.html", variables)


@blueprint.post("/app/<app_id>/moderate")
def moderate(app_id: str) -> ResponseReturnValue:
    """Publish or refuse."""
    data = {"id": app_id, "event": request.form.get("event", ""), "reason": request.form.get("reason", "")}
    return _done("application_moderate", data, tk._("Done. The makers get a letter."))


@blueprint.post("/app/<app_id>/withdraw")
def withdraw(app_id: str) -> ResponseReturnValue:
    """Take one's own app off."""
    return _done("application_withdraw", {"id": app_id}, tk._("The app is withdrawn."))


@blueprint.post("/app/<app_id>/report")
def report(app_id: str) -> ResponseReturnValue:
    """A reader says that a link is dead."""
    data = {"id": app_id, "url": request.form.get("url", "")}
    return _done(
        "application_link_report", data, tk._("Thank you. The portal asks the address and marks it if it is dead.")
    )


def _done(action: str, data: dict[str, Any], sentence: str) -> ResponseReturnValue:
    try:
        act(action, data)
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    else:
        tk.h.flash_success(sentence)
    return tk.redirect_to("opengov_data_apps.show", app_id=data["id"])
