"""Who may do what with the catalogue."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

__all__ = ["opengov_agency_tree", "opengov_table_load", "opengov_table_show"]


@tk.auth_allow_anonymous_access
def opengov_agency_tree(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who may see the list of organizations."""
    return {"success": tk.check_access("organization_list", context, {})}


@tk.auth_allow_anonymous_access
def opengov_table_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who may see the file that the table was made of."""
    return {"success": tk.check_access("resource_show", context, {"id": data_dict["resource_id"]})}


def opengov_table_load(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who may change the file that the table is made of."""
    return {"success": tk.check_access("resource_update", context, {"id": data_dict["resource_id"]})}
