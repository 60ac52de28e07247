"""What the actions on reference data take."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.data.logic.schema.push import one_of, resource
from ckanext.opengov.data.model.templates import ROLES

__all__ = ["assign", "resolve", "resource"]

LONGEST = 300


def _short(value: Any) -> str:
    text = str(value)
    if len(text) > LONGEST or "\0" in text:
        raise tk.Invalid(tk._("Give a text of at most {limit} characters.").format(limit=LONGEST))
    return text


def resolve() -> Schema:
    v: Any = tk.get_validator
    return {"q": [v("not_empty"), v("unicode_safe"), _short]}


def assign() -> Schema:
    v: Any = tk.get_validator
    return {**resource(), "role": [v("not_empty"), one_of(*ROLES)]}
