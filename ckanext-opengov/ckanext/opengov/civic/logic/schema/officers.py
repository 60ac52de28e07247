"""What the officers' actions take. The rules themselves stand in ``service/officers_check.py``."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.logic.schema.journal import at_most

PAGE = 100
LARGEST_PAGE = 1_000
STATES = ("open", "ended", "all")


def _text() -> list[Any]:
    v: Any = tk.get_validator
    return [v("not_empty"), v("unicode_safe")]


def _optional() -> list[Any]:
    v: Any = tk.get_validator
    return [v("ignore_empty"), v("unicode_safe")]


def _paging() -> Schema:
    v: Any = tk.get_validator
    return {
        "limit": [v("default")(PAGE), v("is_positive_integer"), at_most(LARGEST_PAGE)],
        "offset": [v("default")(0), v("natural_number_validator")],
    }


def officer_grant() -> Schema:
    """One role. Empty fields are refused by the rules with a sentence of their own."""
    v: Any = tk.get_validator
    names = ("user", "agency", "component", "role", "valid_from", "valid_until")
    return {name: [v("default")(""), v("unicode_safe")] for name in names}


def officer_revoke() -> Schema:
    """One open role, and who takes over."""
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), v("natural_number_validator")], "hand_over_to": _optional()}


def officer_move() -> Schema:
    """A person, from one agency to another."""
    return {"user": _text(), "from_agency": _text(), "to_agency": _text(), "hand_over_to": _optional()}


def officer_import() -> Schema:
    """A table as text, or as a file."""
    v: Any = tk.get_validator
    return {"csv": [v("ignore_empty"), v("unicode_safe")], "upload": [v("ignore_missing")]}


def officer_list() -> Schema:
    """Filters and a page."""
    v: Any = tk.get_validator
    filters = {name: _optional() for name in ("agency", "component", "role", "user", "q")}
    return {**filters, "state": [v("default")("open"), v("one_of")(list(STATES))], **_paging()}


def officer_gap_list() -> Schema:
    """Filters and a page."""
    return {"agency": _optional(), "component": _optional(), **_paging()}
