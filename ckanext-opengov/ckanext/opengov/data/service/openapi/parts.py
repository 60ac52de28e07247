"""The pieces of which descriptions are made. Texts are in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.data.service.exports import FORMATS

Part = dict[str, Any]
VERSION = "3.1.0"
MOST_ROWS = 10_000
_JSON = "application/json"
# PostgreSQL's type → the schema of its values. A number with more digits than JSON's readers keep comes as a text.
_KINDS: Mapping[str, Part] = {
    **{name: {"type": ["integer", "null"]} for name in ("int2", "int4", "int8")},
    **{name: {"type": ["number", "string", "null"]} for name in ("numeric", "float4", "float8")},
    "bool": {"type": ["boolean", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "timestamptz": {"type": ["string", "null"], "format": "date-time"},
}


def value(kind: str) -> Part:
    """The schema of a field's values."""
    return dict(_KINDS.get(kind, {"type": ["string", "null"]}))


def document(title: str, description: str, server: str, paths: Part) -> Part:
    """A whole description."""
    return {
        "openapi": VERSION,
        "info": {"title": title, "description": description, "version": "1"},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": {"Error": _error_schema(), "Page": page_schema({"type": "object"})},
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }


def _error_schema() -> Part:
    return {
        "type": "object",
        "required": ["success", "error"],
        "properties": {
            "success": {"const": False},
            "error": {
                "type": "object",
                "properties": {"__type": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    }


def page_schema(record: Part) -> Part:
    """A page of records."""
    return {
        "type": "object",
        "required": ["fields", "records", "next"],
        "properties": {
            "fields": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "type"],
                    "properties": {"id": {"type": "string"}, "type": {"type": "string"}},
                },
            },
            "records": {"type": "array", "items": record},
            "next": {"type": ["string", "null"], "description": tk._("Give it as “cursor” to get the next page.")},
            "total": {"type": "integer"},
            "version": {"type": ["integer", "null"]},
            "changed": {"type": "boolean"},
        },
    }


def get(name: str, summary: str, parameters: Iterable[Part], answer: Part, *, errors: Iterable[str] = ()) -> Part:
    """An address that is read.

    :param errors: the states of refusal beside 429
    """
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": list(parameters),
            "responses": {
                "200": answer,
                "304": {"description": tk._("You have this state already.")},
                **refused(errors),
            },
        }
    }


def refused(states: Iterable[str]) -> Part:
    """The answers of refusal."""
    texts = {
        "400": tk._("The question cannot be read."),
        "403": tk._("You may not see this."),
        "404": tk._("There is no such thing."),
        "409": tk._("Something in the question is wrong; the answer says what."),
        "429": tk._("That was too often; Retry-After says how many seconds to wait."),
    }
    return {state: {"description": texts[state], **_content(ref("Error"))} for state in (*states, "429")}


def ref(name: str) -> Part:
    """A schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def _content(schema: Part) -> Part:
    return {"content": {_JSON: {"schema": schema}}}


def answered(description: str, schema: Part) -> Part:
    """An answer in JSON."""
    return {"description": description, **_content(schema)}


def action_answer(description: str, result: Part) -> Part:
    """An answer of the action API."""
    properties = {"success": {"const": True}, "help": {"type": "string"}, "result": result}
    return answered(description, {"type": "object", "required": ["success", "result"], "properties": properties})


def parameter(name: str, schema: Part, description: str = "", *, place: str = "query", example: Any = None) -> Part:
    """A parameter; those of the path are needed."""
    part: Part = {"name": name, "in": place, "schema": schema}
    if description:
        part["description"] = description
    if place == "path":
        part["required"] = True
    if example is not None:
        part["example"] = example
    return part


def json_parameter(name: str, description: str, example: Any) -> Part:
    """A parameter that holds an object as JSON."""
    schema = {"type": "object"}
    return {
        "name": name,
        "in": "query",
        "description": description,
        "content": {_JSON: {"schema": schema, "example": example}},
    }


def names(name: str, description: str, known: Iterable[str] = (), example: str | None = None) -> Part:
    """A parameter with names that commas part."""
    items: Part = {"type": "string"}
    listed = list(known)
    if listed:
        items["enum"] = listed
    part = parameter(name, {"type": "array", "items": items}, description, example=[example] if example else None)
    return {**part, "style": "form", "explode": False}


def question(fields: Iterable[str] = (), example: Part | None = None) -> list[Part]:
    """The parameters of ``data_query`` but the table."""
    known = list(fields)
    first = known[0] if known else None
    return [
        names("fields", tk._("Fields to return; all when none are named."), known, first),
        json_parameter(
            "filters",
            tk._(
                "Field and value, or field and comparisons: eq, ne, lt, le, gt, ge, in, contains, starts, words, empty."
            ),
            example or {},
        ),
        parameter("q", {"type": "string", "maxLength": 1000}, tk._("Words that must all be in the text fields.")),
        names("sort", tk._("Names of fields; with a minus before them downwards."), example=first),
        names("group", tk._("One record for each value; of dates also field:year, of numbers a step: field:100.")),
        json_parameter(
            "aggregates",
            tk._("Name of a figure and its function: count, sum, avg, min, max, distinct, median, percentile."),
            {"n": "count"},
        ),
        limit(),
        parameter("version", {"type": "integer", "minimum": 0}, tk._("The rows as they stood after this push.")),
        parameter("as_of", {"type": "string"}, tk._("The rows as they were at the end of a day, or at a time.")),
    ]


def limit() -> Part:
    """How many records."""
    return parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": 100})


def walking() -> list[Part]:
    """What pages have beside the question."""
    total = tk._("Count all records, which takes longer.")
    return [
        parameter("cursor", {"type": "string"}, tk._("“next” of the page before.")),
        parameter("total", _flag(), total),
    ]


def _flag() -> Part:
    return {"type": "boolean", "default": False}


def file_answer() -> Part:
    """A whole table as a file."""
    content = {one.mimetype.partition(";")[0]: {"schema": {}} for one in FORMATS.values()}
    return {"description": tk._("The file, sent as its rows come."), "content": content}


def file_parameters() -> list[Part]:
    """What exports have beside the question."""
    return [
        parameter(
            "spreadsheet",
            _flag(),
            tk._("CSV for programs that calculate: texts that they would take for a formula get an apostrophe."),
        ),
        parameter("lat", {"type": "string"}, tk._("The field with the latitude, for GeoJSON.")),
        parameter("lon", {"type": "string"}, tk._("The field with the longitude, for GeoJSON.")),
        parameter("point", {"type": "string"}, tk._("The field with both, longitude first.")),
    ]


def formats() -> Part:
    """The format of a file, a part of its address."""
    return parameter("format", {"type": "string", "enum": list(FORMATS)}, place="path", example="csv")


def changes() -> list[Part]:
    """The parameters of ``data_diff`` but the table."""
    text = {"type": "string"}
    return [
        parameter("from", text, tk._("The earlier version: the number of a push, a day or a time.")),
        parameter("to", text, tk._("The later one; the table as it stands when there is none.")),
        limit(),
        parameter("cursor", text, tk._("“next” of the page before.")),
    ]


def changes_answer() -> Part:
    """What is different."""
    record = {
        "type": "object",
        "properties": {
            "change": {"enum": ["added", "changed", "deleted"]},
            "key": {"type": "object"},
            "before": {"type": ["object", "null"]},
            "after": {"type": ["object", "null"]},
            "fields": {"type": "array", "items": {"type": "string"}},
        },
    }
    properties = {
        "from": {"type": "integer"},
        "to": {"type": "integer"},
        "counts": {"type": "object"},
        "records": {"type": "array", "items": record},
        "next": {"type": ["string", "null"]},
    }
    return answered(tk._("What is different."), {"type": "object", "properties": properties})
