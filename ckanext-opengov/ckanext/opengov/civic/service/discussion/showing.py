"""Comments as their reader may see them: the masked copy for all, the original for author and competent officer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.discussion import (
    Comment,
    CommentAttachment,
    CommentVersion,
    CommentVote,
    Thread,
)
from ckanext.opengov.civic.service.discussion import clusters, files
from ckanext.opengov.civic.service.discussion.rules import DiscussionRules, State, reason_text, rules_of


@dataclass(frozen=True)
class Reader:
    """Who reads."""

    user_id: str | None
    # Sees the originals of others, and who is waiting.
    is_competent: bool = False

    def is_author(self, comment: Comment) -> bool:
        """Whether the comment is the reader's own."""
        return self.user_id is not None and comment.author_id == self.user_id

    def may_see_original(self, comment: Comment) -> bool:
        """Whether the reader may see what was written before it was masked."""
        return self.is_competent or self.is_author(comment)

    def may_see(self, comment: Comment) -> bool:
        """Whether the comment is there at all for this reader."""
        return comment.state in {State.PUBLIC, State.HIDDEN} or self.may_see_original(comment)


@dataclass(frozen=True)
class _Around:
    """What is shown with some comments, each read in one statement."""

    originals: dict[str, str]
    votes: dict[str, int]
    sizes: dict[int, tuple[int, int]]
    attachments: dict[str, list[CommentAttachment]]
    agencies: dict[str, str]


def show(comments: Sequence[Comment], reader: Reader, rules: DiscussionRules) -> list[dict[str, Any]]:
    """The comments as dicts for this reader."""
    around = _look_around(comments, reader)
    now = utc_now()
    return [_show(comment, reader, rules, around, now) for comment in comments]


def show_thread(thread: Thread | None, reader: Reader) -> dict[str, Any]:
    """A thread's counters; those of an empty one while nobody has written."""
    shown: dict[str, Any] = {
        "id": thread.id if thread else None,
        "comments": thread.comments_public if thread else 0,
    }
    if reader.is_competent:
        shown["pending"] = thread.comments_pending if thread else 0
    return shown


def _look_around(comments: Sequence[Comment], reader: Reader) -> _Around:
    ids = {comment.id for comment in comments}
    open_to = {comment.id for comment in comments if reader.may_see_original(comment)}
    groups = {comment.cluster_id for comment in comments if comment.cluster_id is not None}
    return _Around(
        originals=_originals(open_to),
        votes=_votes(ids, reader.user_id),
        sizes=clusters.sizes(groups) if groups else {},
        attachments=_attachments(ids),
        agencies=_agencies({comment.agency_id for comment in comments if comment.agency_id}),
    )


def _pairs(query: sa.Select[Any]) -> dict[Any, Any]:
    return {row[0]: row[1] for row in model.Session.execute(query)}


def _originals(ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    query = sa.select(Comment.id, Comment.text_original).where(Comment.id.in_(ids))
    return _pairs(query)


def _votes(ids: Collection[str], user_id: str | None) -> dict[str, int]:
    if not ids or not user_id:
        return {}
    query = sa.select(CommentVote.comment_id, CommentVote.value)
    return _pairs(query.where(CommentVote.comment_id.in_(ids), CommentVote.user_id == user_id))


def _attachments(ids: Collection[str]) -> dict[str, list[CommentAttachment]]:
    found: dict[str, list[CommentAttachment]] = {}
    query = sa.select(CommentAttachment).where(CommentAttachment.comment_id.in_(ids)).order_by(CommentAttachment.name)
    for attachment in model.Session.scalars(query):
        found.setdefault(attachment.comment_id, []).append(attachment)
    return found


def _agencies(ids: Iterable[str]) -> dict[str, str]:
    query = sa.select(model.Group.id, model.Group.title).where(model.Group.id.in_(set(ids)))
    return _pairs(query)


def _show(
    comment: Comment, reader: Reader, rules: DiscussionRules, around: _Around, now: dt.datetime
) -> dict[str, Any]:
    is_author = reader.is_author(comment)
    is_open = reader.may_see_original(comment)
    is_readable = comment.state == State.PUBLIC or is_open
    shown: dict[str, Any] = {
        "id": comment.id,
        "position": comment.position,
        "thread_id": comment.thread_id,
        "parent_id": comment.parent_id,
        "root_id": comment.root_id,
        "kind": comment.kind,
        "author_name": comment.author_name if is_readable else None,
        "agency_id": comment.agency_id,
        "agency_title": around.agencies.get(comment.agency_id or ""),
        "language": comment.language,
        "state": comment.state,
        "hidden_reason": comment.hidden_reason,
        "hidden_reason_text": reason_text(comment.hidden_reason),
        "text": comment.text_public if is_readable else None,
        "created_at": comment.created_at.isoformat(),
        "edited_at": comment.edited_at.isoformat() if comment.edited_at else None,
        "votes_for": comment.votes_for,
        "votes_against": comment.votes_against,
        "my_vote": around.votes.get(comment.id, 0),
        "replies": comment.reply_count,
        "cluster": _show_cluster(comment, around, reader),
        "attachments": [_show_file(one, is_open) for one in around.attachments.get(comment.id, [])]
        if is_readable
        else [],
        "is_mine": is_author,
        "may_edit": is_author
        and comment.state in {State.PENDING, State.PUBLIC}
        and rules.may_edit(comment.created_at, now),
    }
    if is_open:
        shown["text_original"] = around.originals[comment.id]
        shown["findings"] = comment.findings
    return shown


def _show_cluster(comment: Comment, around: _Around, reader: Reader) -> dict[str, int] | None:
    if comment.cluster_id is None or comment.cluster_id not in around.sizes:
        return None
    public, members = around.sizes[comment.cluster_id]
    others = public - (comment.state == State.PUBLIC)
    shown = {"id": comment.cluster_id, "similar": others}
    return {**shown, "members": members} if reader.is_competent else shown


def _show_file(attachment: CommentAttachment, is_open: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": attachment.id,
        "name": attachment.name if is_open else attachment.name_public,
        "mimetype": attachment.mimetype,
        "size": attachment.size,
        "is_picture": attachment.is_picture,
        "is_private": attachment.is_private,
        "note": files.note(attachment),
    }
    return {**shown, "findings": attachment.findings, "has_original": True} if is_open else shown


def show_version(version: CommentVersion) -> dict[str, Any]:
    """A text that its author replaced, for those who may see originals."""
    return {
        "number": version.number,
        "language": version.language,
        "text": version.text_public,
        "text_original": version.text_original,
        "replaced_at": version.replaced_at.isoformat(),
    }


def show_queue(rows: Sequence[tuple[Comment, Thread]], moderator_id: str) -> list[dict[str, Any]]:
    """Comments for their moderator, each with what it is about."""
    reader = Reader(moderator_id, is_competent=True)
    around = _look_around([comment for comment, _thread in rows], reader)
    now = utc_now()
    shown = []
    for comment, thread in rows:
        rules = rules_of(thread.entity_type)
        link = rules.link(thread.entity_id)
        about = {"entity_type": thread.entity_type, "entity_id": thread.entity_id, "anchor": thread.anchor}
        one = _show(comment, reader, rules, around, now)
        shown.append({**one, "about": {**about, "title": link.title, "url": link.url}})
    return shown
