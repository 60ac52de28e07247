"""What the actions on the working-day calendar take."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.service.calendar import Kind, local_date

MAX_REASON = 500


def date_of(value: Any) -> dt.date:
    """A date written as 2026-03-21."""
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise tk.Invalid(tk._("“{value}” is not a date. Write it as 2026-03-21.").format(value=value)) from error


def moment_or_date(value: Any) -> dt.date | dt.datetime:
    """A date, or a time with its zone: 2026-03-21 or 2026-03-21T18:30:00+05:00."""
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    try:
        moment = dt.datetime.fromisoformat(value)
        local_date(moment)
    except (TypeError, ValueError, OverflowError) as error:
        message = tk._("“{value}” is not a date. Write 2026-03-21, or a time with its zone: 2026-03-21T18:30:00+05:00.")
        raise tk.Invalid(message.format(value=value)) from error
    return moment


def kind_of(value: Any) -> Kind:
    """What a day becomes."""
    if value not in list(Kind):
        known = ", ".join(Kind)
        raise tk.Invalid(tk._("“{value}” is not known. Use one of: {known}.").format(value=value, known=known))
    return Kind(value)


def reason_of(value: Any) -> str:
    """Why a day is transferred."""
    text = value.strip() if isinstance(value, str) else ""
    if not 1 <= len(text) <= MAX_REASON:
        message = tk._("Say why the day is transferred, in at most {limit} characters: the act that transfers it.")
        raise tk.Invalid(message.format(limit=MAX_REASON))
    return text


def day_set() -> Schema:
    """:returns: schema of ``calendar_day_set``"""
    needed = tk.get_validator("not_empty")
    return {"date": [needed, date_of], "kind": [needed, kind_of], "reason": [needed, reason_of]}


def day_delete() -> Schema:
    """:returns: schema of ``calendar_day_delete``"""
    return {"date": [tk.get_validator("not_empty"), date_of]}


def day_list() -> Schema:
    """:returns: schema of ``calendar_day_list``"""
    optional = tk.get_validator("ignore_empty")
    return {"first": [optional, date_of], "last": [optional, date_of]}


def explain() -> Schema:
    """:returns: schema of ``calendar_explain``"""
    optional, text = tk.get_validator("ignore_empty"), tk.get_validator("unicode_safe")
    return {
        "start": [tk.get_validator("not_empty"), moment_or_date],
        "term": [optional, text],
        "number": [optional, tk.get_validator("int_validator")],
        "unit": [optional, text],
    }
