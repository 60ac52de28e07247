"""Actions by which officers write acts: drafts, their parts, next versions, documents; and accredit experts."""

from __future__ import annotations

import base64
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers
from ckanext.opengov.regulation.logic import shared
from ckanext.opengov.regulation.logic.auth.acts import visible
from ckanext.opengov.regulation.logic.schema import acts as schema
from ckanext.opengov.regulation.service import documents, drafting, moving, people, showing, storing
from ckanext.opengov.regulation.service.words import COMPONENT

__all__ = [
    "draft_act_create",
    "draft_act_document_create",
    "draft_act_document_show",
    "draft_act_expert_accredit",
    "draft_act_part_delete",
    "draft_act_part_update",
    "draft_act_update",
    "draft_act_version_create",
]


def draft_act_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Begin a draft act. Nobody but the agency's officers reads it until its discussion is announced.

    :param owner_org: id or name of the developer agency
    :type owner_org: string
    :param kind: concept, law, decree, order, local_decision or service_standard
    :type kind: string
    :param title: language (kk, ru, en) → title; at least one language
    :type title: dictionary
    :param notes: language → what it regulates (optional)
    :type notes: dictionary
    :param basis: language → why it is developed (optional)
    :type basis: dictionary
    :param parts: language → parts of the text: ``kind`` (section, chapter, article, paragraph, subparagraph, …),
        ``number``, ``heading``, ``text``, ``children``, and ``eid`` where it is not to be made (optional)
    :type parts: dictionary

    :returns: the act as in :py:func:`draft_act_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency
    :raises ValidationError: naming the field, or the place of a part
    """
    tk.check_access("draft_act_create", context, data_dict)
    data = shared.validated(data_dict, schema.create(), context, "parts")
    parts = shared.act_text(data.pop("parts")) if data.get("parts") else {}
    user = shared.person(context)
    with shared.written():
        act = moving.create(data | {"agency_id": data["owner_org"]}, parts, user)
    return showing.full(act, user)


def draft_act_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change a draft, or the text of the version in preparation; what is left out stays.

    :param id: id or number
    :type id: string

    The other parameters are those of :py:func:`draft_act_create` without ``owner_org``. Title and kind do not change
    once the act was announced.

    :returns: the act as in :py:func:`draft_act_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency
    :raises ValidationError: naming the field, or the place of a part
    """
    tk.check_access("draft_act_update", context, data_dict)
    data = shared.validated(data_dict, schema.update(), context, "parts")
    act, user = visible(context, data), shared.person(context)
    values = {name: data[name] for name in ("kind", "title", "notes", "basis") if name in data}
    if "parts" in data:
        values["parts"] = shared.act_text(data["parts"])
    with shared.written():
        changed = moving.update(act.id, values, user)
    return showing.full(changed, user)


def draft_act_part_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change one part of the version in preparation, or add one, in all its languages.

    :param id: id or number of the act
    :type id: string
    :param eid: of the part to change; left out for a new one
    :type eid: string
    :param kind: of a new part
    :type kind: string
    :param under: eId of the part that a new one stands in, as its last (optional)
    :type under: string
    :param after: eId of the part that a new one follows (optional)
    :type after: string
    :param number: as printed
    :type number: string
    :param heading: language → heading
    :type heading: dictionary
    :param text: language → text
    :type text: dictionary

    :returns: ``eid`` and ``number`` (of the act)
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency
    :raises ValidationError: when no version is in preparation, there is no such part, or for what is wrong in it
    """
    tk.check_access("draft_act_part_update", context, data_dict)
    data = shared.validated(data_dict, schema.part_update(), context, "heading", "text")
    for name in ("heading", "text"):
        if not isinstance(data.get(name, {}), dict):
            raise tk.ValidationError({name: [tk._("Give it by language, such as kk and ru.")]})
    act, user = visible(context, data), shared.person(context)
    with shared.written():
        changed, eid = drafting.put(act.id, data, user)
    return {"eid": eid, "number": changed.number}


def draft_act_part_delete(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take a part of the version in preparation away, with all that stands under it, in all languages.

    :param id: id or number of the act
    :type id: string
    :param eid: of the part
    :type eid: string

    :returns: ``number`` of the act
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency
    :raises ValidationError: when there is no such part
    """
    tk.check_access("draft_act_part_delete", context, data_dict)
    data = shared.validated(data_dict, schema.part_update(), context)
    act, user = visible(context, data), shared.person(context)
    with shared.written():
        changed = drafting.remove(act.id, data.get("eid", ""), user)
    return {"number": changed.number}


def draft_act_version_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Begin the next version, after the discussion and before the adoption. It becomes public by the step
    ``publish_version`` of :py:func:`draft_act_transition`; then every comment finds its place in it.

    :param id: id or number of the act
    :type id: string
    :param parts: the text (optional, default: that of the last version, to be changed)
    :type parts: dictionary
    :param note: language → what is new (optional)
    :type note: dictionary

    :returns: the version: ``id``, ``number``, ``state``, ``note``, ``languages``
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency
    :raises ValidationError: in another state, or when one is in preparation
    """
    tk.check_access("draft_act_version_create", context, data_dict)
    data = shared.validated(data_dict, schema.version_create(), context, "parts")
    act, user = visible(context, data), shared.person(context)
    parts = shared.act_text(data["parts"]) if data.get("parts") else None
    with shared.written():
        version = moving.prepare_version(act.id, parts, data.get("note") or {}, user)
    return storing.shown(version, storing.languages([version.id]))


def draft_act_document_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Add a document to an act: PDF, DOCX, XLSX, HTML or TXT of at most 10 MB.

    :param id: id or number of the act
    :type id: string
    :param kind: note, comparative_table, impact_analysis, opinion or other
    :type kind: string
    :param title: language → title (optional)
    :type title: dictionary
    :param channel: of an opinion: the channel in which the expert is accredited
    :type channel: string
    :param file: uploaded, or ``{"name": …, "content": base64}``
    :type file: file

    :returns: ``id``, ``kind``, ``title``, ``name``, ``mimetype``, ``size``, ``sha256``, ``added_at``
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency, and experts with their opinions
    :raises ValidationError: for another kind of file
    """
    tk.check_access("draft_act_document_create", context, data_dict)
    plain = {name: value for name, value in data_dict.items() if name != "file"}
    data = shared.validated(plain, schema.document(), context)
    act, user = visible(context, data), shared.person(context)
    channel = data.get("channel") if data["kind"] == "opinion" else None
    with shared.written():
        made = documents.add(act, data["kind"], data.get("title") or {}, data_dict.get("file"), user, channel)
    return documents.shown(made)


@tk.side_effect_free
def draft_act_document_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A document of an act with its content.

    :param id: id or number of the act
    :type id: string
    :param document_id: as :py:func:`draft_act_show` gives it
    :type document_id: string

    :returns: the document, with ``content`` in base64
    :rtype: dictionary
    :raises ObjectNotFound: when there is none
    """
    tk.check_access("draft_act_document_show", context, data_dict)
    act = visible(context, data_dict)
    found = documents.get(act.id, str(data_dict.get("document_id") or ""))
    return {**documents.shown(found), "content": base64.b64encode(found.content).decode()}


def draft_act_expert_accredit(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Let a person speak as an expert in a channel, over all agencies.

    :param user: id or name
    :type user: string
    :param channel: chamber, public_council, ngo, anti_corruption, scientific_legal or scientific_economic
    :type channel: string
    :param organization: language → for whom the expert speaks
    :type organization: dictionary
    :param since: day (optional, default: today)
    :type since: string
    :param until: last day (optional)
    :type until: string

    :returns: ``user``, ``channel``, ``organization``, ``since``, ``until``
    :rtype: dictionary
    :raises NotAuthorized: for all but administrators of the portal
    :raises ValidationError: for an unknown person
    """
    tk.check_access("draft_act_expert_accredit", context, data_dict)
    data = shared.validated(data_dict, schema.accredit(), context)
    user, actor = model.User.get(data["user"]), shared.person(context)
    if user is None or user.state != model.State.ACTIVE:
        raise tk.ValidationError({"user": [tk._("There is no such person.")]})
    since = data.get("since") or officers.today()
    with shared.written():
        if not officers.holds(user.id, {Role.EXPERT}, component=COMPONENT, agency_id=None):
            message = tk._("Grant this person the role of an expert of open regulations first.")
            raise tk.ValidationError({"user": [message]})
        made = people.accredit(user.id, data["channel"], data["organization"], since, data.get("until"), actor)
    until = made.until.isoformat() if made.until else None
    return {
        "user": user.name,
        "channel": made.channel,
        "organization": made.organization,
        "since": made.since.isoformat(),
        "until": until,
    }
