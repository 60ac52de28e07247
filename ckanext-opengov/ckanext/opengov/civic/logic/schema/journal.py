"""What the journal's actions take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

PAGE = 100
LARGEST_PAGE = 1_000


def at_most(largest: int) -> Callable[[int], int]:
    """A validator of page sizes."""

    def check(value: int) -> int:
        if value > largest:
            raise tk.Invalid(tk._("At most {limit} at once.").format(limit=largest))
        return value

    return check


def journal_list() -> Schema:
    """An entity and a place in its chain."""
    v: Any = tk.get_validator
    return {
        "entity_type": [v("not_empty"), v("unicode_safe")],
        "entity_id": [v("not_empty"), v("unicode_safe")],
        "after": [v("default")(0), v("natural_number_validator")],
        "limit": [v("default")(PAGE), v("is_positive_integer"), at_most(LARGEST_PAGE)],
    }


def journal_verify() -> Schema:
    """An entity, or nothing for the whole journal."""
    v: Any = tk.get_validator
    return {
        "entity_type": [v("ignore_empty"), v("unicode_safe")],
        "entity_id": [v("ignore_empty"), v("unicode_safe")],
    }
