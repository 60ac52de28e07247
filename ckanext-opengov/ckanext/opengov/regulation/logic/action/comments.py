"""Actions on the comments of an act: written, listed, answered, taken away as a whole."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, Context, DataDict

from ckanext.opengov.civic.logic import discussing
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.discussion import files
from ckanext.opengov.civic.service.discussion import showing as kit
from ckanext.opengov.civic.service.discussion.rules import rules_of
from ckanext.opengov.civic.service.limits import limited
from ckanext.opengov.regulation.logic import shared
from ckanext.opengov.regulation.logic.auth.acts import visible
from ckanext.opengov.regulation.logic.schema import acts as schema
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.service import answering, commenting, listing, moving, people, placing, showing
from ckanext.opengov.regulation.service.states import ANSWERING
from ckanext.opengov.regulation.service.words import TYPE

__all__ = [
    "comment_create",
    "draft_act_comment_create",
    "draft_act_comment_list",
    "draft_act_comment_respond",
    "draft_act_comment_show",
    "draft_act_discussion_export",
]


@tk.chained_action
def comment_create(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Comments on acts have one way in: one that comes by the kit's action is a remark of a citizen."""
    is_first = data_dict.get("entity_type") == TYPE and not data_dict.get("parent_id")
    if not is_first or data_dict.get("kind") == "official":
        return original(context, data_dict)
    given = {
        name: value for name, value in data_dict.items() if name not in ("entity_type", "entity_id", "anchor", "kind")
    }
    tk.check_access("comment_create", context, data_dict)
    wish = {**given, "id": data_dict.get("entity_id"), "eid": data_dict.get("anchor") or ""}
    return tk.get_action("draft_act_comment_create")(tk.fresh_context(context), wish)


@limited("comment")
def draft_act_comment_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Write a comment on an act in discussion: on a part, on words that it has, or on the whole.

    :param id: id or number of the act
    :type id: string
    :param eid: of the part (optional, default: the act as a whole)
    :type eid: string
    :param kind: ``remark`` (default), ``proposal`` or ``support``
    :type kind: string
    :param text: at most 10,000 characters; may be left out for ``support``
    :type text: string
    :param quote: words of the part that are meant (optional)
    :type quote: string
    :param wording: for a proposal: what should stand there instead
    :type wording: string
    :param language: ``kk``, ``ru`` or ``en``; the language of the request by default
    :type language: string
    :param channel: ``citizen`` (default), or the channel of an accredited expert
    :type channel: string
    :param author_name: the name to be read under (optional)
    :type author_name: string
    :param attachments: at most 3 files (optional)
    :type attachments: list

    :returns: the comment as in :py:func:`draft_act_comment_list`, as its author sees it
    :rtype: dictionary
    :raises NotAuthorized: for visitors, without a confirmed address, or for a channel of others; also when that is too
        often (status 429)
    :raises ValidationError: before and after the term of the channel, for a part that is gone, for a quote that does
        not stand there
    """
    tk.check_access("draft_act_comment_create", context, data_dict)
    plain = {name: value for name, value in data_dict.items() if name != "attachments"}
    data = shared.validated(plain, schema.comment(), context)
    act, user = visible(context, data), shared.person(context)
    wish = commenting.Wish(
        author_id=user,
        text=data.get("text", ""),
        language=data.get("language") or wording.current(),
        eid=data.get("eid") or "",
        kind=data["kind"],
        channel=data["channel"],
        quote=data.get("quote") or "",
        wording=data.get("wording") or "",
        author_name=data.get("author_name"),
        attachments=files.uploads(data_dict.get("attachments")),
    )
    with files.only_if_committed(), shared.written():
        comment, _remark = commenting.create(act, wish)
    return _shown(act, [comment], user)[0]


def _shown(act: DraftAct, comments: list[Any], user: str | None) -> list[dict[str, Any]]:
    reader = kit.Reader(user, people.writes(user, act.agency_id))
    shown = kit.show(comments, reader, rules_of(TYPE))
    showing.remarks(act, shown)
    return shown


@tk.side_effect_free
def draft_act_comment_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The comments of an act, page by page to the last one.

    :param id: id or number of the act
    :type id: string
    :param place: only those that stand at this part of the newest version (eId; optional)
    :type place: string
    :param whole: only those on the act as a whole (optional)
    :type whole: bool
    :param sort: of the comments at a place: ``oldest`` (default), ``newest`` or ``supported``
    :type sort: string
    :param grouped: of the comments at a place, or unanswered: one for each group of similar ones
    :type grouped: bool
    :param kind: remark, proposal or support (optional)
    :type kind: string
    :param channel: citizen, or a channel of experts (optional)
    :type channel: string
    :param outcome: accepted, partly, not_accepted or out_of_scope (optional)
    :type outcome: string
    :param unanswered: only those without an answer (optional)
    :type unanswered: bool
    :param cursor: ``next`` of the page before (optional)
    :type cursor: string
    :param limit: at most 100 (optional, default: 20)
    :type limit: int

    :returns: ``comments``, each as in ``comment_list`` with ``remark`` (``kind``, ``channel``, ``version``, ``eid``,
        ``quote``, ``wording``, ``place`` and ``mark``: where it stands in the newest version and what became of the
        text there), ``response`` (``outcome``, ``reason``, ``answered_at``) and ``unkept`` (accepted, but the text has
        not changed); ``next``
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such act
    """
    tk.check_access("draft_act_comment_list", context, data_dict)
    data = shared.validated(data_dict, schema.comments(), context)
    act = visible(context, data)
    found, following = listing.comments(act, data, data["limit"])
    return {"comments": _shown(act, found, shared.user_id(context)), "next": following}


@tk.side_effect_free
def draft_act_comment_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One comment of an act.

    :param id: id or number of the act
    :type id: string
    :param comment_id: id of the comment
    :type comment_id: string

    :returns: the comment as in :py:func:`draft_act_comment_list`
    :rtype: dictionary
    :raises ObjectNotFound: when there is none on this act, or none that the caller may see
    """
    tk.check_access("draft_act_comment_show", context, data_dict)
    data = shared.validated(data_dict, schema.comment_show(), context)
    act = visible(context, data)
    comment, about = discussing.comment(context, data["comment_id"])
    if about.subject.entity_id != act.id:
        raise tk.ObjectNotFound(tk._("There is no such comment on this act."))
    return _shown(act, [comment], shared.user_id(context))[0]


def draft_act_comment_respond(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Answer a comment, or a group of similar ones at once, for the developer agency; until the report is published
    another answer replaces it.

    :param id: id or number of the act
    :type id: string
    :param comment_id: the comment; or
    :type comment_id: string
    :param cluster_id: the group: the answer counts for each comment in it that has none of its own
    :type cluster_id: int
    :param outcome: ``accepted``, ``partly``, ``not_accepted`` or ``out_of_scope``
    :type outcome: string
    :param reason: at least 40 characters, unless the comment is accepted
    :type reason: string
    :param language: of the reason; that of the request by default
    :type language: string

    :returns: ``response`` and ``number`` (how many comments it answers)
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the developer agency
    :raises ObjectNotFound: when the comment or group is not one of this act
    :raises ValidationError: without a reason of substance, or after the report
    """
    tk.check_access("draft_act_comment_respond", context, data_dict)
    data = shared.validated(data_dict, schema.respond(), context)
    if bool(data.get("comment_id")) == (data.get("cluster_id") is not None):
        raise tk.ValidationError({"comment_id": [tk._("Name one comment, or one group of similar ones.")]})
    language = data.get("language") or wording.current()
    outcome, reason, language = answering.check(data.get("outcome"), data.get("reason"), language)
    user = shared.person(context)
    with shared.written():
        act = moving.lock(visible(context, data).id)
        if moving.state_of(act) not in ANSWERING:
            message = tk._("Comments are answered from the beginning of the discussion until the report.")
            raise tk.ValidationError({"id": [message]})
        answer = answering.Answer(outcome, reason, language, data.get("comment_id"), data.get("cluster_id"))
        response, number = answering.respond(act, answer, user)
    return {"response": answering.shown(response), "number": number}


@tk.side_effect_free
def draft_act_discussion_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Where the whole discussion of an act can be fetched as one JSON:API file: parts, comments, responses.

    :param id: id or number of the act
    :type id: string

    :returns: ``url``, ``comments`` (how many are public) and ``media_type``
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such act
    """
    tk.check_access("draft_act_discussion_export", context, data_dict)
    act = visible(context, data_dict)
    address = tk.url_for("opengov_regulation.export", number=act.number, _external=True)
    total = sum(placing.counts(act.id).values())
    return {"url": address, "comments": total, "media_type": "application/vnd.api+json"}
