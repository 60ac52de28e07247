"""What the actions of officers take: their lists and their desk."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.logic.schema.discussion import word
from ckanext.opengov.dialog.logic.schema.appeals import listed

PAGE = 20
LARGEST_PAGE = 100


def work_list() -> Schema:
    """Filters of the agency's appeals, and from where on."""
    schema = listed()
    del schema["scope"]
    return schema


def queue() -> Schema:
    """Whose appeals, and from where on."""
    v: Any = tk.get_validator
    return {
        "agency": [v("ignore_empty"), word],
        "cursor": [v("ignore_empty"), v("unicode_safe")],
        "limit": [v("default")(PAGE), v("is_positive_integer"), v("limit_to_configured_maximum")("", LARGEST_PAGE)],
    }


def standing_show() -> Schema:
    """Which standing answer."""
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), word]}
