"""What the actions on the texts of acts take."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.regulation.logic.schema.acts import agency, one_of, whole, word
from ckanext.opengov.regulation.service.words import LANGUAGES

ROWS = 200
MOST_ROWS = 1_000


def _version() -> list[Any]:
    v: Any = tk.get_validator
    return [v("ignore_empty"), whole]


def _id() -> list[Any]:
    return [tk.get_validator("not_empty"), word]


def _language() -> list[Any]:
    return [tk.get_validator("ignore_empty"), one_of(LANGUAGES)]


def imported() -> Schema:
    """A file, or the reading of one that is taken over."""
    v: Any = tk.get_validator
    return {
        "id": _id(),
        "language": _language(),
        "reading": [v("ignore_empty"), word],
        "save": [v("default")(False), v("boolean_validator")],
    }


def diff() -> Schema:
    """Which versions are compared."""
    v: Any = tk.get_validator
    return {
        "id": _id(),
        "before": _version(),
        "after": _version(),
        "language": _language(),
        "changes_only": [v("default")(False), v("boolean_validator")],
    }


def link() -> Schema:
    """A change and a comment."""
    v: Any = tk.get_validator
    return {
        "id": _id(),
        "version": [v("not_empty"), whole],
        "eid": [v("not_empty"), word],
        "comment_id": [v("not_empty"), word],
        "remove": [v("default")(False), v("boolean_validator")],
    }


def export() -> Schema:
    """A version as a file."""
    v: Any = tk.get_validator
    return {
        "id": _id(),
        "version": _version(),
        "language": _language(),
        "format": [v("default")("akn"), one_of(("akn", "html", "docx", "pdf"))],
    }


def report() -> Schema:
    """A page of the report."""
    v: Any = tk.get_validator
    limit = v("limit_to_configured_maximum")("", MOST_ROWS)
    return {
        "id": _id(),
        "language": _language(),
        "cursor": [v("ignore_empty"), row_cursor],
        "limit": [v("default")(ROWS), v("is_positive_integer"), limit],
    }


def row_cursor(value: Any) -> tuple[int, int]:
    """Where a page of the report goes on."""
    section, _, position = str(value).partition(".")
    if not (section.removeprefix("-").isdecimal() and position.isdecimal() and len(str(value)) < 40):
        raise tk.Invalid(tk._("This page does not exist. Begin with the first one."))
    return int(section), int(position)


def figures() -> Schema:
    """Whose figures."""
    return {"agency": [tk.get_validator("ignore_empty"), agency]}
