"""Who writes reports and puts agencies down for them, and who reads them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.budget.logic.auth.programmes import text_of
from ckanext.opengov.budget.model.reports import Report
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service.reports import life
from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies

__all__ = [
    "budget_duty_assign",
    "budget_duty_list",
    "budget_report_create",
    "budget_report_list",
    "budget_report_show",
    "budget_report_transition",
    "budget_report_update",
]


def _report(context: Context, data: DataDict) -> Report:
    """The report, if the user may see it.

    :raises ObjectNotFound: also for a draft that the user may not see
    """
    found = life.get(text_of(data.get("id")))
    if found.published_at is None and not access.may("budget_draft_show", context, COMPONENT, found.agency_id):
        raise tk.ObjectNotFound(tk._("There is no such report."))
    return found


def budget_report_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who write, in the agency; before it is chosen, in any."""
    found = agencies.find(text_of(data_dict.get("owner_org")))
    may = access.may("budget_report_create", context, COMPONENT, found.id if found else None)
    return {"success": may, "msg": tk._("Only officers of the agency’s budget write its reports.")}


def budget_report_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who write, in the agency."""
    may = access.may("budget_report_update", context, COMPONENT, _report(context, data_dict).agency_id)
    return {"success": may, "msg": tk._("Only officers of the agency’s budget write its reports.")}


def budget_report_transition(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who publish, in the agency."""
    may = access.may("budget_report_transition", context, COMPONENT, _report(context, data_dict).agency_id)
    return {"success": may, "msg": tk._("This step of a report is not yours to take.")}


@tk.auth_allow_anonymous_access
def budget_report_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; drafts only officers of the agency."""
    _report(context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def budget_report_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


budget_duty_list = budget_report_list


def budget_duty_assign(context: Context, data_dict: DataDict) -> AuthResult:
    """Supervisors, over all agencies."""
    may = access.may("budget_duty_assign", context, COMPONENT, None)
    return {"success": may, "msg": tk._("Only supervisors put agencies down for reports.")}
