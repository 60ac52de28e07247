"""Pages on which an agency's officers keep its public services and its results."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.evaluation.service import register, results
from ckanext.opengov.evaluation.views.shared import act, context, only_officers, own_agencies, page, sentences

blueprint = Blueprint("opengov_evaluation_office", __name__, url_prefix="/evaluation/office")
blueprint.before_request(only_officers)

LANGUAGES = ("kk", "ru", "en")


@blueprint.get("/", strict_slashes=False)
def services() -> ResponseReturnValue:
    """The services and results of an agency, with the forms that change them."""
    return _page([], {})


def _page(errors: list[str], typed: Any, links: list[str] | None = None, code: int = 200) -> ResponseReturnValue:
    known = own_agencies()
    if not known:
        return tk.abort(403, tk._("Only officers of an agency for evaluation keep its services and results."))
    wanted = request.values.get("agency", "")
    chosen = next((one for one in known if one["name"] == wanted), known[0])
    found = act("public_service_list", {"owner_org": chosen["name"], "limit": 100})
    return (
        page(
            "office",
            agencies=known,
            chosen=chosen,
            services=found["results"],
            results=act("evaluation_results_list", {"owner_org": chosen["name"]}),
            channels=[(name, tk._(title)) for name, title in register.CHANNELS.items()],
            columns=results.COLUMNS,
            errors=errors,
            typed=typed,
            links=links,
        ),
        code,
    )


@blueprint.post("/service")
def save_service() -> ResponseReturnValue:
    """Enter a service, or change it."""
    form = request.form
    data: dict[str, Any] = {name: form.get(name, "") for name in ("term", "standard_url")}
    data |= {name: {code: form.get(f"{name}-{code}", "") for code in LANGUAGES} for name in ("title", "about")}
    data |= {"online": bool(form.get("online")), "channels": form.getlist("channels")}
    action, key = ("public_service_update", "id") if form.get("id") else ("public_service_create", "owner_org")
    return _done(action, {**data, key: form.get("id") or form.get("agency", "")})


@blueprint.post("/results")
def save_results() -> ResponseReturnValue:
    """A file of target indicators or official results, or one row of them."""
    form = request.form
    data: dict[str, Any] = {"owner_org": form.get("agency", ""), "kind": form.get("kind", "targets")}
    upload = request.files.get("file")
    if upload and upload.filename:
        data["file"] = upload
    else:
        columns = results.COLUMNS.get(data["kind"], ())
        data["rows"] = [{name: form.get(name, "") for name in columns}]
    return _done("evaluation_results_save", data)


@blueprint.post("/links")
def links() -> ResponseReturnValue:
    """One-time links, shown this once."""
    data = {"id": request.form.get("id", ""), "number": request.form.get("number", "1")}
    try:
        made = tk.get_action("service_rating_link_create")(context(), data)
    except tk.ValidationError as error:
        return _page(sentences(error), request.form, code=400)
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    return _page([], {}, made["links"])


def _done(action: str, data: dict[str, Any]) -> ResponseReturnValue:
    try:
        tk.get_action(action)(context(), data)
    except tk.ValidationError as error:
        model.Session.rollback()
        return _page(sentences(error), request.form, code=400)
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    tk.h.flash_success(tk._("Saved."))
    return tk.redirect_to("opengov_evaluation_office.services", agency=request.form.get("agency") or None)
