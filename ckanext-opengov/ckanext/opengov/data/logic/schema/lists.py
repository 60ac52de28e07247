"""What the actions on approved lists take; the fields of an item are checked by the rules."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.service.discussion.texts import LANGUAGES
from ckanext.opengov.data.logic.schema.requests import agency_id, one_of
from ckanext.opengov.data.service.lists.states import STEPS

MOST_ITEMS = 2_000


def numbers(value: Any) -> list[int]:
    """The numbers of items."""
    given = value if isinstance(value, list) else [value]
    texts = [str(one) for one in given]
    if len(texts) > MOST_ITEMS or not all(one.isascii() and one.isdecimal() and len(one) < 7 for one in texts):
        raise tk.Invalid(tk._("Give the numbers of the items as a list of whole numbers."))
    return [int(one) for one in texts]


def one_list() -> Schema:
    """A list by its agency."""
    v: Any = tk.get_validator
    return {"agency": [v("not_empty"), agency_id]}


def item_upsert() -> Schema:
    """An agency for a new item, or the id of one that is there; the item's fields are left to the rules."""
    v: Any = tk.get_validator
    return {
        "id": [v("ignore_empty"), v("unicode_safe")],
        "agency": [v("ignore_empty"), agency_id],
        "frequency": [v("ignore_missing"), v("unicode_safe")],
        "due_on": [v("ignore_missing"), v("unicode_safe")],
        "dataset": [v("ignore_missing"), v("unicode_safe")],
        "reason": [v("ignore_empty"), v("unicode_safe")],
    }


def list_transition() -> Schema:
    """An event, the items it is for, and for some why."""
    v: Any = tk.get_validator
    return {
        **one_list(),
        "event": [v("not_empty"), one_of(STEPS)],
        "numbers": [v("ignore_empty"), numbers],
        "reason": [v("ignore_empty"), v("unicode_safe")],
    }


def list_import() -> Schema:
    """A list and why approved items change; the file is left to the rules."""
    v: Any = tk.get_validator
    return {**one_list(), "reason": [v("ignore_empty"), v("unicode_safe")]}


def list_export() -> Schema:
    """A list and a language."""
    v: Any = tk.get_validator
    return {**one_list(), "language": [v("ignore_empty"), one_of(LANGUAGES)]}
