"""What the actions that read tables take. Fields and comparisons are checked against the table's columns later."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.data.logic.schema.push import loaded, words
from ckanext.opengov.data.service.query.wish import MOST_ROWS

_MOST_PAGE = 10**9


def page_size(value: Any) -> int:
    """Validator: how many records; more than the most are the most."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and int(text[:12]) > 0 and len(text) < 12):
        raise tk.Invalid(tk._("Give a whole number from {least} to {most}.").format(least=1, most=MOST_ROWS))
    return min(int(text), _MOST_PAGE)


def names(value: Any) -> list[str]:
    """Validator: names as a list, as a text with commas, or as JSON of a list where names have commas in them."""
    if isinstance(value, str) and value.startswith("["):
        value = loaded(value)
    return words()(value)


def question() -> Schema:
    """One question, to whichever table."""
    v: Any = tk.get_validator
    listed = [v("default")([]), names]
    return {
        "fields": listed,
        "filters": [v("ignore_empty"), loaded],
        "q": [v("ignore_empty"), v("unicode_safe")],
        "sort": listed,
        "group": listed,
        "aggregates": [v("ignore_empty"), loaded],
        "limit": [v("default")(100), page_size],
        "cursor": [v("ignore_empty"), v("unicode_safe")],
        "total": [v("default")(False), v("boolean_validator")],
        "version": [v("ignore_empty"), v("unicode_safe")],
        "as_of": [v("ignore_empty"), v("unicode_safe")],
        "__extras": [v("ignore")],
    }


def query() -> Schema:
    """One question to one table."""
    v: Any = tk.get_validator
    return {"resource_id": [v("not_empty"), v("unicode_safe")], **question()}


def difference() -> Schema:
    """Two versions of one table, by number or by time."""
    v: Any = tk.get_validator
    text = [v("ignore_empty"), v("unicode_safe")]
    return {
        "resource_id": [v("not_empty"), v("unicode_safe")],
        "from": text,
        "to": text,
        "limit": [v("default")(100), page_size],
        "cursor": text,
        "__extras": [v("ignore")],
    }
