"""Writing comments and changing one's own."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.discussion import Comment, CommentVersion, Thread, new_id
from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.discussion import clusters, files, states, texts, threads
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.civic.service.discussion.rules import (
    DiscussionRules,
    Kind,
    State,
    check_open,
    check_place,
    rules_of,
)
from ckanext.opengov.civic.service.discussion.threads import Subject


@dataclass(frozen=True)
class Draft:
    """What somebody wants to say."""

    subject: Subject
    author_id: str
    text: object
    language: object
    kind: Kind = Kind.COMMENT
    parent_id: str | None = None
    author_name: object = None
    attachments: Sequence[files.Upload] = ()


def get(comment_id: str) -> Comment | None:
    """A comment by its id."""
    return model.Session.get(Comment, comment_id)


def get_many(ids: Collection[str]) -> list[Comment]:
    """Those of the comments that there are."""
    return list(model.Session.scalars(sa.select(Comment).where(Comment.id.in_(ids)))) if ids else []


def create(draft: Draft) -> Comment:
    """Write a comment: the original for its author, the masked copy for all, at once or after moderation.

    :raises ValidationError: when the discussion is closed, or for a text, language, parent or file that is refused
    """
    rules = rules_of(draft.subject.entity_type)
    is_answer = draft.kind is Kind.OFFICIAL and bool(draft.parent_id)
    if not (is_answer and rules.answers_when_closed):
        check_open(rules, draft.subject.entity_id)
        check_place(rules, draft.subject.entity_id, draft.subject.anchor)
    text = texts.check("text", draft.text, rules.max_length)
    language = texts.check_language(draft.language)
    author_name = texts.check_name(draft.author_name)
    documents = files.read(draft.attachments, rules.attachments)
    thread = _thread(draft.subject, rules)
    parent = _parent(thread, draft.parent_id)
    copy = public_copy(text, language)
    comment = Comment(
        id=new_id(),
        thread_id=thread.id,
        parent_id=parent.id if parent else None,
        root_id=(parent.root_id or parent.id) if parent else None,
        author_id=draft.author_id,
        author_name=public_copy(author_name, language).text if author_name else None,
        agency_id=thread.agency_id if draft.kind is Kind.OFFICIAL else None,
        kind=draft.kind,
        language=language,
        text_original=text,
        text_public=copy.text,
        findings=copy.findings,
        state=State.PENDING,
        stands_for_group=False,
    )
    _add(comment, is_public=draft.kind is Kind.OFFICIAL or not rules.premoderation)
    files.keep(comment.id, documents)
    _record(comment, thread, text)
    return comment


def _thread(subject: Subject, rules: DiscussionRules) -> Thread:
    found = threads.find(subject)
    return found or threads.find_or_create(subject, rules.link(subject.entity_id).agency_id)


def _parent(thread: Thread, parent_id: str | None) -> Comment | None:
    if not parent_id:
        return None
    parent = get(parent_id)
    if parent is None or parent.thread_id != thread.id or parent.state != State.PUBLIC:
        message = tk._("The comment that you answer is not, or no longer, public in this discussion.")
        raise tk.ValidationError({"parent_id": [message]})
    return parent


def _add(comment: Comment, *, is_public: bool) -> None:
    """Insert and count. Locks are taken as in ``states.move``: comments, thread, groups."""
    after = State.PUBLIC if is_public else State.PENDING
    if is_public and comment.root_id:
        states.count_replies(Counter({comment.root_id: 1}))
    threads.count(comment.thread_id, None, after)
    if _is_grouped(comment):
        comment.cluster_id = clusters.choose(comment.thread_id, {comment.id: comment.text_public})[comment.id]
    comment.state = after
    comment.stands_for_group = is_public and comment.root_id is None and comment.cluster_id is None
    model.Session.add(comment)
    if is_public:
        states.tell(comment, states.PUBLISHED)
        comment.published_at = utc_now()
    model.Session.flush()
    if is_public and comment.cluster_id is not None:
        clusters.count_public({comment.cluster_id: 1})


def _is_grouped(comment: Comment) -> bool:
    """Groups are made of what citizens say on the matter, not of answers to each other."""
    return comment.root_id is None and comment.kind == Kind.COMMENT


def _record(comment: Comment, thread: Thread, text: str) -> None:
    public = {"comment": comment.id, "kind": comment.kind, "state": comment.state}
    happenings = [
        journal.Happening(
            "comment",
            comment.id,
            "comment.created",
            comment.author_id,
            public=public,
            # The text itself may have to be deleted one day, and the journal may not: it keeps the digest.
            internal={"thread": thread.id, "sha256": _digest(text)},
        )
    ]
    if comment.kind == Kind.OFFICIAL:
        about = {"comment": comment.id, "anchor": thread.anchor}
        event = "discussion.official_reply"
        happenings.append(
            journal.Happening(thread.entity_type, thread.entity_id, event, comment.author_id, public=about)
        )
    journal.record_many(happenings)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def update(comment_id: str, text: object, language: object = None) -> Comment:
    """Change one's own comment while its edit window is open. The text before is kept as a version.

    :raises ValidationError: when it is too late, the comment was hidden, or the new text is refused
    """
    (comment,) = states.lock({comment_id})
    thread = model.Session.get_one(Thread, comment.thread_id)
    rules = rules_of(thread.entity_type)
    check_open(rules, thread.entity_id)
    _check_editable(comment, rules)
    new_text = texts.check("text", text, rules.max_length)
    new_language = texts.check_language(language or comment.language)
    if (new_text, new_language) == (comment.text_original, comment.language):
        return comment
    number = _keep_version(comment)
    if rules.premoderation and comment.kind == Kind.COMMENT:
        # What the moderator read is not what stands there now.
        states.move([comment], State.PENDING)
    _replace(comment, new_text, new_language)
    journal.record(
        "comment",
        comment.id,
        "comment.edited",
        actor=comment.author_id,
        public={"version": number + 1, "state": comment.state},
        internal={"sha256": _digest(new_text)},
    )
    return comment


def _check_editable(comment: Comment, rules: DiscussionRules) -> None:
    if comment.state not in {State.PENDING, State.PUBLIC}:
        message = tk._("A moderator has taken this comment out, so it can no longer be changed.")
        raise tk.ValidationError({"text": [message]})
    if not rules.may_edit(comment.created_at, utc_now()):
        message = tk._("A comment can be changed for {minutes} minutes after it was written. Answer it instead.")
        raise tk.ValidationError({"text": [message.format(minutes=rules.edit_window)]})


def _keep_version(comment: Comment) -> int:
    count = sa.select(sa.func.count()).select_from(CommentVersion).where(CommentVersion.comment_id == comment.id)
    number = (model.Session.scalar(count) or 0) + 1
    version = CommentVersion(
        comment_id=comment.id,
        number=number,
        language=comment.language,
        text_original=comment.text_original,
        text_public=comment.text_public,
    )
    model.Session.add(version)
    return number


def _replace(comment: Comment, text: str, language: str) -> None:
    copy = public_copy(text, language)
    comment.text_original = text
    comment.text_public = copy.text
    comment.findings = copy.findings
    comment.language = language
    comment.edited_at = utc_now()
    if not _is_grouped(comment):
        return
    old = comment.cluster_id
    is_public = comment.state == State.PUBLIC
    model.Session.execute(sa.select(Thread.id).where(Thread.id == comment.thread_id).with_for_update())
    clusters.leave(comment, was_public=is_public)
    if old is not None:
        clusters.settle([old])
    new = clusters.choose(comment.thread_id, {comment.id: copy.text})[comment.id]
    comment.cluster_id = new
    model.Session.flush()
    if is_public:
        clusters.count_public({new: 1})


def versions(comment_id: str) -> list[CommentVersion]:
    """The texts that were replaced, the oldest first."""
    query = sa.select(CommentVersion).where(CommentVersion.comment_id == comment_id)
    return list(model.Session.scalars(query.order_by(CommentVersion.number)))
