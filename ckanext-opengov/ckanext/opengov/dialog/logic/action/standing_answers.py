"""Actions on standing answers: what many ask is answered once."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic.checked import checked, person
from ckanext.opengov.dialog.logic import shared
from ckanext.opengov.dialog.logic.schema import appeals as schema
from ckanext.opengov.dialog.service.appeals import similar, standing

__all__ = ["standing_answer_create", "standing_answer_list", "standing_answer_update"]


def standing_answer_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Draft a standing answer from a question that many ask.

    :param agency: id or name
    :type agency: string
    :param topic: a key of the list of topics (optional)
    :type topic: string
    :param question: ``{kk, ru, en}``, at least one, each at most 1,000 characters
    :type question: dictionary
    :param answer: ``{kk, ru, en}``, at least one
    :type answer: dictionary
    :param links: live data: ``title`` and ``url`` (optional)
    :type links: list of dictionaries

    :returns: ``id``, ``agency_id``, ``topic``, ``state``, ``question``, ``answer``, ``question_translated``,
        ``answer_translated``, ``links``, ``updated_at``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but officers who answer the agency's appeals
    """
    tk.check_access("standing_answer_create", context, data_dict)
    data = checked(data_dict, schema.standing_create(), context, "question", "answer", "links")
    made = standing.create(data, person(context).id)
    model.Session.commit()
    return similar.dictized(made)


def standing_answer_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change a standing answer, which makes it a draft again; or review or withdraw it.

    :param id: as the list gives it
    :type id: string
    :param state: ``reviewed`` (by somebody else than who wrote the text), ``withdrawn`` or ``draft`` (optional)
    :type state: string
    :param question: optional; as are ``answer``, ``links`` and ``topic``
    :type question: dictionary

    :returns: as ``standing_answer_create``
    :rtype: dictionary
    :raises ValidationError: when the author reviews the own text
    """
    tk.check_access("standing_answer_update", context, data_dict)
    data = checked(data_dict, schema.standing_update(), context, "question", "answer", "links")
    found = standing.update(data["id"], data, person(context).id)
    model.Session.commit()
    return similar.dictized(found)


@tk.side_effect_free
def standing_answer_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Standing answers, the newest first. Everybody reads the reviewed ones, officers their agency's drafts too.

    :param agency: id or name (optional)
    :type agency: string
    :param topic: optional
    :type topic: string
    :param state: ``reviewed`` (default), ``draft`` or ``withdrawn``
    :type state: string
    :param limit: at most 100 (optional, default: 20)
    :type limit: int
    :param offset: how many to leave out at the beginning (optional)
    :type offset: int

    :returns: ``standing_answers``
    :rtype: dictionary
    """
    tk.check_access("standing_answer_list", context, data_dict)
    data = checked(data_dict, schema.standing_list(), context)
    found = standing.listed(data["state"], shared.agency_id(data), data.get("topic"), data["limit"], data["offset"])
    return {"standing_answers": [similar.dictized(one) for one in found]}
