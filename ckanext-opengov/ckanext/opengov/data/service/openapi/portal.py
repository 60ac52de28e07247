"""The description of everything that programs may ask the portal for open data."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.opengov.data.service.facade.source import KEYS
from ckanext.opengov.data.service.openapi import parts
from ckanext.opengov.data.service.openapi.parts import Part

_RESOURCE = {"type": "string", "minLength": 1}
_SOURCE = {"size": 2, "query": {"match_all": {}}}


def of_portal(server: str, title: str) -> Part:
    """The whole description.

    :param server: the portal's address
    :param title: its name
    """
    paths = {**_catalogue(), **_tables(), **_writing(), **_older()}
    text = tk._(
        "Everything is read without a key. With a token in the header Authorization the limits are counted by it; each"
        " answer tells in RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset what is left."
    )
    return parts.document(tk._("{portal}: API of open data").format(portal=title), text, server, paths)


def _action(name: str) -> str:
    return f"/api/3/action/{name}"


def _catalogue() -> Part:
    start = {"type": "integer", "minimum": 0, "maximum": 100_000}
    rows = {"type": "integer", "minimum": 0, "maximum": 1000, "default": 10}
    found = parts.action_answer(tk._("The data sets that were found."), {"type": "object"})
    dataset = parts.action_answer(tk._("The passport, with its tables and files."), {"type": "object"})
    used = parts.action_answer(tk._("Views, downloads and calls of the API."), {"type": "object"})
    identifier = parts.parameter("id", _RESOURCE, tk._("Name or id of the data set.")) | {"required": True}
    search = [
        parts.parameter("q", {"type": "string"}, tk._("Words to search for.")),
        parts.parameter("rows", rows),
        parts.parameter("start", start),
    ]
    names = parts.parameter("name", _RESOURCE, tk._("Name or id of the data set."), place="path")
    described = parts.answered(tk._("The description of one data set."), {"type": "object"})
    errors = ("403", "404", "409")
    return {
        _action("package_search"): parts.get(
            "searchDatasets", tk._("Search the data sets"), search, found, errors=("400", "409")
        ),
        _action("package_show"): parts.get(
            "showDataset", tk._("Read a passport"), [identifier], dataset, errors=errors
        ),
        _action("data_usage_show"): parts.get(
            "showUsage", tk._("Read how often a data set is used"), [identifier], used, errors=errors
        ),
        "/dataset/{name}/openapi.json": parts.get(
            "describeDataset", tk._("Describe a data set"), [names], described, errors=("403", "404")
        ),
    }


def _tables() -> Part:
    resource = parts.parameter("resource", _RESOURCE, tk._("Id of the table."), place="path")
    queried = parts.parameter("resource_id", _RESOURCE, tk._("Id of the table.")) | {"required": True}
    errors = ("403", "404", "409")
    question = parts.question()
    page = parts.answered(tk._("A page of records."), parts.ref("Page"))
    acted = parts.action_answer(tk._("A page of records."), parts.ref("Page"))
    structure = parts.action_answer(tk._("The structure as a Table Schema."), {"type": "object"})
    return {
        "/api/rows/{resource}": parts.get(
            "readRows", tk._("Read rows"), [resource, *question, *parts.walking()], page, errors=errors
        ),
        "/api/rows/{resource}.{format}": parts.get(
            "exportRows",
            tk._("Download a table"),
            [resource, parts.formats(), *question, *parts.file_parameters()],
            parts.file_answer(),
            errors=errors,
        ),
        "/api/rows/{resource}/changes": parts.get(
            "readChanges",
            tk._("Read what changed between two versions"),
            [resource, *parts.changes()],
            parts.changes_answer(),
            errors=errors,
        ),
        _action("data_query"): parts.get(
            "query", tk._("Read rows by the action API"), [queried, *question, *parts.walking()], acted, errors=errors
        ),
        _action("data_structure_show"): parts.get(
            "showStructure", tk._("Read the structure of a table"), [queried], structure, errors=errors
        ),
    }


def _writing() -> Part:
    resource = parts.parameter("resource", _RESOURCE, tk._("Id of the table."), place="path")
    options = [
        parts.parameter("mode", {"type": "string", "enum": ["upsert", "replace", "delete"]}),
        parts.parameter("dry_run", {"type": "boolean"}, tk._("Check everything and change nothing.")),
        parts.parameter("Idempotency-Key", {"type": "string"}, place="header"),
    ]
    content = {kind: {"schema": {"type": "string"}} for kind in ("text/csv", "application/x-ndjson")}
    receipt = parts.action_answer(tk._("The receipt: how many rows are new, changed, the same."), {"type": "object"})
    return {
        "/api/push/{resource}": {
            "post": {
                "operationId": "pushRows",
                "summary": tk._("Send rows into a table"),
                "parameters": [resource, *options],
                "requestBody": {"required": True, "content": content},
                "security": [{"token": []}],
                "responses": {"200": receipt, **parts.refused(("403", "404", "409"))},
            }
        }
    }


def _older() -> Part:
    """The addresses of the portal before."""
    uri = parts.parameter("apiUri", _RESOURCE, tk._("Name of the data set, or what its system calls it."), place="path")
    several = parts.parameter("apiUris", _RESOURCE, tk._("Several names, with commas."), place="path")
    version = parts.parameter("version", {"type": "string"}, "v1 … vN, data", place="path", example="data")
    key = parts.parameter("apiKey", {"type": "string"})
    asked = tk._("Question in the words of the older portal: {keys}.").format(keys=", ".join(KEYS))
    source = parts.json_parameter("source", asked, _SOURCE)
    errors = ("400", "403", "404")
    records = {"type": "array", "items": {"type": "object"}}
    counted = {
        "type": "object",
        "required": ["totalCount", "data"],
        "properties": {"totalCount": {"type": "integer"}, "data": records},
    }
    rows, mapped = tk._("Records as a list"), tk._("Types of the fields")
    older = tk._("As the older portal answered.")
    plain = {"type": "object"}
    reads = (
        ("/api/v4/{apiUri}", "v4Newest", rows, [uri, key, source], records),
        ("/api/v4/{apiUri}/{version}", "v4", rows, [uri, version, key, source], records),
        ("/api/v4/mapping/{apiUri}", "v4MappingNewest", mapped, [uri, key], plain),
        ("/api/v4/mapping/{apiUri}/{version}", "v4Mapping", mapped, [uri, version, key], plain),
        (
            "/api/detailed/{apiUris}",
            "detailedNewest",
            tk._("Records with their number"),
            [several, key, source],
            counted,
        ),
        ("/meta/{apiUri}/{version}", "meta", tk._("Passport and fields"), [uri, version, key], plain),
    )
    return {
        path: _with_plain_errors(parts.get(name, title, parameters, parts.answered(older, schema), errors=errors))
        for path, name, title, parameters, schema in reads
    }


def _with_plain_errors(path: Part) -> Part:
    """Their errors are a sentence."""
    schema = {"type": "object", "required": ["error"]}
    for state, answer in path["get"]["responses"].items():
        if state.startswith("4"):
            answer["content"] = {"application/json": {"schema": schema}}
    return path
