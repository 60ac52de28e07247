"""What the actions on budgets and their lines take."""

from __future__ import annotations

import json
import re
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.budget.logic.schema.common import agency, one_of
from ckanext.opengov.budget.service.lines.axes import AXES, DIRECTIONS, LEVELS, PHASES
from ckanext.opengov.budget.service.lines.looking import PLAIN
from ckanext.opengov.civic.regions import region

LARGEST = 10_000
STEPS = [f"{axis.key}.{level.key}" for axis in AXES.values() for level in axis.levels]
_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{1,80}$")


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.match(value):
        raise tk.Invalid(tk._("Write a name of small Latin letters, digits and hyphens, such as republican."))
    if value in {"work", "programmes", "reports", "audits", "tax", "compare", "new", "template.xlsx"}:
        raise tk.Invalid(tk._("There is a page of this name. Choose another one."))
    return value


def _titles(value: Any) -> dict[str, str]:
    texts = _object(value)
    kept = {code: str(text).strip() for code, text in texts.items() if code in {"kk", "ru", "en"} and str(text).strip()}
    if not kept:
        raise tk.Invalid(tk._("Give the title in at least one language: kk, ru or en."))
    return kept


def _object(value: Any) -> dict[str, Any]:
    try:
        made = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        made = None
    if not isinstance(made, dict):
        raise tk.Invalid(tk._("Send a JSON object."))
    return made


def _region(value: Any) -> str:
    if region(str(value)) is None:
        raise tk.Invalid(tk._("There is no region with this code. Use the nine digits of KATO."))
    return str(value)


def _list(value: Any) -> list[str]:
    """A list, its JSON, or words with commas between them."""
    if isinstance(value, str):
        value = json.loads(value) if value.startswith("[") else value.split(",")
    if not isinstance(value, list | tuple):
        raise tk.Invalid(tk._("Send a list."))
    return [str(one).strip() for one in value if str(one).strip()]


def _words(known: Any) -> Any:
    return lambda value: [one_of(known)(one) for one in _list(value)]


def _numbers(low: int, high: int) -> Any:
    def validate(value: Any) -> list[int]:
        found = _list(value if not isinstance(value, int) else [value])
        if not all(one.isdigit() and low <= int(one) <= high for one in found):
            raise tk.Invalid(tk._("Send whole numbers from {low} to {high}.").format(low=low, high=high))
        return [int(one) for one in found]

    return validate


def _cut(value: Any) -> dict[str, str]:
    cuts = {str(axis): str(path) for axis, path in _object(value).items() if path}
    unknown = sorted(set(cuts) - set(AXES))
    if unknown:
        text = tk._("There is no axis “{name}”. Known: {known}.")
        raise tk.Invalid(text.format(name=unknown[0][:40], known=", ".join(AXES)))
    return cuts


def create() -> Schema:
    """A new budget."""
    v: Any = tk.get_validator
    return {
        "name": [v("not_empty"), _name],
        "title_translated": [v("not_empty"), _titles],
        "owner_org": [v("not_empty"), agency],
        "level": [v("not_empty"), one_of(LEVELS)],
        "region": [v("ignore_empty"), _region],
        "parts": [v("default")([]), _list],
    }


def send() -> Schema:
    """A file and how it is read."""
    v: Any = tk.get_validator
    return {
        "budget": [v("not_empty"), v("unicode_safe")],
        "upload": [v("ignore_missing")],
        "upload_id": [v("ignore_empty"), v("unicode_safe")],
        "file_name": [v("ignore_empty"), v("unicode_safe")],
        "mapping": [v("ignore_empty"), _object],
        "descriptor": [v("ignore_empty"), _object],
        "accept": [v("ignore_empty"), _object],
    }


def listing() -> Schema:
    """Which budgets."""
    v: Any = tk.get_validator
    return {
        "level": [v("ignore_empty"), one_of(LEVELS)],
        "owner_org": [v("ignore_empty"), agency],
        "region": [v("ignore_empty"), v("unicode_safe")],
    }


def _choice() -> Schema:
    v: Any = tk.get_validator
    return {
        "cut": [v("ignore_empty"), _cut],
        "direction": [v("ignore_empty"), one_of(DIRECTIONS)],
    }


def aggregate() -> Schema:
    """What to add up."""
    v: Any = tk.get_validator
    return {
        **_choice(),
        "budget": [v("not_empty"), _list],
        "by": [v("default")([]), _words([*PLAIN, *STEPS])],
        "year": [v("ignore_empty"), _numbers(1990, 2100)],
        "month": [v("ignore_empty"), _numbers(0, 12)],
        "phase": [v("ignore_empty"), _words(PHASES)],
        "offset": [v("default")(0), v("natural_number_validator")],
        "limit": [v("default")(1000), v("natural_number_validator"), v("limit_to_configured_maximum")("", LARGEST)],
    }


def lines() -> Schema:
    """Which lines."""
    v: Any = tk.get_validator
    return {
        **_choice(),
        "budget": [v("not_empty"), v("unicode_safe")],
        "year": [v("not_empty"), v("int_validator")],
        "month": [v("ignore_empty"), v("int_validator")],
        "phase": [v("not_empty"), one_of(PHASES)],
        "order": [v("default")("file"), one_of(("file", "amount"))],
        "cursor": [v("ignore_empty"), v("natural_number_validator")],
        "limit": [v("default")(100), v("natural_number_validator"), v("limit_to_configured_maximum")("", 1000)],
    }


def path() -> Schema:
    """Which code."""
    v: Any = tk.get_validator
    return {
        "budget": [v("not_empty"), v("unicode_safe")],
        "year": [v("not_empty"), v("int_validator")],
        "phase": [v("not_empty"), one_of(PHASES)],
        "axis": [v("not_empty"), one_of(AXES)],
        "path": [v("not_empty"), v("unicode_safe")],
    }


def clarity() -> Schema:
    """What was clear, or not."""
    v: Any = tk.get_validator
    return {
        "budget": [v("not_empty"), v("unicode_safe")],
        "place": [v("not_empty"), v("unicode_safe"), _place],
        "clear": [v("not_empty"), v("boolean_validator")],
    }


def _place(value: str) -> str:
    axis, _, path = value.partition(":")
    if axis not in AXES or not path or len(value) > 500:
        raise tk.Invalid(tk._("Name the place as axis:path, such as functional:04/1."))
    return value
