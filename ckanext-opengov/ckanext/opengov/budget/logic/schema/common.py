"""What schemas of programmes, reports and audits have in common."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict, Schema

from ckanext.opengov.civic.service import agencies

PAGE = 20
LARGEST_PAGE = 100


def checked(data_dict: DataDict, rules: Schema, context: Context, *structured: str) -> dict[str, Any]:
    """What came, by the rules of a schema; structured fields are left to the rules that read them.

    :raises ValidationError: with what is wrong in which field
    """
    plain = {name: value for name, value in data_dict.items() if name not in structured}
    data, errors = tk.navl_validate(plain, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    kept = {name: value for name, value in data.items() if name in rules}
    return {**kept, **{name: data_dict[name] for name in structured if name in data_dict}}


def reference() -> Any:
    """An id or a name."""
    v: Any = tk.get_validator
    return [v("not_empty"), v("unicode_safe")]


def one() -> Schema:
    """One thing by its id or name."""
    return {"id": reference()}


def agency(value: Any) -> str:
    """The id of an active agency."""
    found = agencies.find(value) if isinstance(value, str) and value.isprintable() else None
    if found is None:
        raise tk.Invalid(tk._("There is no agency “{id}”.").format(id=str(value)[:60]))
    return found.id


def day(value: Any) -> dt.date:
    """A day in ISO form."""
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise tk.Invalid(tk._("Give a day such as 2026-11-24.")) from error


def one_of(known: Any) -> Any:
    """A validator for a word of a list."""
    words = [str(one) for one in known]

    def validate(value: Any) -> str:
        if value not in words:
            message = tk._("“{value}” is not known. Use one of: {known}.")
            raise tk.Invalid(message.format(value=str(value)[:40], known=", ".join(words)))
        return str(value)

    return validate


def page() -> dict[str, list[Any]]:
    """Where a list begins and how long it is."""
    v: Any = tk.get_validator
    return {
        "offset": [v("default")(0), v("natural_number_validator")],
        "limit": [v("default")(PAGE), v("is_positive_integer"), v("limit_to_configured_maximum")("", LARGEST_PAGE)],
    }


def address() -> list[Any]:
    """The address of a new page."""
    v: Any = tk.get_validator
    return [v("ignore_empty"), v("name_validator"), v("package_name_validator")]
