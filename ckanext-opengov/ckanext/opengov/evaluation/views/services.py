"""Pages of public services: the register, and one service with its ratings and suggestions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.evaluation.service import rating, register
from ckanext.opengov.evaluation.views.shared import act, context, page, sentences

blueprint = Blueprint("opengov_evaluation_services", __name__, url_prefix="/public_service")

PAGE = 20
COMMENTS = 20


@blueprint.get("/", strict_slashes=False)
def index() -> ResponseReturnValue:
    """The register, with the share offered online."""
    chosen = {
        name: request.args[name].strip() for name in ("q", "owner_org", "online") if request.args.get(name, "").strip()
    }
    number = tk.h.get_page_number(request.args)
    try:
        found = act("public_service_list", {**chosen, "offset": (number - 1) * PAGE, "limit": PAGE})
    except tk.ValidationError as error:
        return page("services", found=None, errors=sentences(error), chosen={}, page=1, pages=1, agencies=[]), 400
    return page(
        "services",
        found=found,
        errors=[],
        chosen=chosen,
        page=number,
        pages=-(-found["count"] // PAGE),
        agencies=agencies.options(None),
    )


@blueprint.get("/<service_id>")
def show(service_id: str) -> str:
    """One service."""
    return _page(service_id, [], {})


def _page(service_id: str, errors: list[str], typed: Any) -> str:
    found = act("public_service_show", {"id": service_id})
    user: Any = current_user
    may_rate = user.is_authenticated and rating.open_case(register.get(found["id"]), user.id) is not None
    return page(
        "service",
        service=found,
        ratings=act("service_rating_summary", {"id": found["id"]}),
        comments=rating.comments(found["id"], COMMENTS),
        may_rate=may_rate,
        errors=errors,
        typed=typed,
    )


@blueprint.post("/<service_id>/rating")
def rate(service_id: str) -> ResponseReturnValue:
    """Rate the service after an answered appeal to its provider."""
    data = {**request.form.to_dict(), "id": service_id}
    data.pop("token", None)
    try:
        tk.get_action("service_rating_create")(context(), data)
    except tk.ValidationError as error:
        return _page(service_id, sentences(error), data), 400
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    tk.h.flash_success(tk._("Thank you. Your rating counts."))
    return tk.redirect_to("opengov_evaluation_services.show", service_id=service_id)
