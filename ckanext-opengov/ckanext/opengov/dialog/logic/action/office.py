"""Actions of officers that read: the desk of an appeal, the agency's appeals, what waits for moderators."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.checked import checked
from ckanext.opengov.dialog.logic import shared
from ckanext.opengov.dialog.logic.auth.appeals import person_of, visible
from ckanext.opengov.dialog.logic.schema import appeals as appeal_schema
from ckanext.opengov.dialog.logic.schema import office as schema
from ckanext.opengov.dialog.model.appeals import StandingAnswer
from ckanext.opengov.dialog.service.appeals import office, similar, standing
from ckanext.opengov.dialog.service.appeals.people import COMPONENT, READERS

__all__ = ["appeal_moderation_queue", "appeal_work_list", "appeal_work_show", "standing_answer_show"]


@tk.side_effect_free
def appeal_work_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One appeal with all that its officer needs.

    :param number: number or id
    :type number: string

    :returns: as ``appeal_show``, and ``subject_findings``, ``assignee_title``, ``colleagues`` (to whom it may be given:
        ``id``, ``name``, ``title``), ``journal`` (at, event, title, actor, to, acknowledged, is_internal),
        ``forward_by`` (until when it may be passed on in time), ``forward_late``, ``extend_until`` (the latest day to
        which the term may be extended), ``legal_reasons`` (for which it may be left without consideration),
        ``draft_mark`` (for ``appeal_draft``),
        ``similar`` (``appeals`` and ``standing_answers`` of the agency), and ``attachments`` under their own names
    :rtype: dictionary
    :raises NotAuthorized: for anybody but officers of the agency that has it now
    :raises ObjectNotFound: when there is no such appeal, or none that the caller may see
    """
    tk.check_access("appeal_work_show", context, data_dict)
    data = checked(data_dict, appeal_schema.appeal(), context)
    return office.desk(visible(context, data), person_of(context))


@tk.side_effect_free
def appeal_work_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The appeals of the caller's agencies, newest first, page by page.

    :param agency: id or name (optional)
    :type agency: string
    :param topic: optional; as are ``region``, ``state``, ``kind``, ``language``, ``visibility``, ``assignee`` (user id)
    :type topic: string
    :param overdue: only those whose term is over without an answer (optional)
    :type overdue: bool
    :param answered: only those with an answer, or without (optional)
    :type answered: bool
    :param cursor: ``next`` of the page before (optional)
    :type cursor: string
    :param limit: at most 100 (optional, default: 20)
    :type limit: int

    :returns: ``appeals`` (as in ``appeal_list``, with ``assignee_id`` and ``assignee_title``), ``next``, and
        ``choices`` of the filters: ``agencies``, ``officers``, ``topics``, ``states``
    :rtype: dictionary
    :raises NotAuthorized: for anybody without a role in the dialogue
    :raises ValidationError: for an unknown agency or a wrong cursor
    """
    tk.check_access("appeal_work_list", context, data_dict)
    data = checked(data_dict, schema.work_list(), context)
    person, agency = person_of(context), shared.agency_id(data)
    filters = {**data, "agency_id": agency, "assignee_id": data.get("assignee")}
    found = office.work_list(person, filters, data["limit"])
    return found | {"choices": office.choices(person, READERS, agency)}


@tk.side_effect_free
def appeal_moderation_queue(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Appeals that wait for a moderator before the public reads them, the oldest first.

    :param agency: id or name (optional)
    :type agency: string
    :param cursor: ``next`` of the page before (optional)
    :type cursor: string
    :param limit: at most 100 (optional, default: 20)
    :type limit: int

    :returns: ``waiting`` (how many), ``appeals`` (as in ``appeal_list``, with ``text`` as the public would read it,
        ``original`` with ``findings`` and ``subject_findings``, and ``attachments``) and ``next``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but moderators
    """
    tk.check_access("appeal_moderation_queue", context, data_dict)
    data = checked(data_dict, schema.queue(), context)
    own, agency = office.own_agencies(person_of(context), office.MODERATORS), shared.agency_id(data)
    if agency:
        own = [agency] if own is None or agency in own else []
    return office.queue(own, data.get("cursor"), data["limit"])


@tk.side_effect_free
def standing_answer_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One standing answer. Everybody reads the reviewed ones, officers their agency's others too.

    :param id: as the list gives it
    :type id: string

    :returns: as ``standing_answer_create``, with ``agency_title`` and ``may``: whether the caller may ``change``,
        ``review`` or ``withdraw`` it, or make it a ``draft`` again
    :rtype: dictionary
    :raises ObjectNotFound: when there is none, or none that the caller may see
    """
    tk.check_access("standing_answer_show", context, data_dict)
    data = checked(data_dict, schema.standing_show(), context)
    found = model.Session.get_one(StandingAnswer, data["id"])
    user = access.user_of(context)
    is_officer = access.may("standing_answer_update", context, COMPONENT, found.agency_id)
    may = standing.possible(found, user.id if user else None) if is_officer else []
    return similar.dictized(found) | {"agency_title": standing.agency_title(found), "may": may}
