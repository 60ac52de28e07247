"""What the actions on quality accept."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

PAGE = 20
LARGEST_PAGE = 100


def show() -> Schema:
    """A data set or an agency."""
    v: Any = tk.get_validator
    return {
        "id": [v("ignore_empty"), v("unicode_safe")],
        "agency": [v("ignore_empty"), v("unicode_safe")],
        "offset": [v("default")(0), v("natural_number_validator")],
        "limit": [v("default")(PAGE), v("is_positive_integer"), v("limit_to_configured_maximum")("", LARGEST_PAGE)],
    }
