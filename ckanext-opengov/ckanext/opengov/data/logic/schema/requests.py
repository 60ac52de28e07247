"""What the actions on requests for data take; their texts are checked by the rules."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.data.service.requests.listing import ORDERS
from ckanext.opengov.data.service.requests.states import OUTCOMES, STATES

PAGE = 20
LARGEST_PAGE = 100
SCOPES = ("public", "mine", "work")


def one_of(known: Any) -> Any:
    """A validator for a word of a list."""
    words = [str(one) for one in known]

    def validate(value: Any) -> str:
        if value not in words:
            message = tk._("“{value}” is not known. Use one of: {known}.")
            raise tk.Invalid(message.format(value=str(value)[:40], known=", ".join(words)))
        return str(value)

    return validate


def agency_id(value: Any) -> str:
    """The id of an active agency."""
    found = agencies.find(value) if isinstance(value, str) else None
    if found is None:
        raise tk.Invalid(tk._("There is no agency “{id}”.").format(id=str(value)[:60]))
    return found.id


def _reference() -> list[Any]:
    v: Any = tk.get_validator
    return [v("not_empty"), v("unicode_safe")]


def one_request() -> Schema:
    """A request by id or number."""
    return {"id": _reference()}


def request_list() -> Schema:
    """Filters, an order and a page."""
    v: Any = tk.get_validator
    return {
        "q": [v("ignore_empty"), v("unicode_safe")],
        "scope": [v("default")("public"), one_of(SCOPES)],
        "agency": [v("ignore_empty"), agency_id],
        "state": [v("ignore_empty"), one_of(STATES)],
        "visibility": [v("ignore_empty"), one_of(("pending", "public", "hidden"))],
        "overdue": [v("ignore_empty"), v("boolean_validator")],
        "order": [v("default")(ORDERS[0]), one_of(ORDERS)],
        "cursor": [v("ignore_empty"), v("unicode_safe")],
        "limit": [v("default")(PAGE), v("is_positive_integer"), v("limit_to_configured_maximum")("", LARGEST_PAGE)],
    }


def request_support() -> Schema:
    """A request; ``supported`` false takes it back."""
    v: Any = tk.get_validator
    return {"id": _reference(), "supported": [v("default")(True), v("boolean_validator")]}


def request_moderate() -> Schema:
    """A decision."""
    v: Any = tk.get_validator
    return {
        "id": _reference(),
        "decision": [v("not_empty"), one_of(("accept", "hide"))],
        "reason": [v("ignore_empty"), v("unicode_safe")],
    }


def request_give() -> Schema:
    """An agency, and why."""
    v: Any = tk.get_validator
    texts = {name: [v("ignore_empty"), v("unicode_safe")] for name in ("agency", "reason")}
    return {"id": _reference(), **texts}


def request_answer() -> Schema:
    """An outcome with what belongs to it; ``datasets`` is left to the rules."""
    v: Any = tk.get_validator
    texts = {name: [v("ignore_empty"), v("unicode_safe")] for name in ("text", "language", "legal_reason", "other")}
    return {"id": _reference(), "outcome": [v("not_empty"), one_of(OUTCOMES)], **texts}
