"""What the actions of the universal API's write side take."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.data.model.tables import utc_now
from ckanext.opengov.data.service.push.run import MODES
from ckanext.opengov.data.service.push_tokens import SCOPES

FORMATS = ("csv", "ndjson")
LONGEST_KEY = 200
LONGEST_WAIT = 120
MOST_DAYS = 1000


def one_of(*known: str) -> Any:
    """Validator: one of these words."""

    def validate(value: Any) -> str:
        if value not in known:
            message = tk._("There is no “{value}” here. Possible values: {known}.")
            raise tk.Invalid(message.format(value=str(value)[:40], known=", ".join(known)))
        return value

    return validate


def words(*known: str) -> Any:
    """Validator: a list of these words, or a text with commas; without ``known`` of any words."""
    check = one_of(*known) if known else str

    def validate(value: Any) -> list[str]:
        given = value.split(",") if isinstance(value, str) else value
        if not isinstance(given, list):
            raise tk.Invalid(tk._("Give a list."))
        return [check(str(one).strip()) for one in given if str(one).strip()]

    return validate


def loaded(value: Any) -> Any:
    """Validator: an object, or JSON of one as forms send it."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise tk.Invalid(tk._("This is no JSON.")) from None


def _number(least: int, most: int) -> Any:
    def validate(value: Any) -> int:
        if not str(value).isdigit() or not least <= int(value) <= most:
            raise tk.Invalid(tk._("Give a whole number from {least} to {most}.").format(least=least, most=most))
        return int(value)

    return validate


def _short(value: Any) -> str:
    text = str(value).strip()
    if not text or len(text) > LONGEST_KEY or not text.isprintable():
        raise tk.Invalid(tk._("Give a text of at most {limit} characters.").format(limit=LONGEST_KEY))
    return text


def later(value: Any) -> dt.datetime:
    """Validator: a time to come, with its zone; a day counts from its beginning in UTC."""
    try:
        found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    except ValueError:
        raise tk.Invalid(tk._("“{value}” is not a date. Write it as 2026-11-24.").format(value=value)) from None
    found = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    if found <= utc_now():
        raise tk.Invalid(tk._("This time is over already."))
    return found


def register() -> Schema:
    """The part that is not the passport."""
    v: Any = tk.get_validator
    return {
        "agency": [v("not_empty"), v("unicode_safe")],
        "external_id": [v("not_empty"), _short],
        "schema": [v("not_empty"), loaded],
        "list_item": [v("ignore_empty"), v("unicode_safe")],
        "history": [v("default")(False), v("boolean_validator")],
        "dry_run": [v("default")(False), v("boolean_validator")],
        "__extras": [v("ignore")],
    }


def structure_check() -> Schema:
    v: Any = tk.get_validator
    return {"schema": [v("not_empty"), loaded], "resource_id": [v("ignore_empty"), v("unicode_safe")]}


def structure_update() -> Schema:
    return {**resource(), "schema": [tk.get_validator("not_empty"), loaded]}


def push() -> Schema:
    v: Any = tk.get_validator
    return {
        "resource_id": [v("not_empty"), v("unicode_safe")],
        "upload": [v("not_missing")],
        "format": [v("ignore_empty"), one_of(*FORMATS)],
        "mode": [v("default")("upsert"), one_of(*MODES)],
        "dry_run": [v("default")(False), v("boolean_validator")],
        "accept_valid": [v("default")(False), v("boolean_validator")],
        "idempotency_key": [v("ignore_empty"), _short],
        "schema": [v("ignore_empty"), loaded],
        "agency": [v("ignore_empty"), v("unicode_safe")],
        "wait": [v("default")(30), _number(0, LONGEST_WAIT)],
        "content_length": [v("ignore_empty"), v("natural_number_validator")],
    }


def resource() -> Schema:
    v: Any = tk.get_validator
    return {"resource_id": [v("not_empty"), v("unicode_safe")]}


def receipt_list() -> Schema:
    v: Any = tk.get_validator
    return {**resource(), "limit": [v("default")(20), _number(1, 100)]}


def identified() -> Schema:
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), v("unicode_safe")]}


def systems() -> Schema:
    v: Any = tk.get_validator
    return {"days": [v("default")(30), _number(1, MOST_DAYS)]}


def token_create() -> Schema:
    v: Any = tk.get_validator
    return {
        "agency": [v("not_empty"), v("unicode_safe")],
        "name": [v("not_empty"), _short],
        "scopes": [v("not_empty"), words(*SCOPES)],
        "datasets": [v("default")([]), words()],
        "expires_at": [v("ignore_empty"), later],
    }


def agency() -> Schema:
    v: Any = tk.get_validator
    return {"agency": [v("not_empty"), v("unicode_safe")]}
