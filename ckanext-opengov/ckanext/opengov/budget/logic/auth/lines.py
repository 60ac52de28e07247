"""Who imports budgets, and who reads them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service.lines import budgets
from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies

__all__ = [
    "budget_aggregate",
    "budget_check",
    "budget_clarity_add",
    "budget_create",
    "budget_import",
    "budget_import_list",
    "budget_import_show",
    "budget_line_list",
    "budget_list",
    "budget_path_show",
    "budget_show",
]


def budget_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Publishers of the agency; before it is chosen, of any agency."""
    reference = data_dict.get("owner_org")
    agency = agencies.find(reference) if isinstance(reference, str) and reference else None
    may = access.may("budget_create", context, COMPONENT, agency.id if agency else None)
    return {"success": may, "msg": tk._("Only publishers of the agency make its budgets.")}


def _sent(action: str, context: Context, data_dict: DataDict) -> AuthResult:
    budget = budgets.find(data_dict.get("budget"))
    may = access.may(action, context, COMPONENT, budget["agency_id"] if budget else None)
    return {"success": may, "msg": tk._("Only publishers of the agency import its budgets.")}


def budget_import(context: Context, data_dict: DataDict) -> AuthResult:
    """Publishers of the budget's agency."""
    return _sent("budget_import", context, data_dict)


def budget_check(context: Context, data_dict: DataDict) -> AuthResult:
    """Authors and publishers of the budget's agency."""
    return _sent("budget_check", context, data_dict)


@tk.auth_allow_anonymous_access
def budget_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


budget_show = budget_aggregate = budget_line_list = budget_clarity_add = budget_list
budget_import_list = budget_import_show = budget_path_show = budget_list
