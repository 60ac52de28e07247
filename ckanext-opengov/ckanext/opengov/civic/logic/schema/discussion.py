"""What the actions of the discussion take. Texts are judged by the rules of the discussion, not here."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.service.discussion.export import FORMATS
from ckanext.opengov.civic.service.discussion.moderation import MOST_AT_ONCE
from ckanext.opengov.civic.service.discussion.rules import Kind, Sort, State

PAGE = 20
LARGEST_PAGE = 100
WORD_LENGTH = 200


def word(value: Any) -> str:
    """A short text on one line, such as an id."""
    if not isinstance(value, str) or len(value) > WORD_LENGTH or not value.isprintable():
        raise tk.Invalid(tk._("Write a text of at most {limit} characters on one line.").format(limit=WORD_LENGTH))
    return value


def identifier(value: Any) -> str:
    """An id as the portal gives them."""
    try:
        return str(uuid.UUID(value))
    except (AttributeError, TypeError, ValueError) as error:
        raise tk.Invalid(tk._("“{value}” is not an id.").format(value=str(value)[:40])) from error


def identifiers(value: Any) -> list[str]:
    """One id or a list of them, each once."""
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not given or len(given) > MOST_AT_ONCE:
        raise tk.Invalid(tk._("Give between one and {limit} ids.").format(limit=MOST_AT_ONCE))
    return list(dict.fromkeys(identifier(one) for one in given))


def vote(value: Any) -> int:
    """1, -1 or 0."""
    if str(value) not in {"1", "-1", "0"}:
        raise tk.Invalid(tk._("Vote 1 (for), -1 (against) or 0 (take the vote back)."))
    return int(value)


def number(value: Any) -> int:
    """A number that a page before gave."""
    if not (str(value).isascii() and str(value).isdecimal()) or len(str(value)) > 18:
        raise tk.Invalid(tk._("“{value}” is not a number.").format(value=str(value)[:40]))
    return int(value)


def _one_of(words: Any) -> Any:
    known = [str(one) for one in words]

    def validate(value: Any) -> str:
        if value not in known:
            message = tk._("“{value}” is not known. Use one of: {known}.")
            raise tk.Invalid(message.format(value=str(value)[:40], known=", ".join(known)))
        return str(value)

    return validate


def entity() -> Schema:
    """The entity, and a place in it."""
    v: Any = tk.get_validator
    return {
        "entity_type": [v("not_empty"), word],
        "entity_id": [v("not_empty"), word],
        "anchor": [v("ignore_empty"), word],
    }


def thread() -> Schema:
    """The thread, by its id or by what it is about."""
    v: Any = tk.get_validator

    def without_thread(key: Any, data: Any, errors: Any, context: Any) -> None:
        if not data.get(("thread_id",)):
            v("not_empty")(key, data, errors, context)
        else:
            v("ignore_empty")(key, data, errors, context)

    return {
        "thread_id": [v("ignore_empty"), identifier],
        "entity_type": [without_thread, word],
        "entity_id": [without_thread, word],
        "anchor": [v("ignore_empty"), word],
    }


def _page() -> Schema:
    v: Any = tk.get_validator
    return {
        "cursor": [v("ignore_empty"), word],
        "limit": [v("default")(PAGE), v("is_positive_integer"), v("limit_to_configured_maximum")("", LARGEST_PAGE)],
    }


def comment_create() -> Schema:
    """A new comment."""
    v: Any = tk.get_validator
    return {
        **entity(),
        "parent_id": [v("ignore_empty"), identifier],
        "kind": [v("default")(Kind.COMMENT.value), _one_of(Kind)],
        "text": [v("ignore_missing")],
        "language": [v("ignore_empty")],
        "author_name": [v("ignore_empty")],
    }


def comment_update() -> Schema:
    """A new text for an own comment."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty"), identifier],
        "text": [v("ignore_missing")],
        "language": [v("ignore_empty")],
    }


def comment_show() -> Schema:
    """One comment."""
    return {"id": [tk.get_validator("not_empty"), identifier]}


def comment_list() -> Schema:
    """A thread, which of its comments, and from where on."""
    v: Any = tk.get_validator
    return {
        **thread(),
        **_page(),
        "sort": [v("default")(Sort.NEWEST.value), _one_of(Sort)],
        "grouped": [v("default")(False), v("boolean_validator")],
        "parent_id": [v("ignore_empty"), identifier],
        "cluster_id": [v("ignore_empty"), number],
    }


def comment_cluster_list() -> Schema:
    """A thread, and from where on."""
    return {**thread(), **_page()}


def comment_vote() -> Schema:
    """A comment and a vote."""
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), identifier], "value": [v("not_missing"), vote]}


def comment_moderate() -> Schema:
    """Comments and a decision; state and reason are judged by the rules."""
    v: Any = tk.get_validator
    return {
        "ids": [v("not_empty"), identifiers],
        "state": [v("ignore_missing")],
        "reason": [v("ignore_empty")],
    }


def comment_picture_release() -> Schema:
    """A picture, and whether everybody sees it."""
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), identifier], "public": [v("not_missing"), v("boolean_validator")]}


def comment_moderation_list() -> Schema:
    """Which comments wait, and from where on."""
    v: Any = tk.get_validator
    return {
        **_page(),
        "cursor": [v("ignore_empty"), number],
        "state": [v("default")(State.PENDING.value), _one_of(State)],
        "marked": [v("default")(False), v("boolean_validator")],
        "cluster_id": [v("ignore_empty"), number],
    }


def comment_export() -> Schema:
    """A thread and a format."""
    v: Any = tk.get_validator
    return {**thread(), "format": [v("default")("csv"), _one_of(FORMATS)]}
