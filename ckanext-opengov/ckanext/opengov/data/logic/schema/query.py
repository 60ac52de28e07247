"""What the action that reads tables takes. Fields and comparisons are checked against the table's columns later."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.data.logic.schema.push import loaded, words


def query() -> Schema:
    """One question to one table."""
    v: Any = tk.get_validator
    names = [v("default")([]), words()]
    return {
        "resource_id": [v("not_empty"), v("unicode_safe")],
        "fields": names,
        "filters": [v("ignore_empty"), loaded],
        "q": [v("ignore_empty"), v("unicode_safe")],
        "sort": names,
        "group": names,
        "aggregates": [v("ignore_empty"), loaded],
        "limit": [v("default")(100), v("is_positive_integer")],
        "cursor": [v("ignore_empty"), v("unicode_safe")],
        "total": [v("default")(False), v("boolean_validator")],
    }
