"""What the actions on appeals take. Texts and states are judged by the rules of appeals, not here."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.logic.schema.discussion import word
from ckanext.opengov.civic.logic.schema.ratings import mark
from ckanext.opengov.civic.service.ratings import AXES
from ckanext.opengov.dialog.service.appeals.listing import SCOPES, SORTS

PAGE = 20
LARGEST_PAGE = 100


def one_of(*known: str) -> Any:
    """One of these words."""

    def validate(value: Any) -> str:
        if value not in known:
            message = tk._("“{value}” is not known. Use one of: {known}.")
            raise tk.Invalid(message.format(value=str(value)[:40], known=", ".join(known)))
        return str(value)

    return validate


def yes_or_no(value: Any) -> bool:
    """True or false, as JSON or a form says it."""
    if isinstance(value, bool):
        return value
    known = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}
    if str(value).lower() not in known:
        raise tk.Invalid(tk._("Say yes or no (true or false)."))
    return known[str(value).lower()]


def month(value: Any) -> dt.date:
    """A month, or a day of it."""
    text = str(value)
    try:
        return dt.date.fromisoformat(f"{text}-01" if len(text) == len("2026-11") else text).replace(day=1)
    except ValueError as error:
        message = tk._("“{value}” is not a month. Write it as {example}.")
        raise tk.Invalid(message.format(value=text[:20], example="2026-11")) from error


def _words(*names: str) -> Schema:
    v: Any = tk.get_validator
    return {name: [v("ignore_empty"), word] for name in names}


def _texts(*names: str) -> Schema:
    """Judged by the rules."""
    v: Any = tk.get_validator
    return {name: [v("ignore_missing")] for name in names}


def _limits() -> Schema:
    v: Any = tk.get_validator
    return {"limit": [v("default")(PAGE), v("is_positive_integer"), v("limit_to_configured_maximum")("", LARGEST_PAGE)]}


def appeal() -> Schema:
    """An appeal by its number or id; ``secret`` shows that one is its author."""
    v: Any = tk.get_validator
    return {"number": [v("not_empty"), word], **_words("secret")}


def create() -> Schema:
    """A new appeal."""
    v: Any = tk.get_validator
    return {
        **_texts("agency", "kind", "topic", "region", "language", "subject", "text", "author_name"),
        **_texts("operator", "fault", "latitude", "longitude", "noticed_at"),
        "public": [v("default")(True), yes_or_no],
        "email": [v("ignore_empty"), v("unicode_safe"), v("strip_value"), v("email_validator")],
    }


def track() -> Schema:
    """Number and secret."""
    v: Any = tk.get_validator
    return {"number": [v("not_empty"), word], "secret": [v("not_empty"), word]}


def listed() -> Schema:
    """Which appeals, and from where on."""
    v: Any = tk.get_validator
    return {
        "scope": [v("default")("public"), one_of(*SCOPES)],
        **_words("agency", "topic", "region", "state", "kind", "language", "assignee", "visibility"),
        "overdue": [v("default")(False), yes_or_no],
        "answered": [v("ignore_empty"), yes_or_no],
        "sort": [v("default")("registered"), one_of(*SORTS)],
        "cursor": [v("ignore_empty"), v("unicode_safe")],
        **_limits(),
    }


def searched() -> Schema:
    """Words and filters, and from where on."""
    v: Any = tk.get_validator
    return {
        "q": [v("ignore_empty"), v("unicode_safe")],
        **_words("agency", "topic", "region", "state", "kind"),
        "overdue": [v("default")(False), yes_or_no],
        "cursor": [v("ignore_empty"), v("unicode_safe")],
        **_limits(),
    }


def similar() -> Schema:
    """A text, and whose appeals."""
    v: Any = tk.get_validator
    return {"text": [v("not_empty"), v("unicode_safe")], **_words("agency"), **_limits()}


def step(*names: str) -> Schema:
    """An appeal and what the step needs."""
    return {**appeal(), **_texts(*names)}


def moderate() -> Schema:
    """A decision of a moderator."""
    v: Any = tk.get_validator
    return {**appeal(), "decision": [v("not_empty"), one_of("accept", "hide")], **_texts("reason")}


def picture() -> Schema:
    """A picture and whether everybody sees it."""
    v: Any = tk.get_validator
    return {**appeal(), "attachment_id": [v("not_empty"), word], "public": [v("not_missing"), yes_or_no]}


def rate() -> Schema:
    """Marks, and whether the problem is solved."""
    v: Any = tk.get_validator
    return {
        **appeal(),
        **{axis: [v("ignore_empty"), mark] for axis in AXES},
        # Left out, the rule itself asks for it.
        "solved": [v("ignore_missing"), yes_or_no],
        **_texts("comment"),
    }


def bring() -> Schema:
    """A table and where it comes from."""
    v: Any = tk.get_validator
    return {"source": [v("not_empty"), word], **_words("agency"), "content": [v("ignore_missing")]}


def standing_create() -> Schema:
    """A draft of a standing answer; its texts and links are judged by the rules."""
    v: Any = tk.get_validator
    return {"agency": [v("not_empty"), word], **_words("topic")}


def standing_update() -> Schema:
    """Which standing answer, and a decision on it."""
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), word], **_words("topic", "state")}


def standing_list() -> Schema:
    """Which standing answers."""
    v: Any = tk.get_validator
    return {
        **_words("agency", "topic"),
        "state": [v("default")("reviewed"), one_of("reviewed", "draft", "withdrawn")],
        "offset": [v("default")(0), v("natural_number_validator")],
        **_limits(),
    }
