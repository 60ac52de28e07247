"""What people said of a programme: how much of it waits, and where."""

from __future__ import annotations

from collections.abc import Collection

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ckanext.opengov.budget.service.programmes.states import TYPE
from ckanext.opengov.civic.model.discussion import Comment, Thread
from ckanext.opengov.civic.service.discussion import threads
from ckanext.opengov.civic.service.discussion.rules import Kind, State


def _public(programme_ids: Collection[str]) -> tuple[sa.ColumnElement[bool], ...]:
    """Comments of citizens on the first level that everybody reads."""
    own = sa.select(Thread.id).where(Thread.entity_type == TYPE, Thread.entity_id.in_(list(programme_ids)))
    return (
        Comment.thread_id.in_(own),
        Comment.state == State.PUBLIC,
        Comment.kind == Kind.COMMENT,
        Comment.root_id.is_(None),
    )


def _answered() -> sa.ColumnElement[bool]:
    """An official answer stands under the comment, or under one that says nearly the same."""
    answer, root = aliased(Comment), aliased(Comment)
    official = (answer.kind == Kind.OFFICIAL, answer.state == State.PUBLIC)
    under_it = sa.exists().where(answer.root_id == Comment.id, *official)
    alike = sa.exists().where(
        root.cluster_id == Comment.cluster_id, answer.root_id == root.id, *official, Comment.cluster_id.is_not(None)
    )
    return sa.or_(under_it, alike)


def unmoderated(programme_id: str) -> int:
    """How many comments no moderator has read."""
    return sum(one.comments_pending for one in threads.of_entity(TYPE, programme_id))


def figures(programme_id: str) -> dict[str, int]:
    """``comments`` of citizens and how many of them are ``answered``."""
    return figures_of({programme_id})[programme_id]


def figures_of(programme_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """The same of many programmes, counted at once."""
    counted = sa.func.count()
    query = (
        sa.select(Thread.entity_id, counted, counted.filter(_answered()))
        .select_from(Comment)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(*_public(programme_ids))
        .group_by(Thread.entity_id)
    )
    found = {one: {"comments": 0, "answered": 0} for one in programme_ids}
    for one, comments, answered in model.Session.execute(query):
        found[one] = {"comments": comments, "answered": answered}
    return found


def unanswered(programme_id: str) -> int:
    """How many comments wait for an official answer."""
    known = figures(programme_id)
    return known["comments"] - known["answered"]


def by_anchor(programme_id: str) -> dict[str, int]:
    """Place → how many comments hang there; the programme as a whole is the empty place."""
    return {one.anchor or "": one.comments_public for one in threads.of_entity(TYPE, programme_id)}


def authors(programme_id: str, ids: Collection[str]) -> dict[str, str]:
    """Those of the comments that everybody reads under this programme → who wrote them."""
    known = [one for one in ids if _is_id(one)]
    if not known:
        return {}
    query = sa.select(Comment.id, Comment.author_id).where(*_public({programme_id}), Comment.id.in_(known))
    return {str(number): author for number, author in model.Session.execute(query)}


def _is_id(text: object) -> bool:
    return isinstance(text, str) and len(text) == 36 and text.count("-") == 4 and text.replace("-", "").isalnum()


def at_places(programme_id: str, limit: int = 300) -> dict[str, list[dict[str, str]]]:
    """Place → comments there, newest first, for the officer who says because of which the text was changed."""
    query = (
        sa.select(Thread.anchor, Comment.id, Comment.text_public, Comment.language)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(*_public({programme_id}))
        .order_by(Comment.position.desc())
        .limit(limit)
    )
    found: dict[str, list[dict[str, str]]] = {}
    for anchor, number, text, language in model.Session.execute(query):
        shown = {"id": str(number), "text": text if len(text) <= 200 else f"{text[:200]}…", "language": language}
        found.setdefault(anchor or "", []).append(shown)
    return found


def waiting(programme_id: str, limit: int = 50) -> list[dict[str, str]]:
    """Comments without an official answer, the oldest first, each with its place."""
    query = (
        sa.select(Thread.anchor, Comment.id, Comment.text_public, Comment.language, Comment.created_at)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(*_public({programme_id}), ~_answered())
        .order_by(Comment.position)
        .limit(limit)
    )
    return [
        {
            "anchor": anchor or "",
            "id": str(number),
            "text": text,
            "language": language,
            "created_at": created_at.isoformat(),
        }
        for anchor, number, text, language, created_at in model.Session.execute(query)
    ]
