"""What the actions of workplace, drafts and helpdesk take."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.logic.schema.discussion import number, word
from ckanext.opengov.civic.logic.schema.journal import at_most

PAGE = 50
LARGEST_PAGE = 200
MOST_AT_ONCE = 200
LANGUAGES = ("kk", "ru", "en")
ADDRESS_LENGTH = 2_000


def draft_data(value: Any) -> dict[str, Any]:
    """Names of fields with their values."""
    if not isinstance(value, dict) or not value:
        raise tk.Invalid(tk._("Give the fields of the form as an object: their names with their values."))
    return value


def local_address(value: Any) -> str:
    """An address of this portal, beginning with a slash."""
    is_text = isinstance(value, str) and value.isprintable() and len(value) <= ADDRESS_LENGTH
    if not is_text or not value.startswith("/") or value.startswith(("//", "/\\")):
        raise tk.Invalid(tk._("Give an address of this portal that begins with a slash, such as /dataset/new."))
    return value


def task_ids(value: Any) -> list[str]:
    """One id of a task or a list of them, each once."""
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not given or len(given) > MOST_AT_ONCE:
        raise tk.Invalid(tk._("Choose between one and {limit} tasks.").format(limit=MOST_AT_ONCE))
    return list(dict.fromkeys(word(one) for one in given))


def whole_text(value: Any) -> str:
    """A text of any length that the rules judge."""
    if not isinstance(value, str) or "\0" in value:
        raise tk.Invalid(tk._("Write a text."))
    return value


def workplace_task_list() -> Schema:
    """Filters and a page."""
    v: Any = tk.get_validator
    filters = {name: [v("ignore_empty"), word] for name in ("component", "agency", "kind")}
    return {
        **filters,
        "overdue": [v("default")(False), v("boolean_validator")],
        "mine": [v("default")(False), v("boolean_validator")],
        "cursor": [v("ignore_empty"), v("unicode_safe"), v("unicode_only")],
        "limit": [v("default")(PAGE), v("is_positive_integer"), at_most(LARGEST_PAGE)],
    }


def workplace_bulk() -> Schema:
    """Component, name of the bulk action, tasks."""
    v: Any = tk.get_validator
    return {
        "component": [v("not_empty"), word],
        "action": [v("not_empty"), word],
        "ids": [v("not_missing"), task_ids],
        "value": [v("ignore_empty"), word],
    }


def draft_save() -> Schema:
    """A form's fields, and what it is about."""
    v: Any = tk.get_validator
    about = {name: [v("ignore_empty"), word] for name in ("title", "entity_type", "entity_id")}
    return {
        "form_key": [v("not_empty"), word],
        "data": [v("not_missing"), draft_data],
        "url": [v("ignore_empty"), local_address],
        **about,
    }


def draft_key() -> Schema:
    """One form."""
    v: Any = tk.get_validator
    return {"form_key": [v("not_empty"), word]}


def helpdesk_question_create() -> Schema:
    """A question, and the form that it is about."""
    v: Any = tk.get_validator
    return {
        "question": [v("default")(""), whole_text],
        "form": [v("ignore_empty"), word],
        "url": [v("ignore_empty"), local_address],
        "language": [v("ignore_empty"), v("one_of")(list(LANGUAGES))],
    }


def helpdesk_question_answer() -> Schema:
    """An answer, and whether all may read it."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty"), number],
        "answer": [v("default")(""), whole_text],
        "public": [v("default")(False), v("boolean_validator")],
    }


def helpdesk_question() -> Schema:
    """One question."""
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), number]}


def helpdesk_answer_list() -> Schema:
    """Words to look for, and a page."""
    v: Any = tk.get_validator
    return {
        "q": [v("ignore_empty"), word],
        "before": [v("ignore_empty"), number],
        "limit": [v("default")(20), v("is_positive_integer"), at_most(100)],
    }
