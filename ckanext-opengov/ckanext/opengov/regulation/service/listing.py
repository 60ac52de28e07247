"""Lists of acts and of their comments, page by page from the database; words in texts are the index' work."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.discussion import Comment
from ckanext.opengov.civic.service.discussion import listing as kit
from ckanext.opengov.civic.service.discussion import threads
from ckanext.opengov.civic.service.discussion.rules import Sort
from ckanext.opengov.civic.service.discussion.threads import Subject
from ckanext.opengov.regulation.model.acts import SEEN, DraftAct
from ckanext.opengov.regulation.model.remarks import Remark, Response
from ckanext.opengov.regulation.service import clock
from ckanext.opengov.regulation.service.words import TYPE

# For administrators of the portal: the acts of every agency.
ALL = ("*",)


def acts(
    filters: Mapping[str, Any], limit: int, agencies: Sequence[str] | None = None
) -> tuple[list[DraftAct], str | None]:
    """Announced acts, the newest first; for officers those of their agencies, drafts among them.

    :param agencies: of the officer; an empty list finds nothing
    """
    moment = (
        sa.func.coalesce(DraftAct.announced_at, DraftAct.created_at) if agencies is not None else DraftAct.announced_at
    )
    query = sa.select(DraftAct)
    if agencies is None:
        query = query.where(SEEN)
    elif agencies is not ALL:
        query = query.where(DraftAct.agency_id.in_(agencies))
    for name in ("agency_id", "kind"):
        if filters.get(name):
            query = query.where(getattr(DraftAct, name) == filters[name])
    if filters.get("state"):
        query = query.where(in_state(filters["state"], clock.now()))
    if filters.get("cursor"):
        query = query.where(sa.tuple_(moment, DraftAct.id) < _position(filters["cursor"]))
    found = list(model.Session.scalars(query.order_by(moment.desc(), DraftAct.id.desc()).limit(limit + 1)))
    return found[:limit], _cursor(found[limit - 1]) if len(found) > limit else None


def in_state(state: str, now: dt.datetime) -> sa.ColumnElement[bool]:
    """Condition: the act is in this state by the clock."""
    running = DraftAct.state.in_(("announced", "discussion"))
    over = DraftAct.closes_at < now
    conditions = {
        "announced": sa.and_(running, DraftAct.starts_at > now),
        "discussion": sa.and_(running, DraftAct.starts_at <= now, sa.not_(over)),
        "answers_due": sa.or_(DraftAct.state == "answers_due", sa.and_(running, over)),
    }
    return conditions.get(state, DraftAct.state == state)


def _cursor(act: DraftAct) -> str:
    text = json.dumps([(act.announced_at or act.created_at).isoformat(), act.id])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _position(cursor: str) -> sa.Tuple:
    try:
        moment, number = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return sa.tuple_(sa.literal(dt.datetime.fromisoformat(moment)), sa.literal(str(number)))
    except (ValueError, TypeError) as error:
        raise tk.ValidationError({"cursor": [tk._("This is not a cursor of a page before.")]}) from error


NARROWER = ("channel", "kind", "outcome", "unanswered")


def comments(act: DraftAct, filters: Mapping[str, Any], limit: int) -> tuple[list[Comment], str | None]:
    """Comments of an act; hidden ones keep their place.

    :param filters: ``place`` or ``whole``, ``sort`` and ``grouped`` of the comments there; ``channel``, ``kind``,
        ``outcome``, ``unanswered``: in the order in which they came; ``cursor``
    """
    is_place = filters.get("place") or filters.get("whole")
    if is_place and not any(filters.get(name) for name in NARROWER):
        return _of_thread(act, filters, limit)
    return _narrowed(act, filters, limit)


def _of_thread(act: DraftAct, filters: Mapping[str, Any], limit: int) -> tuple[list[Comment], str | None]:
    """The comments at one place are a thread of the kit, with its order and its groups."""
    thread = threads.find(Subject(TYPE, act.id, filters.get("place") or None))
    if thread is None:
        return [], None
    wanted = kit.Wanted(
        thread_id=thread.id,
        sort=Sort(filters["sort"]),
        grouped=filters["grouped"],
        cursor=filters.get("cursor"),
        limit=limit,
    )
    page = kit.page(wanted)
    return list(page.comments), page.next


def _narrowed(act: DraftAct, filters: Mapping[str, Any], limit: int) -> tuple[list[Comment], str | None]:
    readable = ["public"] if filters.get("unanswered") else ["public", "hidden"]
    query = (
        sa.select(Comment, Remark.position)
        .join(Remark, Remark.comment_id == Comment.id)
        .where(Remark.package_id == act.id, Comment.state.in_(readable))
    )
    for name in ("place", "channel", "kind"):
        if filters.get(name):
            query = query.where(getattr(Remark, name) == filters[name])
    if filters.get("whole"):
        query = query.where(Remark.eid == "")
    if filters.get("unanswered"):
        query = query.where(Remark.response_id.is_(None))
        # One of each group of similar ones: the answer to it counts for all.
        if filters.get("grouped"):
            query = query.where(sa.or_(Comment.cluster_id.is_(None), Comment.stands_for_group))
    if filters.get("outcome"):
        query = query.join(Response, Response.id == Remark.response_id).where(Response.outcome == filters["outcome"])
    if filters.get("cursor"):
        (position,) = kit.numbers(filters["cursor"], 1)
        query = query.where(Remark.position > position)
    rows = model.Session.execute(query.order_by(Remark.position).limit(limit + 1)).all()
    found = [comment for comment, _position_ in rows]
    return found[:limit], str(rows[limit - 1].position) if len(rows) > limit else None
