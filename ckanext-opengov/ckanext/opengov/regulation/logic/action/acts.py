"""Actions on acts: finding and reading them, their way, votes."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pysolr
from ckan.types import Context, DataDict

from ckanext.opengov.civic.service import officers, public_index, wording
from ckanext.opengov.civic.service.limits import limited
from ckanext.opengov.regulation.logic import shared
from ckanext.opengov.regulation.logic.auth.acts import visible
from ckanext.opengov.regulation.logic.schema import acts as schema
from ckanext.opengov.regulation.service import (
    commenting,
    listing,
    moving,
    people,
    placing,
    searching,
    showing,
    storing,
    voting,
)
from ckanext.opengov.regulation.service.states import WRITERS
from ckanext.opengov.regulation.service.words import COMPONENT

__all__ = [
    "draft_act_comment_counts",
    "draft_act_list",
    "draft_act_part_list",
    "draft_act_part_show",
    "draft_act_search",
    "draft_act_show",
    "draft_act_transition",
    "draft_act_vote",
    "draft_act_work_list",
]


@tk.side_effect_free
def draft_act_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One act without its text, which :py:func:`draft_act_part_list` gives.

    :param id: id or number
    :type id: string

    :returns: ``number``, ``kind``, ``state`` (draft, announced, discussion, answers_due, report, agreed, adopted,
        withdrawn), ``title``, ``notes`` and ``basis`` by language, ``agency``, ``version`` (newest public one),
        ``versions``, ``discussions``, ``documents``, ``starts_at``, ``ends_at`` (of comments by citizens),
        ``channel_ends``, ``closes_at``, ``answers_due_at``, ``reported_at``, ``likes``, ``dislikes``, ``my_vote``,
        ``figures`` (of the report), ``is_open`` and ``closed_reason``, ``channels`` (in which the reader may speak
        as an expert), ``may`` (the steps that the reader may take)
    :rtype: dictionary
    :raises ObjectNotFound: when there is none, or none that the caller may see
    """
    tk.check_access("draft_act_show", context, data_dict)
    return showing.full(visible(context, data_dict), shared.user_id(context))


@tk.side_effect_free
def draft_act_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Announced acts, the newest first, page by page.

    :param agency: id or name (optional)
    :type agency: string
    :param kind: concept, law, decree, order, local_decision or service_standard (optional)
    :type kind: string
    :param state: as in :py:func:`draft_act_show` (optional)
    :type state: string
    :param cursor: ``next`` of the page before (optional)
    :type cursor: string
    :param limit: at most 100 (optional, default: 20)
    :type limit: int

    :returns: ``acts`` and ``next``
    :rtype: dictionary
    :raises ValidationError: for an unknown filter value or a wrong cursor
    """
    tk.check_access("draft_act_list", context, data_dict)
    data = shared.validated(data_dict, schema.listed(), context)
    found, following = listing.acts({**data, "agency_id": data.get("agency")}, data["limit"])
    return {"acts": showing.briefs(found), "next": following}


@tk.side_effect_free
def draft_act_search(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Announced acts with all these words in title or text, the best first; without words the newest first.

    :param q: words in Kazakh, Russian or English, in any of their forms (optional)
    :type q: string

    The other parameters are those of :py:func:`draft_act_list`.

    :returns: ``acts``, ``next``, ``count`` and ``facets``: for ``agency`` (by name), ``kind`` and ``state`` how many
        fit by value, each counted without its own filter
    :rtype: dictionary
    :raises ValidationError: for an unknown filter value or a wrong cursor
    """
    tk.check_access("draft_act_search", context, data_dict)
    data = shared.validated(data_dict, schema.listed(), context)
    filters, words = {**data, "agency_id": data.get("agency")}, data.get("q", "")
    if not public_index.words(words):
        counted = searching.INDEX.counts(filters)
        found, following = listing.acts(filters, data["limit"])
    else:
        try:
            counted = searching.INDEX.find(words, filters, data["limit"], data.get("cursor"))
        except pysolr.SolrError as error:
            # The index refuses a cursor that it did not give; when it is down there is nothing to search in either.
            raise tk.ValidationError({"q": [tk._("The search does not answer this. Start it anew.")]}) from error
        found, following = searching.acts(counted.ids), counted.cursor
    return {"acts": showing.briefs(found), "next": following, "count": counted.count, "facets": counted.counts}


@tk.side_effect_free
def draft_act_work_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The acts of the agencies that the caller works for, drafts among them, the newest first.

    The parameters are those of :py:func:`draft_act_list`.

    :returns: ``acts`` and ``next``
    :rtype: dictionary
    :raises NotAuthorized: for anybody who is no officer of open regulations
    """
    tk.check_access("draft_act_work_list", context, data_dict)
    data = shared.validated(data_dict, schema.listed(), context)
    user = shared.person(context)
    own = officers.agencies_of(user, WRITERS, COMPONENT)
    if people.roles_in(user, None) == people.EVERY_ROLE:
        own = None if not data.get("agency") else [data["agency"]]
    filters = {**data, "agency_id": data.get("agency")}
    found, following = listing.acts(filters, data["limit"], listing.ALL if own is None else own)
    return {"acts": showing.briefs(found), "next": following}


@tk.side_effect_free
def draft_act_part_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The parts of a version in the order of reading, page by page.

    :param id: id or number of the act
    :type id: string
    :param version: number (optional, default: the newest public one; for officers of a draft the one in preparation)
    :type version: int
    :param language: ``kk``, ``ru`` or ``en`` (optional, default: that of the request, else one that there is)
    :type language: string
    :param parent: only the children of the part with this eId (optional)
    :type parent: string
    :param cursor: ``next`` of the page before (optional)
    :type cursor: int
    :param limit: at most 1,000 (optional, default: 200)
    :type limit: int

    :returns: ``version``, ``language``, ``parts`` (``position``, ``eid``, ``parent_eid``, ``kind``, ``number``,
        ``heading``, ``text``) and ``next``
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such act or version, or none that the caller may see
    """
    tk.check_access("draft_act_part_list", context, data_dict)
    data = shared.validated(data_dict, schema.parts(), context)
    act = visible(context, data)
    version = moving.version_for(act, data.get("version"), shared.user_id(context))
    known = storing.languages([version.id]).get(version.id, [])
    wanted = data.get("language") or wording.current()
    language = wanted if wanted in known else next(iter(known), wanted)
    found, following = storing.page(
        version.id, language, after=data.get("cursor"), limit=data["limit"], under=data.get("parent")
    )
    return {
        "version": version.number,
        "language": language,
        "parts": [showing.part(one) for one in found],
        "next": following,
    }


@tk.side_effect_free
def draft_act_part_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One part of a version in each of its languages.

    :param id: id or number of the act
    :type id: string
    :param eid: of the part
    :type eid: string
    :param version: number (optional, default as in :py:func:`draft_act_part_list`)
    :type version: int

    :returns: ``version`` and ``languages``: language → part, empty when the version has none with this eId
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such act or version, or none that the caller may see
    """
    tk.check_access("draft_act_part_show", context, data_dict)
    data = shared.validated(data_dict, schema.part(), context)
    act = visible(context, data)
    version = moving.version_for(act, data.get("version"), shared.user_id(context))
    found = storing.part(version.id, data["eid"])
    return {"version": version.number, "languages": {language: showing.part(one) for language, one in found.items()}}


@tk.side_effect_free
def draft_act_comment_counts(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """How many public comments stand at each part of the newest version.

    :param id: id or number of the act
    :type id: string

    :returns: ``whole`` (on the act as a whole), ``parts`` (eId → number) and ``gone`` (eId of a part that is gone →
        number)
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such act
    """
    tk.check_access("draft_act_comment_counts", context, data_dict)
    counted = placing.counts(visible(context, data_dict).id)
    return {
        "whole": counted.get("", 0),
        "parts": {eid: number for eid, number in counted.items() if eid and not eid.startswith(placing.GONE)},
        "gone": {
            eid.removeprefix(placing.GONE): number for eid, number in counted.items() if eid.startswith(placing.GONE)
        },
    }


def draft_act_transition(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take an act one step on. The clock opens and closes discussions, no officer does.

    :param id: id or number
    :type id: string
    :param event: ``announce`` (draft → announced), ``extend`` (of a running discussion), ``publish_report`` (when every
        comment is answered), ``publish_version`` (the next one, in preparation), ``repeat`` (a further discussion),
        ``agree``, ``adopt``, ``withdraw``
    :type event: string
    :param starts_at: for ``announce`` and ``repeat``: ISO 8601 with its zone (optional, default: now)
    :type starts_at: string
    :param until: for ``announce`` and ``repeat`` a later last day than the law's (optional), for ``extend`` the new one
    :type until: string
    :param reason: for ``extend``, ``repeat``, ``withdraw``, and for ``agree`` with whom: language → text
    :type reason: dictionary
    :param url: for ``adopt``: address of the act in force
    :type url: string
    :param parts: for ``adopt``: its text, to be compared with the last draft (optional)
    :type parts: dictionary

    :returns: the act as in :py:func:`draft_act_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but publishers and heads of the developer agency
    :raises ValidationError: for a step that does not fit the state, or a condition that is not met
    """
    tk.check_access("draft_act_transition", context, data_dict)
    data = shared.validated(data_dict, schema.transition(), context, "parts")
    if data.get("parts"):
        data["parts"] = shared.act_text(data["parts"])
    act, user = visible(context, data), shared.person(context)
    with shared.written():
        moved = moving.transition(act.id, data["event"], people.roles_in(user, act.agency_id), data, user)
    return showing.full(moved, user)


@limited("vote")
def draft_act_vote(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Like or dislike an act as a whole while it is in discussion.

    :param id: id or number
    :type id: string
    :param value: 1, -1, or 0 to take it back
    :type value: int

    :returns: ``likes``, ``dislikes`` and ``my_vote``
    :rtype: dictionary
    :raises NotAuthorized: for visitors and persons without a confirmed address
    :raises ValidationError: when the discussion is closed
    """
    tk.check_access("draft_act_vote", context, data_dict)
    data = shared.validated(data_dict, schema.vote(), context)
    act, user = visible(context, data), shared.person(context)
    reason = commenting.closed(act)
    if reason:
        raise tk.ValidationError({"id": [reason]})
    with shared.written():
        voting.cast(act, user, data["value"])
    return {"likes": act.likes, "dislikes": act.dislikes, "my_vote": data["value"]}
