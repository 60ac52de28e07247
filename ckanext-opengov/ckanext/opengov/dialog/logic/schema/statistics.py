"""What the actions on figures take."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.logic.schema.discussion import word
from ckanext.opengov.dialog.logic.schema.appeals import month, one_of
from ckanext.opengov.dialog.service.appeals import league
from ckanext.opengov.dialog.service.appeals.coverage import GRIDS
from ckanext.opengov.dialog.service.appeals.statistics import GROUPS

LARGEST_PAGE = 500


def _period() -> Schema:
    v: Any = tk.get_validator
    return {"first": [v("ignore_empty"), month], "last": [v("ignore_empty"), month]}


def _words(*names: str) -> Schema:
    v: Any = tk.get_validator
    return {name: [v("ignore_empty"), word] for name in names}


def statistics() -> Schema:
    """Of whom, of what, since when, by what, in which order."""
    v: Any = tk.get_validator
    return {
        **_words("agency", "topic", "region", "kind"),
        **_period(),
        "group": [v("ignore_empty"), one_of(*GROUPS)],
        "sort": [v("ignore_empty"), one_of(*league.SORTS)],
        "order": [v("default")("best"), one_of(*league.ORDERS)],
    }


def coverage() -> Schema:
    """Which complaints on coverage, and in how large squares."""
    v: Any = tk.get_validator
    return {
        **_words("operator", "fault", "region"),
        **_period(),
        "grid": [v("default")(1), v("convert_int"), v("one_of")(GRIDS)],
    }


def heads() -> Schema:
    """Which heads, and from where on."""
    v: Any = tk.get_validator
    return {
        "q": [v("ignore_empty"), word],
        **_words("region"),
        "offset": [v("default")(0), v("natural_number_validator")],
        "limit": [v("default")(50), v("is_positive_integer"), v("limit_to_configured_maximum")("", LARGEST_PAGE)],
    }


def head() -> Schema:
    """Whose page."""
    v: Any = tk.get_validator
    return {"agency": [v("not_empty"), word], **_period()}
