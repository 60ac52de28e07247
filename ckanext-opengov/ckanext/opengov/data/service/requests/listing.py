"""Lists of requests: page by page from the database, words in their texts from the index."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pysolr
import sqlalchemy as sa
from ckan.common import config
from ckan.lib.search.common import make_connection

from ckanext.opengov.civic.interfaces import Link, MyItem
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests import notices
from ckanext.opengov.data.service.requests.states import OPEN, STATES, TYPE

ORDERS = ("newest", "support")
FIELDS = "title^3 text_kk text_ru text_en"
MOST_WORDS = 20
START = "*"
_WORD = re.compile(r"\w+")


def page(
    shown: sa.ColumnElement[bool], filters: Mapping[str, Any], order: str, limit: int
) -> tuple[list[DataRequest], str | None]:
    """A page and the cursor of the next one."""
    query = sa.select(DataRequest).where(shown)
    for name in ("agency_id", "state", "visibility"):
        if filters.get(name):
            query = query.where(getattr(DataRequest, name) == filters[name])
    if filters.get("overdue"):
        query = query.where(DataRequest.state.in_(OPEN), DataRequest.due_at < utc_now())
    if filters.get("cursor"):
        query = query.where(_place(order) < _position(filters["cursor"], order))
    query = query.order_by(*(column.desc() for column in _columns(order))).limit(limit + 1)
    found = list(model.Session.scalars(query))
    return found[:limit], _cursor(found[limit - 1], order) if len(found) > limit else None


def _columns(order: str) -> list[Any]:
    newest = [DataRequest.received_at, DataRequest.id]
    return [DataRequest.support, *newest] if order == "support" else newest


def _place(order: str) -> Any:
    return sa.tuple_(*_columns(order))


def _cursor(request: DataRequest, order: str) -> str:
    text = json.dumps([request.support, request.received_at.isoformat(), request.id, order])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _position(cursor: str, order: str) -> sa.Tuple:
    """:raises ValidationError: for a cursor that no page in this order gave"""
    try:
        support, moment, request_id, made_for = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        values: list[Any] = [sa.literal(dt.datetime.fromisoformat(moment)), sa.literal(str(request_id))]
        # A cursor of the other order lacks its key.
        first = {order: int(support)}[made_for]
        return sa.tuple_(sa.literal(first), *values) if order == "support" else sa.tuple_(*values)
    except (ValueError, TypeError, KeyError) as error:
        raise tk.ValidationError({"cursor": [tk._("This is not a cursor of the page before.")]}) from error


def words(text: str) -> str:
    """The words of a query and nothing that the index would take for an order."""
    return " ".join(_WORD.findall(text)[:MOST_WORDS])


def search(text: str, filters: Mapping[str, Any], limit: int) -> tuple[list[DataRequest], str | None]:
    """Public requests with all these words, the best first, and the mark of the next page.

    :raises ValidationError: for a mark that no page gave
    """
    conditions = [
        f"+dataset_type:{TYPE}",
        f'+site_id:"{config["ckan.site_id"]}"',
        "+permission_labels:public",
        "+state:active",
    ]
    if filters.get("agency_id"):
        conditions.append(f'owner_org:"{filters["agency_id"]}"')
    if filters.get("state"):
        conditions.append(f'request_state:"{filters["state"]}"')
    if filters.get("overdue"):
        conditions += [f"request_state:({' OR '.join(OPEN)})", "due_date:[* TO NOW/MINUTE]"]
    cursor = filters.get("cursor") or START
    parameters = {"defType": "edismax", "qf": FIELDS, "q.op": "AND", "fl": "id", "rows": limit}
    order = {"sort": "score desc, index_id asc", "cursorMark": cursor}
    try:
        answer = make_connection().search(words(text), fq=conditions, **parameters, **order)
    except pysolr.SolrError as error:
        raise tk.ValidationError({"q": [tk._("The search does not answer. Try again in a minute.")]}) from error
    # Going over the answer itself, pysolr would fetch every further page.
    ids = [one["id"] for one in answer.docs]
    found = {one.id: one for one in model.Session.scalars(sa.select(DataRequest).where(DataRequest.id.in_(ids)))}
    kept = [found[one] for one in ids if one in found and found[one].visibility == "public"]
    following = answer.nextCursorMark
    return kept, following if following != cursor and len(ids) == limit else None


def my_items(user_id: str, before: dt.datetime | None, limit: int) -> Iterable[MyItem]:
    """What a person asked for and what became of it."""
    query = sa.select(DataRequest).where(DataRequest.author_id == user_id)
    if before:
        query = query.where(DataRequest.received_at < before)
    for one in model.Session.scalars(query.order_by(DataRequest.received_at.desc()).limit(limit)):
        yield MyItem(
            title=one.title,
            url=notices.page(one),
            state=tk._(STATES[one.state]),
            at=one.received_at,
            public=one.visibility == "public",
            became=tuple(_became(one)),
        )


def _became(request: DataRequest) -> Iterable[Link]:
    for dataset_id in request.datasets:
        package = model.Package.get(dataset_id)
        if package is not None and package.state == "active":
            yield Link(package.title or package.name, f"/dataset/{package.name}")
    if request.state == "refused":
        yield Link(tk._("Why it was refused"), f"{notices.page(request)}#answer")
    joined = model.Session.get(DataRequest, request.joined_with) if request.joined_with else None
    if joined is not None:
        yield Link(joined.title, notices.page(joined))
