"""The one place where comments change their state, and where every counter follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import ckan.model as model
import sqlalchemy as sa
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.discussion import Comment
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.civic.service.discussion import clusters, threads
from ckanext.opengov.civic.service.discussion.rules import State

PUBLISHED = "comment.published"
HIDDEN = "comment.hidden"


def lock(ids: Collection[str]) -> list[Comment]:
    """Lock comments, and those that they stand under, in one order for all writers; returns those asked for."""
    roots = model.Session.scalars(sa.select(Comment.root_id).where(Comment.id.in_(ids), Comment.root_id.is_not(None)))
    query = (
        sa.select(Comment)
        .where(Comment.id.in_({*ids, *roots}))
        .order_by(Comment.position)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [comment for comment in model.Session.scalars(query) if comment.id in ids]


def move(comments: Sequence[Comment], after: State, reason: str | None = None) -> None:
    """Bring locked comments to a state; counters of thread, parent and group follow, and what must be told.

    Locks go from comments over threads to groups, as everywhere, so that no two writers wait for each other.
    """
    changed = [comment for comment in comments if comment.state != after]
    before = Counter((comment.thread_id, State(comment.state)) for comment in changed)
    roots: Counter[str] = Counter()
    groups: Counter[int] = Counter()
    for comment in changed:
        step = (after is State.PUBLIC) - (comment.state == State.PUBLIC)
        if comment.root_id:
            roots[comment.root_id] += step
        if comment.cluster_id is not None:
            groups[comment.cluster_id] += step
        _set(comment, after)
    for comment in comments:
        comment.hidden_reason = reason if after is State.HIDDEN else None
    model.Session.flush()
    count_replies(roots)
    for (thread, state), number in sorted(before.items()):
        threads.count(thread, state, after, number)
    clusters.count_public(groups)


def _set(comment: Comment, after: State) -> None:
    comment.state = after
    if after is State.PUBLIC:
        tell(comment, PUBLISHED)
        comment.published_at = comment.published_at or utc_now()
    elif after is State.HIDDEN:
        tell(comment, HIDDEN)
    # A comment that belongs to no group stands for itself; that of a group is settled with the group.
    if comment.cluster_id is None:
        comment.stands_for_group = after is State.PUBLIC and comment.root_id is None


def tell(comment: Comment, topic: str) -> None:
    """Write what must be told to the outbox. A comment is announced once, however often it goes and returns."""
    if topic == PUBLISHED and comment.published_at:
        return
    outbox.add(topic, {"comment_id": comment.id, "thread_id": comment.thread_id})


def count_replies(changes: Counter[str]) -> None:
    """Keep the number of public replies under comments."""
    for root, change in sorted(changes.items()):
        if change:
            model.Session.execute(
                sa.update(Comment)
                .where(Comment.id == root)
                .values(reply_count=Comment.reply_count + change)
                .execution_options(synchronize_session=False)
            )
