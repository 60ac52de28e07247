"""The journal's actions: reading it, and checking that nobody changed it."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import ActionResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.schema import journal as schema
from ckanext.opengov.civic.service import journal, journal_check
from ckanext.opengov.civic.service.journal_chain import Fault, VerifyResult
from ckanext.opengov.civic.service.refusal import N_

__all__ = ["journal_list", "journal_verify"]

REASONS = {
    Fault.CONTENT: N_("Entry {id} was changed: its fields do not give its hash."),
    Fault.LINK: N_("Entry {id} does not follow from the one before: that one was changed or replaced."),
    Fault.GAP: N_("Entries are missing before entry {id}."),
    Fault.MISSING: N_("Entry {id} was sealed and is gone."),
    Fault.SEALED: N_("Entry {id} is not the one that was sealed."),
    Fault.SEAL: N_("Seal {id} is forged: its heads or its signature were changed, or the key was."),
}


@tk.side_effect_free
def journal_list(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """The journal of one entity, oldest entry first.

    Everybody who may see the entity reads the public part; officers of its component and agency read the internal
    part and who acted.

    :param entity_type: ``agency``, ``calendar`` or a type of package, such as ``dataset`` or ``appeal``
    :type entity_type: string
    :param entity_id: the id or name of the entity; ``days`` for the calendar's transferred days
    :type entity_id: string
    :param after: ``seq`` of the last entry that you have (optional, default 0)
    :type after: int
    :param limit: how many entries (optional, default 100, at most 1000)
    :type limit: int
    :returns: ``entries`` (id, seq, at in UTC, event, title in your language, public; for officers internal, actor and
        actor_name) and ``next``, the ``after`` of the next page or null
    :rtype: dictionary
    :raises NotAuthorized: when you may not see the entity
    :raises ObjectNotFound: when there is no such entity
    """
    tk.check_access("journal_list", context, data_dict)
    data, errors = tk.navl_validate(data_dict, schema.journal_list(), context)
    if errors:
        raise tk.ValidationError(errors)
    of = access.subject(context, data["entity_type"], data["entity_id"])
    inside = access.sees_inside("journal_list", context, of)
    limit = data["limit"]
    found = journal.entries(of.entity_type, of.entity_id, internal=inside, after=data["after"], limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    if inside:
        _name_actors(found)
    for entry in found:
        entry["title"] = journal.title(entry["event"], entry["public"])
        entry["at"] = entry["at"].isoformat()
    return {"entries": found, "next": found[-1]["seq"] if more else None}


def _name_actors(found: list[dict[str, Any]]) -> None:
    ids = {entry["actor"] for entry in found if entry["actor"]}
    query = sa.select(model.User.id, model.User.fullname, model.User.name).where(model.User.id.in_(ids))
    names = {number: fullname or name for number, fullname, name in model.Session.execute(query)}
    for entry in found:
        entry["actor_name"] = names.get(entry["actor"])


@tk.side_effect_free
def journal_verify(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Check that nobody changed the journal: each chain against its hashes, and against the seals.

    Without an entity the whole journal is read, which takes about a minute for each million entries;
    ``ckan opengov journal verify`` does the same without holding a web worker.

    :param entity_type: ``agency`` or a type of package (optional)
    :type entity_type: string
    :param entity_id: the id or name of the entity (optional, with ``entity_type``)
    :type entity_id: string
    :returns: ``ok``, ``checked`` (entries), ``sealed_at`` (the last seal), and for a broken chain ``first_broken_id``
        (of the entry, or of the seal), ``entity_type``, ``entity_id``, ``seq``, ``reason`` (content, link, gap,
        missing, sealed or seal) and ``message``
    :rtype: dictionary
    :raises NotAuthorized: unless you are an officer of the entity's component and agency, or for the whole journal
        an administrator of the portal
    """
    tk.check_access("journal_verify", context, data_dict)
    data, errors = tk.navl_validate(data_dict, schema.journal_verify(), context)
    if bool(data.get("entity_type")) != bool(data.get("entity_id")):
        missing = "entity_id" if data.get("entity_type") else "entity_type"
        errors[missing] = [tk._("Give both the type and the id of the entity, or neither for the whole journal.")]
    if errors:
        raise tk.ValidationError(errors)
    if not data.get("entity_type"):
        return describe(journal_check.verify_all())
    of = access.subject(context, data["entity_type"], data["entity_id"])
    return describe(journal.verify(of.entity_type, of.entity_id))


def describe(result: VerifyResult) -> dict[str, Any]:
    """The result as JSON, with a sentence in the reader's language."""
    kind, name = result.entity or (None, None)
    message = tk._(REASONS[result.reason]).format(id=result.first_broken_id) if result.reason else None
    return {
        "ok": result.ok,
        "checked": result.checked,
        "sealed_at": result.sealed_at.isoformat() if result.sealed_at else None,
        "first_broken_id": result.first_broken_id,
        "entity_type": kind,
        "entity_id": name,
        "seq": result.seq,
        "reason": str(result.reason) if result.reason else None,
        "message": message,
    }
