"""The addresses of the older open data portal: ``/api/v4``, ``/api/detailed``, ``/meta``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.common import current_user
from ckan.lib.api_token import get_user_from_token
from ckan.types import Context
from flask import Blueprint, Response, jsonify, request

from ckanext.opengov.civic.service import limits
from ckanext.opengov.data import counting, push_messages, versions
from ckanext.opengov.data.service import facade, query, usage
from ckanext.opengov.data.service.facade import source, tables
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.query import build, cursors
from ckanext.opengov.data.views import api_answers as answers

blueprint = Blueprint("opengov_data_facade", __name__)
blueprint.after_request(answers.open_to_all)

MOST_TABLES = 10


@blueprint.get("/api/v4/<uri>")
@blueprint.get("/api/v4/<uri>/<version>")
def rows(uri: str, version: str | None = None) -> Response:
    """Records as a bare list. Where the next page begins is in the header ``X-Search-After``."""
    with answers.refused() as refused:
        page = _page(_known(uri, version))
        response = jsonify(page["records"])
        if page["after"]:
            response.headers["X-Search-After"] = json.dumps(page["after"])
        return response
    return _refusal(refused)


@blueprint.get("/api/v4/mapping/<uri>")
@blueprint.get("/api/v4/mapping/<uri>/<version>")
def mapping(uri: str, version: str | None = None) -> Response:
    """The types of the fields."""
    with answers.refused() as refused:
        found = _known(uri, version)
        return jsonify(tables.mapping(found, _columns(found)))
    return _refusal(refused)


@blueprint.get("/api/detailed/<uris>")
@blueprint.get("/api/detailed/<uris>/<version>")
def detailed(uris: str, version: str | None = None) -> Response:
    """Records of one or several tables, one after the other, and how many there are."""
    with answers.refused() as refused:
        wanted = [one for one in uris.split(",") if one][:MOST_TABLES]
        return jsonify(_joined([_known(one, version) for one in wanted]))
    return _refusal(refused)


@blueprint.get("/meta/<uri>")
@blueprint.get("/meta/<uri>/<version>")
def meta(uri: str, version: str | None = None) -> Response:
    """The passport and the fields."""
    with answers.refused() as refused:
        found = _known(uri, version)
        shown = tk.get_action("package_show")(_context(), {"id": found.package.id})
        titles, notes = (_texts(shown, name) for name in ("title", "notes"))
        return jsonify(
            {
                "apiUri": found.uri,
                "version": found.version,
                "fullnameRu": titles["ru"],
                "fullnameKk": titles["kk"],
                "descriptionRu": notes["ru"],
                "descriptionKk": notes["kk"],
                "modifiedDate": str(shown.get("modified") or shown["metadata_modified"])[:10],
                "fields": tables.fields(found, _columns(found)),
            }
        )
    return _refusal(refused)


def _texts(shown: Mapping[str, Any], name: str) -> dict[str, str]:
    known = shown.get(f"{name}_translated") or {}
    return {code: known.get(code) or shown.get(name) or "" for code in ("kk", "ru")}


def _refusal(refused: answers.Refused) -> Response:
    """An object with ``error``, as those clients expect it."""
    error = dict(refused.error)
    kind = error.pop("__type", "")
    message = error.pop("message", "") or " ".join(str(text) for texts in error.values() for text in texts)
    response = jsonify({"error": message, "type": kind, "status": refused.status})
    response.status_code = 400 if refused.status == 409 else refused.status
    return response


def _context() -> Context:
    """The visitor, or whose token the parameter ``apiKey`` is. Keys of the older portal name nobody here."""
    user = current_user if current_user.is_authenticated else None
    key = request.args.get("apiKey")
    # A token of this portal has three parts; anything else would only fill the log.
    if user is None and key and key.count(".") == 2:
        user = get_user_from_token(key, update_access_time=False)
    return {"user": user.name if user else "", "auth_user_obj": user}  # pyright: ignore[reportReturnType]


def _known(uri: str, version: str | None) -> facade.Found:
    context = _context()
    user: Any = context.get("auth_user_obj")
    limits.check("data_query", user_id=user.id if user else None, address=limits.client_address())
    found = facade.find(uri, version)
    if found is None:
        message = tk._("There is no data set “{name}” with a table of this version.")
        raise tk.ObjectNotFound(message.format(name=uri[:100]))
    tk.check_access("data_query", context, {"resource_id": found.resource_id})
    dataset_id = counting.dataset_of(found.package.id)
    if dataset_id:
        usage.count("api_calls", dataset_id)
    return found


def _columns(found: facade.Found) -> Mapping[str, str]:
    with query.reading(found.resource_id, query.SECONDS) as table:
        return _there(table).columns


def _there(table: query.Reading | None) -> query.Reading:
    if table is None:
        raise tk.ObjectNotFound(tk._("This resource has no table."))
    return table


def _page(found: facade.Found, skip: int | None = None, size: int | None = None, total: bool = False) -> dict[str, Any]:
    """One page; ``skip`` and ``size`` stand for those of the source."""
    try:
        with query.told(query.SECONDS), query.reading(found.resource_id, query.SECONDS) as opened:
            return _answered(_there(opened), skip, size, total)
    except Faulty as problem:
        raise tk.ValidationError({"source": push_messages.sentences(problem.findings)}) from None


def _answered(table: query.Reading, skip: int | None, size: int | None, total: bool) -> dict[str, Any]:
    versions.note(table)
    asked = facade.compiled(request.args.get("source"), table.columns)
    size = asked.size if size is None else size
    question = {**asked.question, "limit": max(size, 1), "skip": asked.start if skip is None else skip, "total": total}
    wish = query.read(question, table.columns)
    length = len(build.order(wish))
    if asked.after is not None:
        source.is_place(asked.after, length)
        wish = replace(wish, skip=0, cursor=cursors.written(wish, None, asked.after))
    answer = query.answered(table, wish)
    after = cursors.read(replace(wish, cursor=answer["next"]), length) if answer["next"] and size else None
    return {
        "records": answer["records"][:size],
        "total": answer.get("total"),
        "after": list(after.values) if after else None,
    }


def _joined(found: list[facade.Found]) -> dict[str, Any]:
    """Tables one after the other; ``from`` and ``size`` count through all of them."""
    if not found:
        raise tk.ObjectNotFound(tk._("Name at least one data set."))
    columns = _columns(found[0])
    try:
        asked = facade.compiled(request.args.get("source"), columns)
    except Faulty as problem:
        raise tk.ValidationError({"source": push_messages.sentences(problem.findings)}) from None
    skip, left, count = asked.start, asked.size, 0
    records: list[dict[str, Any]] = []
    for one in found:
        page = _page(one, skip, left, total=True)
        records += page["records"]
        left -= len(page["records"])
        skip = max(0, skip - page["total"])
        count += page["total"]
    model.Session.rollback()
    return {"totalCount": count, "data": records}
