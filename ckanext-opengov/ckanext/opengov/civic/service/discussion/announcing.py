"""What follows from a comment: whoever follows the entity is told, and whoever was answered."""

from __future__ import annotations

import ckan.model as model
from ckanext.opengov.civic.model.discussion import Comment, Thread
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import notices, wording
from ckanext.opengov.civic.service.discussion import states
from ckanext.opengov.civic.service.discussion.rules import REASONS, Kind, component_of, rules_of
from ckanext.opengov.civic.service.discussion.texts import LANGUAGES
from ckanext.opengov.civic.service.refusal import N_

EXCERPT = 300

OFFICIAL = N_("Official answer: {title}")
COMMENT = N_("New comment: {title}")
REPLY = N_("Your comment was answered: {title}")
HIDDEN = N_("Your comment was hidden: {title}")
WHY = N_("Reason: {reason}")


def published(message: OutboxMessage) -> None:
    """Outbox handler: tell the followers of the entity, and the author of the comment that was answered."""
    comment = model.Session.get(Comment, message.payload["comment_id"])
    if comment is None or comment.state != "public":
        return
    is_official = comment.kind == Kind.OFFICIAL
    body = dict.fromkeys(LANGUAGES, comment.text_public[:EXCERPT])
    _notify(comment, "comment.published", OFFICIAL if is_official else COMMENT, body, urgent=is_official)
    parent = model.Session.get(Comment, comment.parent_id) if comment.parent_id else None
    if parent and parent.author_id != comment.author_id:
        _notify(comment, "comment.answered", REPLY, body, to=parent.author_id, urgent=is_official)


def hidden(message: OutboxMessage) -> None:
    """Outbox handler: tell the author why."""
    comment = model.Session.get(Comment, message.payload["comment_id"])
    if comment is None or comment.state != "hidden":
        return
    reason = comment.hidden_reason or ""
    body = {
        language: wording.say(language, WHY).format(reason=wording.say(language, REASONS.get(reason, reason)))
        for language in LANGUAGES
    }
    _notify(comment, "comment.hidden", HIDDEN, body, to=comment.author_id)


def _notify(
    comment: Comment, event: str, subject: str, body: dict[str, str], *, to: str | None = None, urgent: bool = False
) -> None:
    thread = model.Session.get_one(Thread, comment.thread_id)
    title = rules_of(thread.entity_type).link(thread.entity_id).title
    notices.notify(
        event,
        entity_type=thread.entity_type,
        entity_id=thread.entity_id,
        agency_id=thread.agency_id,
        component=component_of(thread.entity_type),
        subject={language: wording.say(language, subject).format(title=title) for language in LANGUAGES},
        body=body,
        url=f"/discussion/comment/{comment.id}",
        to_users=[to] if to else (),
        urgent=urgent,
        key=f"{event}:{comment.id}",
    )


HANDLERS = {states.PUBLISHED: published, states.HIDDEN: hidden}
EVENTS = {
    "comment.created": N_("Comment written"),
    "comment.edited": N_("Comment changed by its author"),
    "comment.moderated": N_("Decision of a moderator"),
    "comment.picture": N_("Decision of a moderator on a picture"),
    "comment.voted": N_("Vote on a comment"),
    "discussion.official_reply": N_("Official answer in the discussion"),
}
