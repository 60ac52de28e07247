"""Who may read, write, vote and moderate."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access, discussing
from ckanext.opengov.civic.logic.schema.discussion import identifier
from ckanext.opengov.civic.model.discussion import Comment
from ckanext.opengov.civic.service import persons
from ckanext.opengov.civic.service.discussion import comments, files, moderation, threads
from ckanext.opengov.civic.service.discussion.rules import Kind, find_rules

__all__ = [
    "comment_cluster_list",
    "comment_create",
    "comment_export",
    "comment_list",
    "comment_moderate",
    "comment_moderation_list",
    "comment_picture_release",
    "comment_show",
    "comment_update",
    "comment_vote",
]


def _matter(context: Context, data: DataDict) -> discussing.Matter | None:
    """What is discussed. None when the request does not say it properly: then the schema has the better sentence."""
    if data.get("thread_id"):
        number = _id(data["thread_id"])
        return discussing.matter(context, {"thread_id": number}) if number else None
    kind, entity, anchor = (data.get(key) for key in ("entity_type", "entity_id", "anchor"))
    is_named = isinstance(entity, str) and entity.isprintable() and isinstance(anchor or "", str)
    if not entity or not is_named or find_rules(kind) is None:
        return None
    return discussing.matter(context, {"entity_type": kind, "entity_id": entity, "anchor": anchor})


def _id(value: Any) -> str | None:
    try:
        return identifier(value)
    except tk.Invalid:
        return None


def _comment(data: DataDict) -> Comment | None:
    number = _id(data.get("id"))
    return comments.get(number) if number else None


@tk.auth_allow_anonymous_access
def comment_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who may see what is discussed."""
    _matter(context, data_dict)
    return {"success": True}


comment_export = comment_cluster_list = comment_list


@tk.auth_allow_anonymous_access
def comment_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who may see the comment."""
    number = _id(data_dict.get("id"))
    if number:
        discussing.comment(context, number)
    return {"success": True}


def comment_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons whose identity is confirmed as far as the component asks; officially, the competent officer."""
    about = _matter(context, data_dict)
    user = access.user_of(context)
    if about is None or user is None:
        return {"success": user is not None}
    if data_dict.get("kind") == Kind.OFFICIAL:
        is_competent = about.rules.competent(user.id, about.subject.entity_id)
        return {"success": is_competent, "msg": tk._("Only the officer in charge answers officially in this matter.")}
    persons.require(user.id, about.rules.level)
    return {"success": True}


def comment_update(context: Context, data_dict: DataDict) -> AuthResult:
    """The author."""
    comment, user = _comment(data_dict), access.user_of(context)
    if comment is None:
        return {"success": user is not None}
    is_own = user is not None and user.id == comment.author_id
    return {"success": is_own, "msg": tk._("Only its author changes a comment.")}


def comment_vote(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons who may see the comment, with an identity as for writing; nobody on their own."""
    number, user = _id(data_dict.get("id")), access.user_of(context)
    if number is None or user is None:
        return {"success": user is not None}
    comment, about = discussing.comment(context, number)
    persons.require(user.id, about.rules.level)
    return {"success": comment.author_id != user.id, "msg": tk._("You cannot vote on your own comment.")}


def comment_moderate(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators of all the threads concerned."""
    user = access.user_of(context)
    given = data_dict.get("ids")
    ids = {number for one in ([given] if isinstance(given, str) else given or []) if (number := _id(one))}
    concerned = {comment.thread_id for comment in comments.get_many(ids)}
    is_moderator = bool(user) and all(
        moderation.moderates(user.id, thread) for one in concerned if (thread := threads.get(one))
    )
    return {"success": is_moderator, "msg": tk._("Only the moderators of this discussion decide on comments.")}


def comment_moderation_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever moderates anything; each sees what is theirs."""
    user = access.user_of(context)
    is_moderator = bool(user) and moderation.scope(user.id) is not None
    return {"success": is_moderator, "msg": tk._("Only moderators see what waits for moderation.")}


def comment_picture_release(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators of the discussion that the picture is in."""
    number = _id(data_dict.get("id"))
    found = files.get(number) if number else None
    # An appeal's files are in the same table; its own action decides on them.
    comment = comments.get(found.comment_id) if found else None
    thread = threads.get(comment.thread_id) if comment else None
    user = access.user_of(context)
    is_moderator = bool(user and thread and moderation.moderates(user.id, thread))
    return {"success": is_moderator, "msg": tk._("Only the moderators of this discussion decide on comments.")}
