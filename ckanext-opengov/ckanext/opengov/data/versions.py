"""``ETag`` and ``Last-Modified`` of answers about tables, and the short answer to who has the same already."""

from __future__ import annotations

import datetime as dt
import hashlib

import ckan.model as model
from flask import Response, g, has_request_context, request

from ckanext.opengov.data.model.tables import TableLoad
from ckanext.opengov.data.service.query import Reading

_HELD = "opengov_data_version"


def note(found: Reading) -> str:
    """Remember, for the answer to this request, which state of a table it is about.

    :returns: the entity tag: another one for every state of the table and every question
    """
    if not has_request_context():
        return found.stamp()
    content = f"{found.resource_id} {found.stamp()} {request.full_path}"
    tag = hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest()[:32]
    g.setdefault(_HELD, (tag, _changed_at(found)))
    return tag


def _changed_at(found: Reading) -> dt.datetime | None:
    """When the rows changed last; None when only CKAN's own actions could know."""
    if found.number is not None:
        return found.at
    load = model.Session.get(TableLoad, found.resource_id)
    return load.finished_at if load else None


def after(response: Response) -> Response:
    """After each request: the validators, and 304 for who holds this state. Whoever may read it was checked before."""
    held: tuple[str, dt.datetime | None] | None = g.pop(_HELD, None)
    if held is None or response.status_code != 200 or request.method not in ("GET", "HEAD"):
        return response
    tag, moment = held
    # Weak: the front packs answers.
    response.set_etag(tag, weak=True)
    if moment:
        response.last_modified = moment
    response.make_conditional(request)
    return response


def is_known(tag: str) -> bool:
    """Whether the asker holds this state, so that nothing needs to be made for them."""
    return request.if_none_match.contains_weak(tag)
