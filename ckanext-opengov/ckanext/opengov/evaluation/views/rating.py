"""The small page of a one-time link, on which a case of a service is rated; it may stand in a frame of other sites."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.evaluation.service import rating, register
from ckanext.opengov.evaluation.views.shared import act, context, page, sentences

blueprint = Blueprint("opengov_evaluation_rating", __name__, url_prefix="/service-rating")


@blueprint.before_request
def _never_kept() -> None:
    request.environ["__no_cache__"] = True


@blueprint.get("/<token>")
def rate(token: str) -> ResponseReturnValue:
    """The four questions, or why the link does not work."""
    return _page(token, [], {})


def _page(token: str, errors: list[str], typed: Any) -> ResponseReturnValue:
    try:
        link = rating.link(token)
    except tk.ValidationError as error:
        return page("widget", service=None, errors=sentences(error), token=token, typed={}), 410
    service = register.shown_one(register.get(link.service_id))
    return page("widget", service=service, errors=errors, token=token, typed=typed), 400 if errors else 200


@blueprint.post("/<token>")
def send(token: str) -> ResponseReturnValue:
    """Keep the rating."""
    data = {**request.form.to_dict(), "token": token}
    data.pop("id", None)
    try:
        done = tk.get_action("service_rating_create")(context(), data)
    except tk.ValidationError as error:
        return _page(token, sentences(error), data)
    service = act("public_service_show", {"id": done["service"]})
    return page("widget", service=service, errors=[], token="", typed={})
