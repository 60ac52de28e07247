"""What a person wrote in discussions and what became of it, for their own list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckanext.opengov.civic.interfaces import Link, MyItem
from ckanext.opengov.civic.model.discussion import Comment, Thread
from ckanext.opengov.civic.service.discussion.rules import Kind, State, find_rules
from ckanext.opengov.civic.service.refusal import N_

STATES = {
    State.PENDING: N_("Waits for a moderator"),
    State.PUBLIC: N_("Published"),
    State.HIDDEN: N_("Hidden"),
    State.SPAM: N_("Taken for spam"),
}


def written(user_id: str, before: dt.datetime | None, limit: int) -> list[MyItem]:
    """A person's comments, the newest first; official answers to them are what became of them."""
    query = (
        sa.select(Comment, Thread)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.author_id == user_id, Comment.kind == Kind.COMMENT)
        .order_by(Comment.created_at.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Comment.created_at < before)
    rows = [(comment, thread) for comment, thread in model.Session.execute(query)]
    answers = _official_answers([comment for comment, _thread in rows])
    became = _became(rows)
    return [_item(comment, thread, answers.get(comment.id, []), became.get(comment.id, ())) for comment, thread in rows]


def _became(rows: Sequence[tuple[Comment, Thread]]) -> dict[str, Sequence[Link]]:
    """What the components say of their comments: each kind of entity is asked once."""
    by_type: dict[str, list[str]] = {}
    for comment, thread in rows:
        by_type.setdefault(thread.entity_type, []).append(comment.id)
    found: dict[str, Sequence[Link]] = {}
    for entity_type, ids in by_type.items():
        rules = find_rules(entity_type)
        if rules:
            found.update(rules.became(ids))
    return found


def _official_answers(comments: Sequence[Comment]) -> dict[str, list[str]]:
    roots = {comment.root_id or comment.id for comment in comments}
    query = (
        sa.select(Comment.parent_id, Comment.id)
        .where(Comment.root_id.in_(roots), Comment.kind == Kind.OFFICIAL, Comment.state == State.PUBLIC)
        .where(Comment.parent_id.in_({comment.id for comment in comments}))
        .order_by(Comment.position)
    )
    found: dict[str, list[str]] = {}
    for parent, answer in model.Session.execute(query) if roots else ():
        found.setdefault(parent, []).append(answer)
    return found


def _item(comment: Comment, thread: Thread, answers: Sequence[str], became: Sequence[Link]) -> MyItem:
    # A component that was switched off leaves its comments behind: they are still the person's own.
    rules = find_rules(thread.entity_type)
    title = tk._("Comment on “{title}”").format(title=rules.link(thread.entity_id).title) if rules else tk._("Comment")
    return MyItem(
        title=title,
        url=_address(comment.id),
        state=tk._(STATES[State(comment.state)]),
        at=comment.created_at,
        public=comment.state == State.PUBLIC,
        became=(*(Link(tk._("Official answer"), _address(answer)) for answer in answers), *became),
    )


def _address(comment_id: str) -> str:
    return tk.url_for("opengov_discussion.comment", comment_id=comment_id, locale="default")
