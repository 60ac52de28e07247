"""Who writes audits, who works on their findings, and who reads them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.budget.logic.auth.programmes import text_of
from ckanext.opengov.budget.model.audits import Audit
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service.audits import life
from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies

__all__ = [
    "audit_finding_upsert",
    "audit_result_create",
    "audit_result_list",
    "audit_result_show",
    "audit_result_totals",
    "audit_result_transition",
    "audit_result_update",
]


def _audit(context: Context, data: DataDict, key: str = "id") -> Audit:
    """The audit, if the user may see it.

    :raises ObjectNotFound: also for a draft that the user may not see
    """
    found = life.get(text_of(data.get(key)))
    if found.published_at is None and not access.may("budget_draft_show", context, COMPONENT, found.body_id):
        raise tk.ObjectNotFound(tk._("There is no such audit."))
    return found


def audit_result_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who write, in the auditing body; before it is chosen, in any."""
    found = agencies.find(text_of(data_dict.get("owner_org")))
    may = access.may("audit_result_create", context, COMPONENT, found.id if found else None)
    return {"success": may, "msg": tk._("Only officers of the auditing body write its results.")}


def audit_result_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who write, in the auditing body."""
    may = access.may("audit_result_update", context, COMPONENT, _audit(context, data_dict).body_id)
    return {"success": may, "msg": tk._("Only officers of the auditing body write its results.")}


def audit_result_transition(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who publish, in the auditing body."""
    may = access.may("audit_result_transition", context, COMPONENT, _audit(context, data_dict).body_id)
    return {"success": may, "msg": tk._("This step of an audit is not yours to take.")}


def audit_finding_upsert(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who write, of the auditing body; once it is published also of the audited agency."""
    found = _audit(context, data_dict, "audit_id")
    places = [found.body_id, *([found.audited_id] if found.state == "published" else [])]
    may = any(access.may("audit_finding_upsert", context, COMPONENT, one) for one in places)
    return {
        "success": may,
        "msg": tk._("Only officers of the auditing body and of the audited agency work on findings."),
    }


@tk.auth_allow_anonymous_access
def audit_result_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; drafts only officers of the auditing body."""
    _audit(context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def audit_result_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


audit_result_totals = audit_result_list
