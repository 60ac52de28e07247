"""What the actions on templates and grids take."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.data.logic.schema.push import loaded, one_of, resource
from ckanext.opengov.data.service.templates.grid import MOST_ROWS
from ckanext.opengov.data.service.templates.shape import LANGUAGES

FORMATS = ("xlsx", "csv")
MODES = ("upsert", "replace")


def objects(value: Any) -> list[dict[str, Any]]:
    """Validator: a list of objects, not too long."""
    given = loaded(value)
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise tk.Invalid(tk._("Give a list of rows, each an object: field → value."))
    if len(given) > MOST_ROWS:
        message = tk._("A grid takes at most {limit} rows at once. Send more by the template.")
        raise tk.Invalid(message.format(limit=MOST_ROWS))
    return given


def filled(v: Any) -> Schema:
    return {**resource(), "agency": [v("ignore_empty"), v("unicode_safe")]}


def show() -> Schema:
    v: Any = tk.get_validator
    return {**resource(), "language": [v("ignore_empty"), one_of(*LANGUAGES)]}


def export() -> Schema:
    v: Any = tk.get_validator
    return {**show(), "format": [v("default")("xlsx"), one_of(*FORMATS)]}


def upload() -> Schema:
    v: Any = tk.get_validator
    return {**filled(v), "upload": [v("not_missing")], "mode": [v("default")("upsert"), one_of(*MODES)]}


def marked() -> Schema:
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), v("unicode_safe")], "language": [v("ignore_empty"), one_of(*LANGUAGES)]}


def grid() -> Schema:
    v: Any = tk.get_validator
    return {**filled(v), "rows": [v("not_missing"), objects]}


def grid_save() -> Schema:
    v: Any = tk.get_validator
    return {**grid(), "fixes": [v("default")([]), objects]}


def deletion() -> Schema:
    v: Any = tk.get_validator
    return {**filled(v), "keys": [v("not_missing"), objects]}
