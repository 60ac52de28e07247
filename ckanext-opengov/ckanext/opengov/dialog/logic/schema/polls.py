"""What the actions on polls take. Questions and ballots are judged by the service's rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.logic.schema.discussion import identifiers
from ckanext.opengov.civic.service import agencies
from ckanext.opengov.dialog.service.polls.questions import LANGUAGES
from ckanext.opengov.dialog.service.polls.rules import Event, State

PAGE = 20
LARGEST_PAGE = 100
LEVELS = ("email", "verified")
RESULTS_WHEN = ("at_once", "after_end")
LONGEST_TITLE = 300
LONGEST_NOTES = 5_000


def moment(value: Any) -> dt.datetime:
    """A time with its zone."""
    try:
        found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None or not 2000 < found.year < 2100:
        raise tk.Invalid(tk._("Give a date and time with its zone, such as 2026-03-01T09:00:00+05:00."))
    return found.astimezone(dt.UTC)


def _texts(longest: int, *, required: bool = True) -> Any:
    def validate(value: Any) -> dict[str, str]:
        given = value if isinstance(value, Mapping) else {}
        found = {code: str(given[code]).strip() for code in LANGUAGES if given.get(code) and str(given[code]).strip()}
        if not found and required:
            raise tk.Invalid(tk._("Write it in Kazakh, Russian or English."))
        if any(len(text) > longest or "\x00" in text for text in found.values()):
            raise tk.Invalid(tk._("At most {limit} characters in each language.").format(limit=longest))
        return found

    return validate


def _one_of(known: Any) -> Any:
    words = [str(one) for one in known]

    def validate(value: Any) -> str:
        if value not in words:
            message = tk._("“{value}” is not known. Use one of: {known}.")
            raise tk.Invalid(message.format(value=str(value)[:40], known=", ".join(words)))
        return str(value)

    return validate


def agency(value: Any) -> str:
    """The id of an active agency."""
    found = agencies.find(value) if isinstance(value, str) else None
    if found is None:
        raise tk.Invalid(tk._("There is no agency “{id}”.").format(id=str(value)[:60]))
    return found.id


def _after_start(key: Any, data: Any, errors: Any, _context: Any) -> None:
    try:
        # Fields are judged in the order of the alphabet: the beginning still is as it came.
        start = moment(data.get(("starts_at",)))
    except tk.Invalid:
        return
    if isinstance(data.get(key), dt.datetime) and data[key] <= start:
        errors[key].append(tk._("The end must be later than the beginning."))


def poll_create() -> Schema:
    """A poll without its questions."""
    v: Any = tk.get_validator
    return {
        "owner_org": [v("not_empty"), agency],
        "name": [v("ignore_empty"), v("name_validator"), v("package_name_validator")],
        "title": [v("not_empty"), _texts(LONGEST_TITLE)],
        "notes": [v("ignore_missing"), _texts(LONGEST_NOTES, required=False)],
        "starts_at": [v("not_empty"), moment],
        "ends_at": [v("not_empty"), moment, _after_start],
        "level": [v("default")("email"), _one_of(LEVELS)],
        "results_when": [v("default")("after_end"), _one_of(RESULTS_WHEN)],
    }


def poll_update() -> Schema:
    """What may be changed; the agency may not."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty")],
        "title": [v("ignore_missing"), _texts(LONGEST_TITLE)],
        "notes": [v("ignore_missing"), _texts(LONGEST_NOTES, required=False)],
        "level": [v("ignore_missing"), _one_of(LEVELS)],
        "results_when": [v("ignore_missing"), _one_of(RESULTS_WHEN)],
        "starts_at": [v("ignore_missing"), moment],
        "ends_at": [v("ignore_missing"), moment, _after_start],
    }


def poll_transition() -> Schema:
    """A poll, a step, and for publishing the conclusion."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty")],
        "event": [v("not_empty"), _one_of(Event)],
        "conclusion": [v("ignore_empty"), _texts(LONGEST_NOTES)],
    }


def poll_list() -> Schema:
    """Which polls."""
    v: Any = tk.get_validator
    return {
        "state": [v("ignore_empty"), _one_of(State)],
        "owner_org": [v("ignore_empty"), agency],
        "offset": [v("default")(0), v("natural_number_validator")],
        "limit": [v("default")(PAGE), v("is_positive_integer"), v("limit_to_configured_maximum")("", LARGEST_PAGE)],
    }


def poll_text_moderate() -> Schema:
    """Answers in own words and a decision."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty")],
        "ids": [v("not_empty"), identifiers],
        "state": [v("not_empty"), _one_of(("public", "hidden"))],
        "reason": [v("ignore_empty"), v("unicode_safe")],
    }
