"""Validators that the schemas name."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey, Validator

from ckanext.opengov.civic.identifiers import is_bin
from ckanext.opengov.data.logic.core_fields import (
    CHOSEN_PARENT,
    opengov_fill_core,
    opengov_fill_parent,
    opengov_fill_tags,
)
from ckanext.opengov.data.logic.translated_input import checked_tags, checked_texts, collect, is_empty
from ckanext.opengov.data.service import agencies
from ckanext.scheming.helpers import scheming_field_choices
from ckanext.scheming.validation import scheming_validator

__all__ = [
    "opengov_bin",
    "opengov_choice",
    "opengov_date",
    "opengov_fill_core",
    "opengov_fill_parent",
    "opengov_fill_tags",
    "opengov_licence",
    "opengov_parent",
    "opengov_translated",
    "opengov_translated_tags",
    "opengov_web_address",
    "opengov_yes_no",
    "opengov_yes_no_output",
]

_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
_YES = {"true", "yes", "1", "on", "t", "y"}
_NO = {"false", "no", "0", "off", "f", "n"}


@scheming_validator
def opengov_translated(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """A text by language, stored as JSON. An empty one is left out; a required one may come as the core field."""

    def validate(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        collect(key, data)
        texts, problems = ({}, []) if is_empty(data.get(key)) else checked_texts(data[key], field.get("max_length"))
        if not texts and not problems and field.get("required") and _is_wanted(field, key, data):
            problems = [tk._("Write it in Kazakh, Russian or English.")]
        _store(key, texts, problems, data, errors)

    return validate


def _is_wanted(field: dict[str, Any], key: FlattenKey, data: FlattenDataDict) -> bool:
    """Stock clients may give CKAN's own title, or only the address, which then is the title too."""
    core, name = data.get((*key[:-1], field.get("core_field", ""))), data.get((*key[:-1], "name"))
    if not is_empty(core) and core != name:
        return False
    return isinstance(data.get(key), dict) or is_empty(name)


@scheming_validator
def opengov_translated_tags(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Keywords by language, stored as JSON."""

    def validate(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        collect(key, data)
        tags, problems = ({}, []) if is_empty(data.get(key)) else checked_tags(data[key], context)
        _store(key, tags, problems, data, errors)

    return validate


def _store(
    key: FlattenKey, value: dict[str, Any], problems: list[str], data: FlattenDataDict, errors: FlattenErrorDict
) -> None:
    errors[key].extend(problems)
    if value and not errors[key]:
        data[key] = json.dumps(value, ensure_ascii=False)
        return
    if not errors[key]:
        data.pop(key, None)
    raise tk.StopOnError


@scheming_validator
def opengov_choice(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """One of the field's choices; its default when nothing came."""

    def validate(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        value = data.get(key)
        if is_empty(value):
            value = field.get("default")
        if value is None:
            data.pop(key, None)
            raise tk.StopOnError
        known = [choice["value"] for choice in scheming_field_choices(field)]  # pyright: ignore
        if str(value) not in known:
            message = tk._("There is no “{value}” here. Possible values: {known}.")
            errors[key].append(message.format(value=value, known=", ".join(known)))
            raise tk.StopOnError
        data[key] = str(value)

    return validate


@scheming_validator
def opengov_date(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """A date as YYYY-MM-DD; a year or a month alone stay as exact as they came. A time is cut off in Almaty's day."""

    def validate(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        value = data.get(key)
        if is_empty(value):
            data.pop(key, None)
            raise tk.StopOnError
        day = _day(value)
        if day is None:
            errors[key].append(tk._("“{value}” is not a date. Write it as 2026-11-24.").format(value=value))
            raise tk.StopOnError
        data[key] = day
        earlier = data.get((*key[:-1], field["not_before"])) if field.get("not_before") else None
        if isinstance(earlier, str) and _DATE.fullmatch(earlier) and day < earlier[: len(day)]:
            message = tk._("{later} is earlier than the day of publication, {earlier}.")
            errors[key].append(message.format(later=day, earlier=earlier))
            raise tk.StopOnError

    return validate


def _day(value: Any) -> str | None:
    if isinstance(value, dt.datetime):
        return _local(value).date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value).strip()
    try:
        if _DATE.fullmatch(text):
            dt.date.fromisoformat(text + "-01-01"[: 3 * (2 - text.count("-"))])
            return text
        return _local(dt.datetime.fromisoformat(text)).date().isoformat()
    except ValueError:
        return None


def _local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(ZoneInfo("Asia/Almaty")) if moment.tzinfo else moment


@scheming_validator
def opengov_yes_no(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Yes or no, stored as ``true`` or ``false``: CKAN's extras are texts."""

    def validate(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        value = data.get(key)
        text = str(field.get("default", False) if is_empty(value) else value).strip().lower()
        if text not in _YES | _NO:
            errors[key].append(tk._("“{value}” is neither yes nor no. Give true or false.").format(value=value))
            raise tk.StopOnError
        data[key] = "true" if text in _YES else "false"

    return validate


def opengov_yes_no_output(value: Any) -> Any:
    """What is stored, as a boolean."""
    return value == "true" if isinstance(value, str) else value


@scheming_validator
def opengov_licence(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """The field's default when no licence came."""

    def validate(value: Any) -> Any:
        return field["default"] if is_empty(value) else value

    return validate


def opengov_web_address(value: Any) -> Any:
    """An address that a browser can open: http or https, with a host."""
    text = str(value)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = None
    if not parts or parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", text):
        raise tk.Invalid(tk._("“{value}” is not a web address. It begins with https://.").format(value=value))
    return value


def opengov_bin(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """A business identification number with a right check digit that no other agency has."""
    value = data[key]
    if not is_bin(value):
        message = tk._("“{value}” is not a BIN: 12 digits, the fifth is 4, 5 or 6, the last one is a check digit.")
        errors[key].append(message.format(value=value))
        raise tk.StopOnError
    other = agencies.with_bin(value)
    group = context.get("group")
    if other and (group is None or other.id != group.id):
        message = tk._("BIN {value} belongs to “{agency}” already.")
        errors[key].append(message.format(value=value, agency=other.title or other.name))
        raise tk.StopOnError


def opengov_parent(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """The parent agency by name or id; ``opengov_fill_parent`` puts it into CKAN's group hierarchy."""
    value = data.pop(key, tk.missing)
    if value is not tk.missing:
        problem = None if is_empty(value) else _parent_problem(str(value), context.get("group"))
        if problem:
            errors[key].append(problem)
        else:
            data[CHOSEN_PARENT] = value
    # Not among the extras: the hierarchy is the one place where it is kept.
    raise tk.StopOnError


def _parent_problem(reference: str, child: model.Group | None) -> str | None:
    parent = model.Group.get(reference)
    if parent is None or not parent.is_organization or parent.state != "active":
        return tk._("There is no agency “{name}”. Give the name or id of an agency.").format(name=reference)
    if child is not None and agencies.would_loop(child, parent):
        message = tk._("“{parent}” stands below “{child}” and cannot be its parent.")
        if parent.id == child.id:
            message = tk._("An agency cannot be its own parent.")
        return message.format(parent=parent.title or parent.name, child=child.title or child.name)
    return None
