"""What went wrong, in one line for the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import ckan.plugins.toolkit as tk


def sentences(error: tk.ValidationError) -> str:
    """All messages of a refused request, one after another."""
    given = cast(Mapping[str, Any], error.error_dict)
    return " ".join(str(text) for texts in given.values() for text in texts)
