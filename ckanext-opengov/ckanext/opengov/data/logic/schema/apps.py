"""What the actions on apps accept. Links, pictures and data sets are judged by the service's rules."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.data.service.apps.rules import OF_MODERATORS, State

PAGE = 12
LARGEST_PAGE = 100
LONGEST_WORDS = 200


def _one_of(known: Any) -> Any:
    words = [str(one) for one in known]

    def validate(value: Any) -> str:
        if value not in words:
            message = tk._("“{value}” is not known. Use one of: {known}.")
            raise tk.Invalid(message.format(value=str(value)[:40], known=", ".join(words)))
        return str(value)

    return validate


def _words(value: Any) -> str:
    text = str(value).strip()
    if "\x00" in text or len(text) > LONGEST_WORDS:
        raise tk.Invalid(tk._("Search for at most {limit} characters.").format(limit=LONGEST_WORDS))
    return text


def application_list() -> Schema:
    """Which apps."""
    v: Any = tk.get_validator
    return {
        "q": [v("ignore_empty"), _words],
        "dataset": [v("ignore_empty"), v("unicode_safe")],
        "state": [v("ignore_empty"), _one_of(State)],
        "mine": [v("default")(False), v("boolean_validator")],
        "offset": [v("default")(0), v("natural_number_validator")],
        "limit": [v("default")(PAGE), v("is_positive_integer"), v("limit_to_configured_maximum")("", LARGEST_PAGE)],
    }


def application_moderate() -> Schema:
    """An app and what becomes of it."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty")],
        "event": [v("not_empty"), _one_of(OF_MODERATORS)],
        "reason": [v("ignore_empty"), v("unicode_safe")],
    }


def link_report() -> Schema:
    """An app and one of its links."""
    v: Any = tk.get_validator
    return {"id": [v("not_empty")], "url": [v("not_empty"), v("unicode_safe")]}
