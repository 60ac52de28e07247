"""Who moderates, what waits for them, and their decisions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckanext.opengov.civic.interfaces import ComponentManifest, manifests
from ckanext.opengov.civic.model.discussion import Comment, CommentAttachment, Thread
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, officers
from ckanext.opengov.civic.service.discussion import files, states, texts
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.civic.service.discussion.rules import (
    DECISIONS,
    REASONS,
    State,
    component_of,
    find_rules,
)

MODERATORS = frozenset({Role.MODERATOR})
PERMISSIONS = {
    "comment_moderate": MODERATORS,
    "comment_moderation_list": MODERATORS,
    "comment_picture_release": MODERATORS,
}

MOST_AT_ONCE = 1_000
REASON_LENGTH = 500
# Entities with waiting comments that a component is asked about, for officers who moderate without the role.
ASKED = 500
# In the words of the partial indexes.
_IN_STATE = {state: sa.text(f"state = '{state}'") for state in State}


@dataclass(frozen=True)
class Decision:
    """A moderator's decision on some comments."""

    ids: Collection[str]
    state: State
    reason: str | None = None


def moderates(user_id: str | None, thread: Thread) -> bool:
    """Whether a user moderates a thread: by role in its agency, or as the officer competent in the matter."""
    rules = find_rules(thread.entity_type)
    user = model.User.get(user_id) if user_id else None
    if rules is None or user is None:
        return False
    if user.sysadmin or rules.competent(user.id, thread.entity_id):
        return True
    component = component_of(thread.entity_type)
    return bool(thread.agency_id) and officers.holds(
        user.id, MODERATORS, component=component, agency_id=thread.agency_id
    )


def check_decision(state: object, reason: object) -> tuple[State, str | None]:
    """The state that a moderator decided on, with its reason.

    :raises ValidationError: for a state that is none of theirs, or for hiding without a reason
    """
    if state not in list(DECISIONS):
        known = ", ".join(DECISIONS)
        message = tk._("There is no decision “{state}”. Choose one of: {known}.")
        raise tk.ValidationError({"state": [message.format(state=str(state)[:20], known=known)]})
    if state != State.HIDDEN:
        return State(str(state)), None
    if not reason:
        message = tk._("Say why it is hidden: its author and all readers will see the reason.")
        raise tk.ValidationError({"reason": [message]})
    if reason in REASONS:
        return State.HIDDEN, str(reason)
    return State.HIDDEN, public_copy(texts.check("reason", reason, REASON_LENGTH)).text


def decide(decision: Decision, actor: str) -> list[Comment]:
    """Bring comments to the state decided on. Those that are there already stay as they are.

    :returns: the comments that changed
    """
    found = states.lock(decision.ids)
    changed = [one for one in found if (one.state, one.hidden_reason) != (decision.state, decision.reason)]
    was = {comment.id: comment.state for comment in changed}
    states.move(changed, decision.state, decision.reason)
    public = {"state": decision.state, "reason": decision.reason}
    journal.record_many(
        journal.Happening(
            "comment", comment.id, "comment.moderated", actor, public=public, internal={"before": was[comment.id]}
        )
        for comment in changed
    )
    return changed


def release(attachment: CommentAttachment, *, public: bool, actor: str) -> None:
    """Open a picture to everybody after a look at it, or close it again.

    :raises ValidationError: for a file that is no picture
    """
    if files.release(attachment, public=public, actor=actor):
        about = {"attachment": attachment.id, "public": public}
        journal.record("comment", attachment.comment_id, "comment.picture", actor=actor, internal=about)


def scope(user_id: str) -> sa.ColumnElement[bool] | None:
    """Condition on threads: those that a user moderates. None when there can be none."""
    user = model.User.get(user_id)
    if user is None:
        return None
    if user.sysadmin:
        return sa.true()
    parts = [part for manifest in manifests() if (part := _by_role(user.id, manifest)) is not None]
    matters = _competent_matters(user.id)
    if matters:
        parts.append(sa.tuple_(Thread.entity_type, Thread.entity_id).in_(matters))
    return sa.or_(*parts) if parts else None


def _by_role(user_id: str, manifest: ComponentManifest) -> sa.ColumnElement[bool] | None:
    agencies = officers.agencies_of(user_id, MODERATORS, manifest.name) if manifest.discussion else []
    if not agencies:
        return None
    return sa.and_(Thread.entity_type.in_(list(manifest.discussion)), Thread.agency_id.in_(agencies))


def _competent_matters(user_id: str) -> list[tuple[str, str]]:
    query = sa.select(Thread.entity_type, Thread.entity_id).where(Thread.comments_pending > 0).distinct().limit(ASKED)
    matters = [(kind, entity) for kind, entity in model.Session.execute(query)]
    return [
        (kind, entity) for kind, entity in matters if (rules := find_rules(kind)) and rules.competent(user_id, entity)
    ]


def waiting(user_id: str) -> int:
    """How many comments wait for a user's decision."""
    condition = scope(user_id)
    if condition is None:
        return 0
    total = sa.select(sa.func.sum(Thread.comments_pending)).where(condition, Thread.comments_pending > 0)
    return model.Session.scalar(total) or 0


@dataclass(frozen=True)
class Filter:
    """Which comments a moderator looks at."""

    state: State
    # Only those in which personal data was found.
    marked: bool = False
    cluster_id: int | None = None
    # Position of the last comment of the page before.
    after: int | None = None


def queue(user_id: str, wanted: Filter, *, limit: int) -> list[tuple[Comment, Thread]]:
    """Comments that a user moderates, the oldest first."""
    condition = scope(user_id)
    if condition is None:
        return []
    query = (
        sa.select(Comment, Thread)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(condition, _IN_STATE[wanted.state])
        .order_by(Comment.position)
        .limit(limit)
    )
    if wanted.marked:
        query = query.where(sa.text("findings <> '[]'::jsonb"))
    if wanted.cluster_id is not None:
        query = query.where(Comment.cluster_id == wanted.cluster_id)
    if wanted.after is not None:
        query = query.where(Comment.position > wanted.after)
    return [(comment, thread) for comment, thread in model.Session.execute(query)]
