"""Actions on internet conferences."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import officers
from ckanext.opengov.dialog.logic.schema import conferences as schema
from ckanext.opengov.dialog.service.conferences import moving, showing
from ckanext.opengov.dialog.service.conferences.rules import COMPONENT, PERMISSIONS, possible

__all__ = [
    "conference_create",
    "conference_list",
    "conference_show",
    "conference_transcript",
    "conference_transition",
    "conference_update",
]


def checked(data_dict: DataDict, rules: Any, context: Context) -> dict[str, Any]:
    """What came, by the rules of a schema.

    :raises ValidationError: with what is wrong in which field
    """
    data, errors = tk.navl_validate(data_dict, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return {name: value for name, value in data.items() if name in rules}


def reader(context: Context) -> str | None:
    """The id of who asks."""
    user = access.user_of(context)
    return user.id if user else None


def conference_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Draft a conference. Only officers of the agency see it until it is announced.

    :param owner_org: id or name of the agency
    :type owner_org: string
    :param title: language (kk, ru, en) → title; at least one language
    :type title: dictionary
    :param intro: language → what it is about (optional)
    :type intro: dictionary
    :param speakers: each with ``name``, ``position`` (language → text) and ``user`` (name of the account from which
        the speaker answers, optional)
    :type speakers: list of dictionaries
    :param starts_at: ISO 8601 with its zone
    :type starts_at: string
    :param recording_url: address of the recording (optional)
    :type recording_url: string
    :param name: address of the page (optional)
    :type name: string

    :returns: the conference as in :py:func:`conference_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency's dialogue
    :raises ValidationError: naming the field
    """
    tk.check_access("conference_create", context, data_dict)
    data = checked(data_dict, schema.conference_create(), context)
    made = moving.create(data, data["owner_org"], reader(context))
    model.Session.commit()
    return showing.conference(made)


def conference_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change an announcement; what is left out stays. Once it is live only ``recording_url`` can change.

    :param id: id or name of the conference
    :type id: string

    The other parameters are those of :py:func:`conference_create` without ``owner_org`` and ``name``.

    :returns: the conference as in :py:func:`conference_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency's dialogue
    :raises ValidationError: naming the field
    """
    tk.check_access("conference_update", context, data_dict)
    data = checked(data_dict, schema.conference_update(), context)
    found = moving.get(data.pop("id"))
    changed = moving.update(found, data, reader(context))
    model.Session.commit()
    return showing.conference(changed)


def conference_transition(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Let the next thing happen to a conference.

    :param id: id or name of the conference
    :type id: string
    :param event: announce, collect, start, finish, publish or cancel
    :type event: string
    :param reason: for ``cancel``: why, at least ten characters; the public reads it
    :type reason: string

    :returns: the conference as in :py:func:`conference_show`
    :rtype: dictionary
    :raises NotAuthorized: when the user's roles do not allow this event
    :raises ValidationError: when the state does not allow it; the message names what is possible
    """
    tk.check_access("conference_transition", context, data_dict)
    data = checked(data_dict, schema.conference_transition(), context)
    found = moving.get(data["id"])
    moved = moving.transition(found.id, data["event"], reader(context), data.get("reason"))
    model.Session.commit()
    return showing.conference(moved)


@tk.side_effect_free
def conference_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One conference.

    :param id: id or name
    :type id: string

    :returns: ``id``, ``name``, ``agency_id``, ``state``, ``title_translated``, ``intro_translated``, ``speakers``,
        ``starts_at``, ``recording_url``, ``cancel_reason``, ``question_count``, ``answer_count``, ``moments`` (state →
        when it began), ``events`` and ``may`` (what the user may do now), and texts in the reader's language
    :rtype: dictionary
    :raises ObjectNotFound: when there is none, or it is a draft of an agency whose officer the user is not
    """
    tk.check_access("conference_show", context, data_dict)
    data = checked(data_dict, schema.one_conference(), context)
    found = moving.get(data["id"])
    allowed = [name for name in PERMISSIONS if access.may(name, context, COMPONENT, found.agency_id)]
    events = [name for name in possible(found.state) if f"conference_{name}" in allowed]
    shown = {**showing.conference(found), "events": events, "may": allowed}
    if "conference_update" in allowed:
        for speaker, account in zip(shown["speakers"], showing.speaker_accounts(found), strict=True):
            speaker["user"] = account
    return shown


@tk.side_effect_free
def conference_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Conferences, the latest first.

    :param state: draft, announced, collecting, live, finished, published or cancelled (optional)
    :type state: string
    :param agency: id or name of an agency (optional)
    :type agency: string
    :param offset: how many to skip (0)
    :type offset: int
    :param limit: at most 100 (20)
    :type limit: int

    :returns: ``count`` and ``results``, each as in :py:func:`conference_show` without what the user may do
    :rtype: dictionary
    :raises ValidationError: for an unknown state or agency
    """
    tk.check_access("conference_list", context, data_dict)
    data = checked(data_dict, schema.conference_list(), context)
    count, found = moving.listed(
        state=data.get("state"),
        agency_id=data.get("agency"),
        hidden=_with_drafts(context),
        offset=data["offset"],
        limit=data["limit"],
    )
    return {"count": count, "results": [showing.conference(one) for one in found]}


def _with_drafts(context: Context) -> frozenset[str] | None:
    user = access.user_of(context)
    if context.get("ignore_auth") or (user and user.sysadmin):
        return None
    if user is None:
        return frozenset()
    return frozenset(officers.agencies_of(user.id, PERMISSIONS["conference_draft_show"], COMPONENT))


@tk.side_effect_free
def conference_transcript(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """All that was asked and answered, in the order in which it was answered.

    :param id: id or name of the conference
    :type id: string

    :returns: as :py:func:`conference_show`, with ``answered`` and ``unanswered`` questions, ``began_at``, ``ended_at``
    :rtype: dictionary
    :raises NotAuthorized: before it is published, for all but officers of the agency's dialogue
    """
    tk.check_access("conference_transcript", context, data_dict)
    data = checked(data_dict, schema.one_conference(), context)
    return showing.transcript(moving.get(data["id"]))
