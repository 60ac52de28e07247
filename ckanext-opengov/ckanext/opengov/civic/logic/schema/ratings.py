"""What the actions on ratings take."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.logic.schema.discussion import word
from ckanext.opengov.civic.service.ratings import AXES, MARKS


def mark(value: Any) -> int | None:
    """A mark from 1 to 5; nothing for "cannot say"."""
    if value == "":
        return None
    if isinstance(value, bool) or str(value) not in {str(one) for one in MARKS}:
        message = tk._("“{value}” is no mark. Give a whole number from 1 to 5, or leave it out if you cannot say.")
        raise tk.Invalid(message.format(value=str(value)[:20]))
    return int(value)


def rating_create() -> Schema:
    """A case, a mark on each axis or none, and a comment."""
    v: Any = tk.get_validator
    return {
        "entity_type": [v("not_empty"), word],
        "entity_id": [v("not_empty"), word],
        **{axis: [v("ignore_missing"), mark] for axis in AXES},
        "comment": [v("ignore_empty")],
    }


def rating_summary() -> Schema:
    """A kind of case, and an agency or one case."""
    v: Any = tk.get_validator
    return {
        "entity_type": [v("not_empty"), word],
        "agency_id": [v("ignore_empty"), word],
        "entity_id": [v("ignore_empty"), word],
    }
