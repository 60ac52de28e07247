"""Tables for programs: pages of rows, whole files, changes. The same questions as ``data_query``, as addresses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.common import current_user
from ckan.types import Context
from flask import Blueprint, Response, jsonify, request
from werkzeug.utils import secure_filename

from ckanext.opengov.civic.service import limits
from ckanext.opengov.data import push_messages, versions
from ckanext.opengov.data.logic.schema import query as schema
from ckanext.opengov.data.service import exports, query
from ckanext.opengov.data.service.exports.making import SECONDS
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.query.places import Place
from ckanext.opengov.data.views import api_answers as answers

blueprint = Blueprint("opengov_data_rows", __name__, url_prefix="/api/rows")
blueprint.after_request(answers.open_to_all)

KINDS = ",".join(exports.FORMATS)


@blueprint.get("/<resource_id>")
def rows(resource_id: str) -> Response:
    """A page of ``data_query``: its parameters stand in the query, objects as JSON."""
    return _acted("data_query", resource_id)


@blueprint.get("/<resource_id>/changes")
def changes(resource_id: str) -> Response:
    """``data_diff``."""
    return _acted("data_diff", resource_id)


def _acted(action: str, resource_id: str) -> Response:
    asked = {**request.args.to_dict(), "resource_id": resource_id}
    with answers.refused() as refused:
        return jsonify(tk.get_action(action)(_context(), asked))
    return refused.response()


def _context() -> Context:
    return {"user": current_user.name, "auth_user_obj": current_user}  # pyright: ignore[reportReturnType]


@blueprint.get(f"/<resource_id>.<any({KINDS}):kind>")
def export(resource_id: str, kind: str) -> Response:
    """All rows that match, as a file, sent as they come from the database."""
    with answers.refused() as refused:
        return _exported(resource_id, kind)
    return refused.response()


def _exported(resource_id: str, kind: str) -> Response:
    wish, errors = tk.navl_validate(request.args.to_dict(), schema.question(), _context())
    if errors:
        raise tk.ValidationError(errors)
    tk.check_access("data_query", _context(), {"resource_id": resource_id})
    limits.check("data_export", user_id=getattr(current_user, "id", None), address=limits.client_address())
    name = _file_name(resource_id, kind)
    # No transaction of CKAN's database stays open while rows go.
    model.Session.rollback()
    with ExitStack() as stack:
        found = stack.enter_context(query.reading(resource_id, SECONDS))
        if found is None:
            raise tk.ObjectNotFound(tk._("This resource has no table."))
        if versions.is_known(versions.note(found)) or request.method == "HEAD":
            return _named(Response(status=200), kind, name)
        try:
            limit = wish["limit"] if "limit" in request.args else None
            pieces = exports.export(found, _order(kind, wish, found), limit)
        except Faulty as problem:
            raise tk.ValidationError({"query": push_messages.sentences(problem.findings)}) from None
        return _sent(pieces, stack.pop_all(), kind, name)


def _order(kind: str, wish: dict[str, Any], found: query.Reading) -> exports.Export:
    place = Place(*(request.args.get(name, "") for name in ("lat", "lon", "point")))
    return exports.Export(
        wish=query.read({**wish, "limit": 1, "cursor": None}, found.columns),
        kind=kind,
        for_spreadsheets=request.args.get("spreadsheet") == "true",
        place=place if place.point or (place.latitude and place.longitude) else None,
    )


def _file_name(resource_id: str, kind: str) -> str:
    resource = model.Session.get(model.Resource, resource_id)
    package = model.Session.get(model.Package, resource.package_id) if resource else None
    return f"{secure_filename(package.name) if package else 'rows'}.{kind}"


def _sent(pieces: Iterator[bytes], stack: ExitStack, kind: str, name: str) -> Response:
    def body() -> Iterator[bytes]:
        with stack:
            yield from pieces

    response = _named(Response(body()), kind, name)
    # A body that nobody begins to read lets go of the database, too.
    response.call_on_close(stack.close)
    return response


def _named(response: Response, kind: str, name: str) -> Response:
    response.headers["Content-Type"] = exports.FORMATS[kind].mimetype
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
