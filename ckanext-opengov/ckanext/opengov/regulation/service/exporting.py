"""A whole discussion as one JSON:API document, row by row: neither the answer of the database nor the file ever stands
in memory.

https://jsonapi.org/format/1.1/: ``data`` are the comments, ``included`` the act, its parts and the responses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.discussion import Comment
from ckanext.opengov.regulation.model.acts import DraftAct, Version, VersionPart
from ckanext.opengov.regulation.model.remarks import Remark, Response
from ckanext.opengov.regulation.service.answering import is_unkept

MEDIA_TYPE = "application/vnd.api+json"
ROWS_AT_ONCE = 1_000


def stream(act: DraftAct, address: str) -> Iterator[str]:
    """The document, piece by piece.

    :param address: full address of the act's page
    """
    head = {"jsonapi": {"version": "1.1"}, "links": {"self": f"{address}/discussion.json"}}
    yield f'{json.dumps(head)[:-1]}, "data": ['
    # Its own connection: the session of the request is gone when the last rows are sent.
    with model.Session.get_bind().connect() as connection:
        yield from _joined(_comments(connection, act, address))
        yield '\n], "included": ['
        yield from _joined(_included(connection, act, address))
    yield "\n]}\n"


def _joined(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    separator = "\n"
    for row in rows:
        yield separator + json.dumps(row, ensure_ascii=False)
        separator = ",\n"


def _rows(connection: Any, query: Any) -> Iterator[Any]:
    return iter(connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query))


def _comments(connection: Any, act: DraftAct, address: str) -> Iterator[dict[str, Any]]:
    hidden = ("text_original", "wording_original", "author_id")
    columns = [one for table in (Comment, Remark) for one in table.__table__.c if one.name not in hidden]
    labelled = [column.label(f"{column.table.name}__{column.name}") for column in columns]
    query = (
        sa.select(*labelled, Response.outcome, Response.version.label("answered_version"))
        .select_from(Remark)
        .join(Comment, Comment.id == Remark.comment_id)
        .outerjoin(Response, Response.id == Remark.response_id)
        .where(Remark.package_id == act.id, Comment.state.in_(("public", "hidden")))
        .order_by(Remark.position)
    )
    for row in _rows(connection, query):
        yield _comment(row._mapping, act, address)


class _Row:
    """A row of two tables as an object of one of them."""

    def __init__(self, row: Any, table: str) -> None:
        self._row, self._table = row, table

    def __getattr__(self, name: str) -> Any:
        return self._row[f"{self._table}__{name}"]


def _comment(row: Any, act: DraftAct, address: str) -> dict[str, Any]:
    comment: Any = _Row(row, "opengov_comment")
    remark: Any = _Row(row, "opengov_regulation_remark")
    is_public = comment.state == "public"
    response: Any = None
    if row["outcome"]:
        response = type("Answered", (), {"outcome": row["outcome"], "version": row["answered_version"]})
    related: dict[str, Any] = {"act": {"data": {"type": "draft-act", "id": act.number}}}
    if remark.place:
        part = f"{act.number}/{act.version}/{remark.language}/{remark.place}"
        related["part"] = {"data": {"type": "part", "id": part}}
    if remark.response_id:
        related["response"] = {"data": {"type": "response", "id": remark.response_id}}
    return {
        "type": "comment",
        "id": comment.id,
        "attributes": {
            "kind": remark.kind,
            "channel": remark.channel,
            "text": comment.text_public if is_public else None,
            "wording": remark.wording_public if is_public else None,
            "language": comment.language,
            "author_name": comment.author_name if is_public else None,
            "state": comment.state,
            "hidden_reason": comment.hidden_reason,
            "created_at": comment.created_at.isoformat(),
            "version": remark.version,
            "eid": remark.eid or None,
            "quote": remark.quote,
            "place": remark.place,
            "mark": remark.mark,
            "unkept": is_unkept(remark, response, act.version),
            "votes_for": comment.votes_for,
            "votes_against": comment.votes_against,
            "similar_group": comment.cluster_id,
        },
        "relationships": related,
        "links": {"self": f"{address}/comment/{comment.id}"},
    }


def _included(connection: Any, act: DraftAct, address: str) -> Iterator[dict[str, Any]]:
    yield {
        "type": "draft-act",
        "id": act.number,
        "attributes": {"title": act.title, "kind": act.kind, "state": act.state, "version": act.version},
        "links": {"self": address},
    }
    parts = (
        sa.select(*VersionPart.__table__.c)
        .join(Version, Version.id == VersionPart.version_id)
        .where(Version.package_id == act.id, Version.number == act.version)
        .order_by(VersionPart.language, VersionPart.position)
    )
    for row in _rows(connection, parts):
        names = ("eid", "parent_eid", "language", "kind", "number", "heading", "text")
        attributes = {name: getattr(row, name) for name in names}
        yield {"type": "part", "id": f"{act.number}/{act.version}/{row.language}/{row.eid}", "attributes": attributes}
    given = sa.select(*Response.__table__.c).where(Response.package_id == act.id)
    used = sa.select(Remark.response_id).where(Remark.package_id == act.id)
    for row in _rows(connection, given.where(Response.id.in_(used)).order_by(Response.answered_at)):
        attributes = {name: getattr(row, name) for name in ("outcome", "reason", "language", "version")}
        attributes |= {"answered_at": row.answered_at.isoformat(), "to_group": row.cluster_id is not None}
        yield {"type": "response", "id": row.id, "attributes": attributes}
