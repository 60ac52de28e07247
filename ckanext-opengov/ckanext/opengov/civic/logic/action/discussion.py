"""Actions of the discussion."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access, discussing
from ckanext.opengov.civic.logic.checked import checked, person
from ckanext.opengov.civic.logic.schema import discussion as schema
from ckanext.opengov.civic.model.discussion import Comment, Thread
from ckanext.opengov.civic.service import persons
from ckanext.opengov.civic.service.discussion import (
    clusters,
    comments,
    files,
    listing,
    moderation,
    showing,
    votes,
)
from ckanext.opengov.civic.service.discussion.rules import DiscussionRules, Kind, Sort, State, check_open
from ckanext.opengov.civic.service.limits import limited

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


@limited("comment")
def comment_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Write a comment on an entity, or answer one.

    :param entity_type: such as ``draft_act``
    :type entity_type: string
    :param entity_id: id of the entity
    :type entity_id: string
    :param anchor: place in the entity, such as the id of a paragraph (optional)
    :type anchor: string
    :param parent_id: id of the comment that this one answers (optional)
    :type parent_id: string
    :param text: at most 10,000 characters, unless the component says otherwise
    :type text: string
    :param language: ``kk``, ``ru`` or ``en``; the language of the request by default
    :type language: string
    :param author_name: the name to be read under, at most 100 characters; without it nobody sees who wrote
    :type author_name: string
    :param kind: ``comment``, or ``official`` for the answer of an officer in charge
    :type kind: string
    :param attachments: files, each uploaded or as ``{"name": …, "content": base64}``, if the component allows them
    :type attachments: list

    :returns: the comment as its author sees it: ``text`` is the copy that others read, with personal data masked,
        ``text_original`` what was written
    :rtype: dictionary
    :raises NotAuthorized: for visitors, persons whose identity is not confirmed as far as asked, and for an official
        answer of somebody who is not in charge; also when they write too often (status 429)
    :raises ObjectNotFound: when the entity does not exist or may not be seen
    :raises ValidationError: when the discussion is closed, or for a value that is refused
    """
    tk.check_access("comment_create", context, data_dict)
    given = {key: value for key, value in data_dict.items() if key != "attachments"}
    data = checked(given, schema.comment_create(), context)
    about = discussing.matter(context, data)
    user = person(context)
    draft = comments.Draft(
        subject=about.subject,
        author_id=user.id,
        text=data.get("text", ""),
        language=data.get("language") or tk.h.lang(),
        kind=Kind(data["kind"]),
        parent_id=data.get("parent_id"),
        author_name=data.get("author_name"),
        attachments=files.uploads(data_dict.get("attachments")),
    )
    with files.only_if_committed():
        comment = comments.create(draft)
        model.Session.commit()
    return _show_one(comment, context)


def _show_one(comment: Comment, context: Context) -> dict[str, Any]:
    about = discussing.matter(context, {"thread_id": comment.thread_id})
    return showing.show([comment], about.reader(context), about.rules)[0]


@tk.side_effect_free
def comment_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One comment.

    :param id: id of the comment
    :type id: string

    :returns: the comment, and ``about``: ``entity_type``, ``entity_id``, ``anchor``, ``title`` and ``url``. Its author
        and competent officers see ``text_original`` and the ``versions`` that the author replaced; of a hidden comment
        others see the reason only
    :rtype: dictionary
    :raises ObjectNotFound: when there is none, or none that the user may see
    :raises ValidationError: for what is no id
    """
    tk.check_access("comment_show", context, data_dict)
    data = checked(data_dict, schema.comment_show(), context)
    comment, about = discussing.comment(context, data["id"])
    reader = about.reader(context)
    shown = showing.show([comment], reader, about.rules)[0]
    link = about.rules.link(about.subject.entity_id)
    shown["about"] = {**about.subject._asdict(), "title": link.title, "url": link.url}
    if reader.may_see_original(comment):
        shown["versions"] = [showing.show_version(one) for one in comments.versions(comment.id)]
    return shown


@tk.side_effect_free
def comment_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A page of a discussion.

    :param thread_id: id of the thread; or name what is discussed:
    :type thread_id: string
    :param entity_type: such as ``draft_act``
    :type entity_type: string
    :param entity_id: id of the entity
    :type entity_id: string
    :param anchor: place in the entity (optional)
    :type anchor: string
    :param sort: ``newest`` (default), ``oldest`` or ``supported``
    :type sort: string
    :param grouped: one comment for each group of similar ones
    :type grouped: bool
    :param parent_id: the replies under that comment instead, official ones first
    :type parent_id: string
    :param cluster_id: the comments of that group of similar ones instead
    :type cluster_id: int
    :param cursor: ``next`` of the page before
    :type cursor: string
    :param limit: 20 by default, 100 at most
    :type limit: int

    :returns: ``thread`` (``id``, ``comments``: how many are public), ``title`` and ``url`` of the entity, ``is_open``
        and ``closed_reason``, ``may_write`` or a ``refusal`` that says what is missing, ``may_answer_officially``,
        ``rules`` (``max_length``, ``attachments``, ``premoderation``, ``edit_window`` in minutes), ``comments``, each
        with its ``first_replies``, ``waiting`` (on the first page: what the user wrote and others do not see) and
        ``next`` (None on the last page)
    :rtype: dictionary
    :raises ObjectNotFound: when the thread or entity does not exist or may not be seen
    :raises ValidationError: for a wrong value, or a cursor that no page gave
    """
    tk.check_access("comment_list", context, data_dict)
    data = checked(data_dict, schema.comment_list(), context)
    about = discussing.matter(context, data)
    reader = about.reader(context)
    shown: dict[str, Any] = {
        "thread": showing.show_thread(about.thread, reader),
        **_frame(about, context),
        "comments": [],
        "waiting": [],
        "next": None,
    }
    if about.thread:
        shown |= _page(about.thread, reader, about.rules, data)
    return shown


def _frame(about: discussing.Matter, context: Context) -> dict[str, Any]:
    """What is discussed, by which rules, and what the person who asks may do."""
    rules, entity_id = about.rules, about.subject.entity_id
    is_open, reason = rules.is_open(entity_id)
    user = access.user_of(context)
    refusal = _refusal(user, rules)
    link = rules.link(entity_id)
    return {
        **about.subject._asdict(),
        "title": link.title,
        "url": link.url,
        "is_open": is_open,
        "closed_reason": None if is_open else reason,
        "may_write": is_open and refusal is None,
        "refusal": refusal,
        "may_answer_officially": bool(user) and rules.competent(user.id, entity_id),
        "rules": {
            "max_length": rules.max_length,
            "attachments": rules.attachments,
            "premoderation": rules.premoderation,
            "edit_window": rules.edit_window,
        },
    }


def _refusal(user: model.User | None, rules: DiscussionRules) -> str | None:
    """Why a person may not write; an administrator of the portal always may."""
    try:
        if user is None or not user.sysadmin:
            persons.require(user.id if user else None, rules.level)
    except tk.NotAuthorized as error:
        return str(error)
    # Level NONE asks for no confirmed identity, but for an account all the same.
    return None if user else tk._("Sign in first. Without an account you can read everything but not take part.")


def _page(thread: Thread, reader: showing.Reader, rules: DiscussionRules, data: dict[str, Any]) -> dict[str, Any]:
    wanted = listing.Wanted(
        thread_id=thread.id,
        sort=Sort(data["sort"]),
        grouped=data["grouped"],
        root_id=data.get("parent_id"),
        cluster_id=data.get("cluster_id"),
        cursor=data.get("cursor"),
        limit=data["limit"],
    )
    page = listing.page(wanted)
    replies = listing.first_replies([one.id for one in page.comments if one.reply_count])
    is_first = not (wanted.cursor or wanted.root_id or wanted.cluster_id)
    waiting = listing.own_unpublished(thread.id, reader.user_id) if is_first and reader.user_id else []
    every = [*page.comments, *waiting, *(reply for some in replies.values() for reply in some)]
    shown = {one["id"]: one for one in showing.show(every, reader, rules)}
    for one in page.comments:
        shown[one.id]["first_replies"] = [shown[reply.id] for reply in replies.get(one.id, [])]
    return {
        "comments": [shown[one.id] for one in page.comments],
        "waiting": [shown[one.id] for one in waiting],
        "next": page.next,
    }


@limited("comment")
def comment_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change one's own comment, within the minutes that the component gives. The text before is kept.

    Where comments wait for a moderator before they are public, the changed one waits again.

    :param id: id of the comment
    :type id: string
    :param text: the new text
    :type text: string
    :param language: ``kk``, ``ru`` or ``en``; as before by default
    :type language: string

    :returns: the comment as its author sees it
    :rtype: dictionary
    :raises NotAuthorized: for anybody but the author; also when they write too often (status 429)
    :raises ObjectNotFound: when there is none
    :raises ValidationError: when it is too late, a moderator took it out, or for a text that is refused
    """
    tk.check_access("comment_update", context, data_dict)
    data = checked(data_dict, schema.comment_update(), context)
    comment, _about = discussing.comment(context, data["id"])
    comment = comments.update(comment.id, data.get("text", ""), data.get("language"))
    model.Session.commit()
    return _show_one(comment, context)


@limited("vote")
def comment_vote(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Vote for or against a public comment; each person has one vote on it and may change it.

    :param id: id of the comment
    :type id: string
    :param value: 1 for it, -1 against it, 0 takes the vote back
    :type value: int

    :returns: ``id``, ``votes_for``, ``votes_against`` and ``my_vote``
    :rtype: dictionary
    :raises NotAuthorized: for visitors, for the author, and for persons whose identity is not confirmed as far as the
        component asks; also when they vote too often (status 429)
    :raises ObjectNotFound: when there is none
    :raises ValidationError: when the discussion is closed, the comment is not public, or for another value
    """
    tk.check_access("comment_vote", context, data_dict)
    data = checked(data_dict, schema.comment_vote(), context)
    comment, about = discussing.comment(context, data["id"])
    check_open(about.rules, about.subject.entity_id)
    if comment.state != State.PUBLIC:
        raise tk.ValidationError({"id": [tk._("Only public comments can be voted on.")]})
    user = person(context)
    votes.cast(comment, user.id, data["value"])
    model.Session.commit()
    return {
        "id": comment.id,
        "votes_for": comment.votes_for,
        "votes_against": comment.votes_against,
        "my_vote": votes.of(comment.id, user.id),
    }


def comment_moderate(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Decide on comments: publish, hide with a reason that everybody reads, or put away as spam.

    :param ids: ids of at most 1,000 comments
    :type ids: list
    :param state: ``public``, ``hidden`` or ``spam``
    :type state: string
    :param reason: for ``hidden``: ``insult``, ``personal_data``, ``off_topic``, ``advertising``, ``unlawful``,
        ``unreadable``, or a sentence of at most 500 characters
    :type reason: string

    :returns: ``changed``: the ids of the comments that were not in that state before, and ``state``
    :rtype: dictionary
    :raises NotAuthorized: for anybody who does not moderate all of their discussions
    :raises ObjectNotFound: when one of them does not exist; then none is changed
    :raises ValidationError: for another state, or for hiding without a reason
    """
    tk.check_access("comment_moderate", context, data_dict)
    data = checked(data_dict, schema.comment_moderate(), context)
    state, reason = moderation.check_decision(data.get("state"), data.get("reason"))
    missing = set(data["ids"]) - {one.id for one in comments.get_many(data["ids"])}
    if missing:
        raise tk.ObjectNotFound(tk._("There is no comment with the id {id}.").format(id=min(missing)))
    changed = moderation.decide(moderation.Decision(data["ids"], state, reason), person(context).id)
    model.Session.commit()
    return {"changed": [comment.id for comment in changed], "state": state}


def comment_picture_release(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Open a picture to everybody after having looked that it shows nothing private, or close it again.

    :param id: id of the attachment
    :type id: string
    :param public: whether everybody who reads the comment sees the picture, without what the camera wrote into it
    :type public: bool

    :returns: the comment as its moderator sees it
    :rtype: dictionary
    :raises NotAuthorized: for anybody who does not moderate the discussion
    :raises ObjectNotFound: when there is no such file
    :raises ValidationError: for a file that is no picture
    """
    tk.check_access("comment_picture_release", context, data_dict)
    data = checked(data_dict, schema.comment_picture_release(), context)
    found = files.get(data["id"])
    comment = comments.get(found.comment_id) if found else None
    if found is None or comment is None:
        raise tk.ObjectNotFound(tk._("There is no file with this id."))
    moderation.release(found, public=data["public"], actor=person(context).id)
    model.Session.commit()
    return _show_one(comment, context)


@tk.side_effect_free
def comment_moderation_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What waits for the user as a moderator, the oldest first.

    :param state: ``pending`` (default), ``public``, ``hidden`` or ``spam``
    :type state: string
    :param marked: only comments in which personal data was found
    :type marked: bool
    :param cluster_id: only the comments of that group of similar ones
    :type cluster_id: int
    :param cursor: ``next`` of the page before
    :type cursor: int
    :param limit: 20 by default, 100 at most
    :type limit: int

    :returns: ``waiting``: how many are pending in all; ``comments``, each with ``text_original``, ``findings``
        (``kind``, ``start`` and ``end`` in it) and ``about``; ``next``
    :rtype: dictionary
    :raises NotAuthorized: for anybody who moderates nothing
    :raises ValidationError: for a wrong value
    """
    tk.check_access("comment_moderation_list", context, data_dict)
    data = checked(data_dict, schema.comment_moderation_list(), context)
    user = person(context)
    rows = moderation.queue(
        user.id,
        moderation.Filter(State(data["state"]), data["marked"], data.get("cluster_id"), data.get("cursor")),
        limit=data["limit"] + 1,
    )
    shown = rows[: data["limit"]]
    return {
        "waiting": moderation.waiting(user.id),
        "comments": showing.show_queue(shown, user.id),
        "next": shown[-1][0].position if len(rows) > len(shown) else None,
    }


@tk.side_effect_free
def comment_cluster_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The groups of comments that say nearly the same, the largest first.

    A comment belongs to a group when the estimated Jaccard similarity of its runs of five characters with the text
    that founded the group is at least 0.8 (MinHash; A. Broder, On the resemblance and containment of documents, 1997).

    :param thread_id: id of the thread; or ``entity_type``, ``entity_id`` and ``anchor`` as in ``comment_list``
    :type thread_id: string
    :param cursor: ``next`` of the page before
    :type cursor: string
    :param limit: 20 by default, 100 at most
    :type limit: int

    :returns: ``clusters``: ``id``, ``comments`` (how many are public, at least two) and ``example``, the first public
        comment; ``next``
    :rtype: dictionary
    :raises ObjectNotFound: when the thread or entity does not exist or may not be seen
    :raises ValidationError: for a wrong value
    """
    tk.check_access("comment_cluster_list", context, data_dict)
    data = checked(data_dict, schema.comment_cluster_list(), context)
    about = discussing.matter(context, data)
    if about.thread is None:
        return {"clusters": [], "next": None}
    after = listing.numbers(data["cursor"], 2) if data.get("cursor") else None
    found = clusters.page(about.thread.id, after=after, limit=data["limit"] + 1)
    page = found[: data["limit"]]
    leads = comments.get_many({one.lead_id for one in page if one.lead_id})
    examples = {one["id"]: one for one in showing.show(leads, about.reader(context), about.rules)}
    return {
        "clusters": [
            {"id": one.id, "comments": one.public_members, "example": examples.get(one.lead_id or "")} for one in page
        ],
        "next": f"{page[-1].public_members}.{page[-1].id}" if len(found) > len(page) else None,
    }


@tk.side_effect_free
def comment_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Where a whole discussion can be fetched: public comments, and hidden ones with their reason.

    :param thread_id: id of the thread; or ``entity_type``, ``entity_id`` and ``anchor`` as in ``comment_list``
    :type thread_id: string
    :param format: ``csv`` (default) or ``json``
    :type format: string

    :returns: ``thread_id``, ``comments`` (how many are public), ``format`` and ``url``
    :rtype: dictionary
    :raises ObjectNotFound: when nobody has written yet, or the thread may not be seen
    :raises ValidationError: for another format
    """
    tk.check_access("comment_export", context, data_dict)
    data = checked(data_dict, schema.comment_export(), context)
    about = discussing.matter(context, data)
    if about.thread is None:
        raise tk.ObjectNotFound(tk._("Nobody has written here yet, so there is nothing to export."))
    endpoint = "opengov_discussion.export"
    return {
        "thread_id": about.thread.id,
        "comments": about.thread.comments_public,
        "format": data["format"],
        "url": tk.url_for(endpoint, thread_id=about.thread.id, form=data["format"], _external=True),
    }
