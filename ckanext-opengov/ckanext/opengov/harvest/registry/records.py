"""Applying a mapping to rows: a record in the portal's words, its key, and a hash of what it says."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from ckanext.opengov.harvest.listing import BadRow, Listing, Record, SourceRow
from ckanext.opengov.harvest.messages import N_, RowError, SourceError
from ckanext.opengov.harvest.registry.mapping import FieldRule, RegistryMapping

SHOWN_VALUES = 10
LONGEST_KEY = 500


def apply(mapping: RegistryMapping, listing: Listing) -> tuple[dict[str, Record], list[BadRow]]:
    """Turn every row into a record; a row that can't be one is reported and does not stop the others.

    :returns: the records by key, and the bad rows, those that could not even be read included
    """
    records: dict[str, Record] = {}
    bad = list(listing.bad)
    for row in listing.rows:
        key = None
        try:
            key = row_key(mapping, row)
            _check_single(mapping, key, records)
            records[key] = Record(row.place, key, row_data(mapping, row))
        except RowError as problem:
            bad.append(BadRow(row.place, problem.field, problem.message, key))
    return records, sorted(bad, key=lambda row: row.place)


def _check_single(mapping: RegistryMapping, key: str, records: Mapping[str, Record]) -> None:
    if key in records:
        message = N_("The key “{key}” already stands in row {place}. A key must be there once.")
        raise RowError(", ".join(mapping.key), message, key=key, place=records[key].place)


def check_columns(mapping: RegistryMapping, listing: Listing) -> None:
    """Refuse a list that lacks a column which the mapping reads. No officer can confirm that: the mapping must change.

    :raises SourceError: ``mapping``, naming the missing and the present columns
    """
    present = set(listing.columns) | {column for row in listing.rows for column in row.values}
    missing = sorted(mapping.columns - present)
    if missing and listing.rows:
        message = N_("The list lacks columns that the mapping reads: {missing}. Its columns: {columns}.")
        raise SourceError("mapping", message, missing=", ".join(missing), columns=", ".join(listing.columns))


def row_key(mapping: RegistryMapping, row: SourceRow) -> str:
    """What tells this row from the others: one value, or several as a JSON list, which can't be mixed up."""
    parts = []
    for column in mapping.key:
        part = _scalar(column, row.values.get(column))
        if not part:
            raise RowError(column, N_("The key is blank. Every row needs a value here."))
        parts.append(part)
    key = parts[0] if len(parts) == 1 else json.dumps(parts, ensure_ascii=False)
    if len(key) > LONGEST_KEY:
        raise RowError(", ".join(mapping.key), N_("The key is longer than {limit} characters."), limit=LONGEST_KEY)
    return key


def row_data(mapping: RegistryMapping, row: SourceRow) -> dict[str, Any]:
    """The record of a row. ``agency`` is in it when the mapping says where it comes from."""
    data = _fields(mapping.fields, row.values)
    if mapping.agency:
        data["agency"] = value_of(mapping.agency, row.values)
    resources = [_fields(rules, row.values) for rules in mapping.resources]
    if mapping.resources:
        data["resources"] = [resource for resource in resources if resource.get("url")]
    return data


def _fields(rules: tuple[FieldRule, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for rule in rules:
        name, _, part = rule.target.partition(".")
        value = value_of(rule, values)
        if not part:
            data[name] = value
        else:
            data.setdefault(name, {})[part] = value
    return data


def value_of(rule: FieldRule, values: Mapping[str, Any]) -> str | list[str] | None:
    """The value that a rule makes of a row; None when the source leaves it blank and there is no default.

    :raises RowError: with the value and what would be right
    """
    found = _origin(rule, values)
    if isinstance(found, list):
        return [_finish(rule, item) for item in found] or _split(rule, rule.default)
    if not found:
        return _split(rule, rule.default)
    if rule.split:
        return [_finish(rule, item) for item in _split(rule, found) or []]
    return _finish(rule, found)


def _origin(rule: FieldRule, values: Mapping[str, Any]) -> str | list[str] | None:
    if rule.constant is not None:
        return [rule.constant] if rule.split else rule.constant
    if rule.template is not None:
        return _filled(rule.template, rule.columns, values)
    if rule.joined_with is not None:
        parts = [_scalar(column, values.get(column)) for column in rule.columns]
        return rule.joined_with.join(part for part in parts if part)
    column = rule.columns[0]
    value = values.get(column)
    if isinstance(value, list):
        return [text for item in value if (text := _scalar(column, item))]
    return _scalar(column, value)


def _filled(template: str, columns: tuple[str, ...], values: Mapping[str, Any]) -> str | None:
    parts = {column: _scalar(column, values.get(column)) for column in columns}
    if not any(parts.values()):
        return None
    for column, part in parts.items():
        template = template.replace("{" + column + "}", part.replace("{", "(").replace("}", ")"))
    return template


def _split(rule: FieldRule, text: str | None) -> Any:
    if text is None or not rule.split:
        return text
    return [part.strip() for part in text.split(rule.split) if part.strip()]


def _scalar(column: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        raise RowError(column, N_("One value is expected here, the source gives a list or an object."))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", str(value)).strip()
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise RowError(column, N_("The value has characters that are not text."))
    return text


def _finish(rule: FieldRule, text: str) -> str:
    where = rule.columns[0] if rule.columns else rule.target
    if rule.values is not None:
        text = _translated(rule, where, text)
    if rule.date:
        try:
            return dt.datetime.strptime(text, rule.date).date().isoformat()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            message = N_("“{value}” is not a date of the form {form}.")
            raise RowError(where, message, value=text, form=rule.date) from None
    return text


def _translated(rule: FieldRule, where: str, text: str) -> str:
    values = rule.values or {}
    if text in values:
        return values[text]
    if rule.default is not None:
        return rule.default
    known = ", ".join(list(values)[:SHOWN_VALUES])
    message = N_("“{value}” is not in the list of values of the mapping. It has: {known}.")
    raise RowError(where, message, value=text, known=known)
