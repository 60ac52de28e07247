"""Pages of comments. Each goes on from the last comment of the one before, so the thousandth costs as the first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckanext.opengov.civic.model.discussion import PUBLIC, STANDS_FOR_GROUP, TOP_LEVEL, Comment
from ckanext.opengov.civic.service.discussion.rules import Kind, Sort
from sqlalchemy.orm import aliased

# Replies that stand under a comment of the first level before one asks for all.
FIRST_REPLIES = 3
_ROOT = sa.text("root_id IS NOT NULL AND state IN ('public', 'hidden')")


@dataclass(frozen=True)
class Wanted:
    """Which comments of a thread, and from where on."""

    thread_id: str
    sort: Sort = Sort.NEWEST
    # One comment for each group of similar ones.
    grouped: bool = False
    # The replies under that comment; the members of that group.
    root_id: str | None = None
    cluster_id: int | None = None
    cursor: str | None = None
    limit: int = 20


@dataclass(frozen=True)
class Page:
    """Some comments, and where the next ones begin."""

    comments: Sequence[Comment]
    next: str | None


def page(wanted: Wanted) -> Page:
    """The comments that everybody may come upon, those hidden with a reason among them.

    :raises ValidationError: for a cursor that no page gave
    """
    query = _replies(wanted) if wanted.root_id else _members(wanted) if wanted.cluster_id else _first_level(wanted)
    # One more than wanted tells whether there is a next page.
    rows = model.Session.scalars(query.limit(wanted.limit + 1)).all()
    shown = rows[: wanted.limit]
    more = len(rows) > wanted.limit
    return Page(shown, _cursor(wanted, shown[-1]) if more else None)


def _first_level(wanted: Wanted) -> sa.Select[tuple[Comment]]:
    query = sa.select(Comment).where(Comment.thread_id == wanted.thread_id)
    query = query.where(STANDS_FOR_GROUP if wanted.grouped else TOP_LEVEL)
    if wanted.sort is Sort.SUPPORTED:
        place = sa.tuple_(Comment.support, Comment.position)
        if wanted.cursor:
            query = query.where(place < sa.tuple_(*map(sa.literal, numbers(wanted.cursor, 2))))
        return query.order_by(Comment.support.desc(), Comment.position.desc())
    return _by_position(query, wanted)


def _by_position(query: sa.Select[tuple[Comment]], wanted: Wanted) -> sa.Select[tuple[Comment]]:
    oldest = wanted.sort is Sort.OLDEST
    if wanted.cursor:
        (position,) = numbers(wanted.cursor, 1)
        query = query.where(Comment.position > position if oldest else Comment.position < position)
    return query.order_by(Comment.position if oldest else Comment.position.desc())


def _members(wanted: Wanted) -> sa.Select[tuple[Comment]]:
    # The thread as well: a cluster's number alone would open threads that one may not read.
    query = sa.select(Comment).where(Comment.cluster_id == wanted.cluster_id, PUBLIC)
    return _by_position(query.where(Comment.thread_id == wanted.thread_id), wanted)


def _replies(wanted: Wanted) -> sa.Select[tuple[Comment]]:
    """Official ones first, then in the order in which they came."""
    query = sa.select(Comment).where(Comment.root_id == wanted.root_id, _ROOT)
    query = query.where(Comment.thread_id == wanted.thread_id)
    if wanted.cursor:
        official, position = numbers(wanted.cursor, 2)
        kind = Kind.OFFICIAL if official else Kind.COMMENT
        later = sa.and_(Comment.kind == kind, Comment.position > position)
        query = query.where(sa.or_(Comment.kind < kind, later))
    return query.order_by(Comment.kind.desc(), Comment.position)


def _cursor(wanted: Wanted, last: Comment) -> str:
    if wanted.root_id:
        return f"{int(last.kind == Kind.OFFICIAL)}.{last.position}"
    if wanted.sort is Sort.SUPPORTED and not wanted.cluster_id:
        return f"{last.support}.{last.position}"
    return str(last.position)


def numbers(cursor: str, count: int) -> list[int]:
    """The numbers that a cursor is made of.

    :raises ValidationError: for a cursor that no page gave
    """
    parts = cursor.split(".")
    if len(parts) != count or not all(_is_number(part) for part in parts):
        message = tk._("“{cursor}” is no place in this list. Begin again without “cursor”.")
        raise tk.ValidationError({"cursor": [message.format(cursor=cursor[:40])]})
    return [int(part) for part in parts]


def _is_number(part: str) -> bool:
    # PostgreSQL's integers have 19 digits; more are no place in any list.
    return part.isascii() and part.removeprefix("-").isdecimal() and len(part) < 19


def first_replies(roots: Collection[str]) -> dict[str, list[Comment]]:
    """The first replies under each of these comments, in one statement that reads no more than it returns."""
    if not roots:
        return {}
    given = sa.bindparam("roots", list(roots), sa.ARRAY(sa.Uuid(as_uuid=False)))
    root = sa.func.unnest(given).table_valued(sa.column("id", sa.Uuid(as_uuid=False)), name="root").render_derived()
    replies = (
        sa.select(Comment)
        .where(Comment.root_id == root.c.id, _ROOT)
        .order_by(Comment.kind.desc(), Comment.position)
        .limit(FIRST_REPLIES)
        .lateral("reply")
    )
    reply = aliased(Comment, replies)
    found: dict[str, list[Comment]] = {}
    for comment in model.Session.scalars(sa.select(reply).select_from(root).join(replies, sa.true())):
        found.setdefault(comment.root_id or "", []).append(comment)
    return found


def own_unpublished(thread_id: str, author_id: str, limit: int = 20) -> list[Comment]:
    """What a person wrote in a thread and others do not see, the newest first."""
    query = sa.select(Comment).where(
        Comment.author_id == author_id, Comment.thread_id == thread_id, sa.text("state IN ('pending', 'spam')")
    )
    return list(model.Session.scalars(query.order_by(Comment.position.desc()).limit(limit)))
