"""What the actions on contests accept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

LANGUAGES = ("kk", "ru", "en")
LONGEST_TITLE = 200
LONGEST_RULES = 5_000


def moment(value: Any) -> dt.datetime:
    """A time with its zone."""
    try:
        found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None or not 2000 < found.year < 2100:
        raise tk.Invalid(tk._("Give a date and time with its zone, such as 2026-03-01T09:00:00+05:00."))
    return found.astimezone(dt.UTC)


def _texts(longest: int) -> Any:
    def validate(value: Any) -> dict[str, str]:
        given = value if isinstance(value, Mapping) else {}
        found = {code: str(given[code]).strip() for code in LANGUAGES if str(given.get(code) or "").strip()}
        if not found:
            raise tk.Invalid(tk._("Write it in Kazakh, Russian or English."))
        if any(len(text) > longest or "\x00" in text for text in found.values()):
            raise tk.Invalid(tk._("At most {limit} characters in each language.").format(limit=longest))
        return found

    return validate


def _names(value: Any) -> list[str]:
    given = value.split() if isinstance(value, str) else value
    if not isinstance(given, (list, tuple)) or not all(isinstance(one, str) and one.isprintable() for one in given):
        raise tk.Invalid(tk._("Give the names of the accounts, separated by spaces."))
    return list(given)


def _after_start(key: Any, data: Any, errors: Any, _context: Any) -> None:
    try:
        start = moment(data.get(("opens_at",)))
    except tk.Invalid:
        return
    if isinstance(data.get(key), dt.datetime) and data[key] <= start:
        errors[key].append(tk._("The end must be later than the beginning."))


def _mark(value: Any) -> int:
    text = str(value)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= 10):
        raise tk.Invalid(tk._("A mark is a whole number from 1 to 10."))
    return int(text)


def contest_create() -> Schema:
    """A contest."""
    v: Any = tk.get_validator
    return {
        "name": [v("not_empty"), v("name_validator")],
        "title": [v("not_empty"), _texts(LONGEST_TITLE)],
        "rules": [v("not_empty"), _texts(LONGEST_RULES)],
        "opens_at": [v("not_empty"), moment],
        "closes_at": [v("not_empty"), moment, _after_start],
        "jury": [v("not_empty"), _names],
    }


def contest_mark() -> Schema:
    """A mark for an app."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty")],
        "app": [v("not_empty"), v("unicode_safe")],
        "mark": [v("not_empty"), _mark],
        "note": [v("ignore_empty"), v("unicode_safe")],
    }
