"""Which requests count as uses of a data set: downloads of its files, and reads by the action API.

Views are counted by the page itself (``assets/seen.js``): the front answers most visitors without asking CKAN.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from ckanext.opengov.data.service import usage

DOWNLOADS = frozenset({"dataset_resource.download", "resource.download", "opengov_data_rows.export"})
# Addresses for programs that name a file of the data set.
CALLS = frozenset({"opengov_data_rows.rows", "opengov_data_rows.changes"})
# Action → the parameter that names the data set or one of its files.
READS: Mapping[str, str] = {
    "package_show": "id",
    "resource_show": "id",
    "datastore_search": "resource_id",
    "data_query": "resource_id",
    "data_diff": "resource_id",
}


def after(response: Response) -> Response:
    """After each request."""
    if response.status_code >= 400 or request.method not in ("GET", "POST"):
        return response
    endpoint, given = request.endpoint or "", request.view_args or {}
    if endpoint in DOWNLOADS:
        _count("downloads", given.get("resource_id"))
    elif endpoint in CALLS:
        _count("api_calls", given.get("resource_id"))
    elif endpoint == "api.action" and given.get("logic_function") in READS:
        _count("api_calls", _named(READS[given["logic_function"]]))
    return response


def _named(parameter: str) -> Any:
    if request.method == "GET":
        return request.args.get(parameter)
    body = request.get_json(silent=True)
    return body.get(parameter) if isinstance(body, dict) else None


def _count(kind: str, reference: Any) -> None:
    try:
        dataset_id = dataset_of(reference)
    except SQLAlchemyError:
        # The answer is whole; what can't be counted must not spoil it.
        model.Session.rollback()
        return
    if dataset_id:
        usage.count(kind, dataset_id)


def dataset_of(reference: Any) -> str | None:
    """The id of the public data set that a reference names, or to which the file it names belongs."""
    if not isinstance(reference, str) or not reference.isprintable():
        return None
    resource = model.Session.get(model.Resource, reference)
    package = model.Package.get(resource.package_id if resource else reference)
    if package is None or package.type != "dataset" or package.state != "active" or package.private:
        return None
    return package.id
