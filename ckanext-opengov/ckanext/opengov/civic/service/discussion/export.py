"""Whole threads as CSV or JSON, row by row: neither the database's answer nor the file ever stands in memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckanext.opengov.civic.model.discussion import Comment
from ckanext.opengov.civic.service.discussion.rules import State

FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}
COLUMNS: tuple[str, ...] = (
    "id",
    "parent_id",
    "kind",
    "agency_id",
    "author_name",
    "language",
    "state",
    "hidden_reason",
    "text",
    "created_at",
    "edited_at",
    "votes_for",
    "votes_against",
    "replies",
    "similar_group",
)
ROWS_AT_ONCE = 1_000
# Spreadsheets run a cell that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def stream(thread_id: str, form: str) -> Iterator[str]:
    """The thread's comments, the oldest first, in one of the formats."""
    return _csv(thread_id) if form == "csv" else _json(thread_id)


def _csv(thread_id: str) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS)
    # Without the mark at the beginning Excel reads Cyrillic letters as noise.
    buffer.write("\ufeff")
    writer.writeheader()
    for row in _rows(thread_id):
        writer.writerow({column: _cell(value) for column, value in row.items()})
        if buffer.tell() > 65_536:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _json(thread_id: str) -> Iterator[str]:
    yield "["
    separator = "\n"
    for row in _rows(thread_id):
        yield separator + json.dumps(row, ensure_ascii=False)
        separator = ",\n"
    yield "\n]\n"


def _rows(thread_id: str) -> Iterator[dict[str, Any]]:
    # Its own connection: the session of the request is gone when the last rows are sent.
    query = (
        sa.select(Comment)
        .where(Comment.thread_id == thread_id, Comment.state.in_([State.PUBLIC, State.HIDDEN]))
        .order_by(Comment.position)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    columns = [column for column in Comment.__table__.c if column.name != "text_original"]
    with model.Session.get_bind().connect() as connection:
        for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query.with_only_columns(*columns)):
            yield _row(row)


def _row(comment: Any) -> dict[str, Any]:
    is_public = comment.state == State.PUBLIC
    return {
        "id": comment.id,
        "parent_id": comment.parent_id,
        "kind": comment.kind,
        "agency_id": comment.agency_id,
        "author_name": comment.author_name if is_public else None,
        "language": comment.language,
        "state": comment.state,
        "hidden_reason": comment.hidden_reason,
        "text": comment.text_public if is_public else None,
        "created_at": comment.created_at.isoformat(),
        "edited_at": comment.edited_at.isoformat() if comment.edited_at else None,
        "votes_for": comment.votes_for,
        "votes_against": comment.votes_against,
        "replies": comment.reply_count,
        "similar_group": comment.cluster_id,
    }
