"""Actions on audits and their findings."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.budget.logic.action.programmes import committed, person_of
from ckanext.opengov.budget.logic.schema import audits as schema
from ckanext.opengov.budget.logic.schema.common import checked, one
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service.audits import life, showing, totals
from ckanext.opengov.budget.service.people import INSIDE
from ckanext.opengov.civic.service import officers

__all__ = [
    "audit_finding_upsert",
    "audit_result_create",
    "audit_result_list",
    "audit_result_show",
    "audit_result_totals",
    "audit_result_transition",
    "audit_result_update",
]


def audit_result_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Draft the result of an audit. Only officers of the auditing body see it until it is published.

    :param owner_org: id or name of the auditing body
    :type owner_org: string
    :param name: address of the page (optional)
    :type name: string
    :param title: language (kk, ru, en) → title; at least one language
    :type title: dictionary
    :param summary: language → what was found in short
    :type summary: dictionary
    :param kind: state_audit or financial_control
    :type kind: string
    :param audited: id or name of the audited agency
    :type audited: string
    :param period_from: first day of the audited period, ISO 8601
    :type period_from: string
    :param period_until: its last day
    :type period_until: string
    :param amount: how much money was looked at, in tenge (optional)
    :type amount: string
    :param act_number: number of the act (optional)
    :type act_number: string
    :param act_date: its day (optional)
    :type act_date: string

    :returns: the audit as in :py:func:`audit_result_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the auditing body who write
    :raises ValidationError: with all that is wrong, by field
    """
    tk.check_access("audit_result_create", context, data_dict)
    data = checked(data_dict, schema.create(), context, *schema.AUDIT)
    person = person_of(context)
    made = committed(lambda: life.create(data, data["owner_org"], person.user_id, data.get("name")))
    return showing.full(made, person)


def audit_result_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change what is said of the audit itself; all of it is given.

    :param id: id or name of the audit
    :type id: string

    The other parameters are those of :py:func:`audit_result_create` without ``owner_org`` and ``name``.

    :returns: the audit as in :py:func:`audit_result_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the auditing body who write
    :raises ValidationError: with all that is wrong, by field
    """
    tk.check_access("audit_result_update", context, data_dict)
    data = checked(data_dict, one(), context, *schema.AUDIT)
    person, found = person_of(context), life.get(data["id"])
    return showing.full(committed(lambda: life.update(found.id, data, person.user_id)), person)


def audit_result_transition(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Publish a draft, or withdraw what is public.

    :param id: id or name of the audit
    :type id: string
    :param event: publish or withdraw
    :type event: string
    :param reason: for withdraw: why, at least ten characters; everybody reads it
    :type reason: string

    :returns: the audit as in :py:func:`audit_result_show`
    :rtype: dictionary
    :raises NotAuthorized: when the user's roles do not allow it
    :raises ValidationError: when the state does not allow it
    """
    tk.check_access("audit_result_transition", context, data_dict)
    data = checked(data_dict, schema.transition(), context)
    person, found = person_of(context), life.get(data["id"])
    moved = committed(lambda: life.transition(found.id, data["event"], person, data.get("reason") or ""))
    return showing.full(moved, person)


def audit_finding_upsert(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Add a finding to an audit, or change one. The auditing body writes the finding and says when it is cured; the
    audited agency cures it or disputes it, once the audit is published.

    :param audit_id: id or name of the audit
    :type audit_id: string
    :param number: of a finding that is there; without it a new one is added
    :type number: integer
    :param object: language → what was looked at and what is wrong
    :type object: dictionary
    :param violation: misuse, inefficient, procurement, accounting, property, revenue or procedure
    :type violation: string
    :param amount: in tenge, an exact decimal, best as text; 0 when it is no matter of money
    :type amount: string
    :param recommendation: language → what is to be done
    :type recommendation: dictionary
    :param deadline: until when, ISO 8601 (optional)
    :type deadline: string
    :param responsible: who cures it
    :type responsible: string
    :param programme_code: code of the programme (optional)
    :type programme_code: string
    :param line_code: code of the line of the budget (optional)
    :type line_code: string
    :param state: open, curing, cured or disputed
    :type state: string
    :param cured_amount: how much of the amount is cured; all of it once the state is cured
    :type cured_amount: string
    :param note: what the audited agency says; needed to dispute
    :type note: string
    :param evidence: what proves it: ``title``, ``url``
    :type evidence: list of dictionaries

    :returns: the finding
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the two sides
    :raises ObjectNotFound: when there is no such audit or finding
    :raises ValidationError: for what this side may not write, a move that is not possible, or a sum that does not fit
    """
    tk.check_access("audit_finding_upsert", context, data_dict)
    data = checked(data_dict, schema.finding(), context, *schema.FINDING)
    person, audit = person_of(context), life.get(data["audit_id"])
    given = {name: data[name] for name in schema.FINDING if name in data}
    made = committed(lambda: life.upsert(audit.id, data.get("number"), given, person))
    return showing.finding(made, totals.matched(audit, [made]), life.sides(audit, person))


@tk.side_effect_free
def audit_result_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One audit with its findings.

    :param id: id or name
    :type id: string

    :returns: ``id``, ``name``, ``body``, ``audited``, ``kind``, ``state``, ``title``, ``summary``, ``period_from``,
        ``period_until``, ``amount``, ``findings`` (with ``programme`` where the code leads to one), ``found`` and
        ``cured`` (exact decimals as text), and ``events`` and ``sides`` (what the user may do)
    :rtype: dictionary
    :raises ObjectNotFound: when there is none, or it is a draft of a body whose officer the user is not
    """
    tk.check_access("audit_result_show", context, data_dict)
    data = checked(data_dict, one(), context)
    return showing.full(life.get(data["id"]), person_of(context))


@tk.side_effect_free
def audit_result_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Published audits, the latest period first; drafts too for the officers of their bodies.

    :param kind: state_audit or financial_control (optional)
    :type kind: string
    :param state: draft, published or withdrawn (optional)
    :type state: string
    :param agency: id or name of the audited agency (optional)
    :type agency: string
    :param body: id or name of the auditing body (optional)
    :type body: string
    :param year: audits whose period ends in this year (optional)
    :type year: integer
    :param offset: how many to skip (0)
    :type offset: int
    :param limit: at most 100 (20)
    :type limit: int

    :returns: ``count`` and ``results``
    :rtype: dictionary
    :raises ValidationError: for an unknown kind, state or agency
    """
    tk.check_access("audit_result_list", context, data_dict)
    data = checked(data_dict, schema.listing(), context)
    person = person_of(context)
    hidden = None if person.is_admin else frozenset()
    if person.user_id and not person.is_admin:
        hidden = frozenset(officers.agencies_of(person.user_id, INSIDE, COMPONENT))
    count, found = showing.page(data, hidden)
    return {"count": count, "results": showing.briefs(found)}


@tk.side_effect_free
def audit_result_totals(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What was found and cured in each audited agency, and the findings whose codes lead to no programme.

    :param year: audits whose period ends in this year (optional)
    :type year: integer
    :param agency: id or name of the audited agency (optional)
    :type agency: string

    :returns: ``agencies`` (each with ``found``, ``cured``, ``share`` in percent, ``audits``, ``findings``, ``open``,
        ``disputed`` and ``late``; amounts in tenge, exact decimals as text) and ``unmatched``
    :rtype: dictionary
    :raises ValidationError: for an unknown agency
    """
    tk.check_access("audit_result_totals", context, data_dict)
    data = checked(data_dict, schema.totals(), context)
    return {"agencies": totals.by_agency(data.get("year"), data.get("agency")), "unmatched": totals.unmatched()}
