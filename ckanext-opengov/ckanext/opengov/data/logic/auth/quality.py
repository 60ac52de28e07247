"""Who sees the quality of data sets, and who has it computed anew."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

__all__ = ["data_quality_check", "data_quality_list", "data_quality_show"]


@tk.auth_allow_anonymous_access
def data_quality_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who may see the data set; an agency's everybody, since only public data sets count there."""
    if data_dict.get("id"):
        tk.check_access("package_show", context, {"id": data_dict["id"]})
    return {"success": True}


@tk.auth_allow_anonymous_access
def data_quality_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


def data_quality_check(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who may change the data set."""
    return {"success": tk.check_access("package_update", context, {"id": tk.get_or_bust(data_dict, "id")})}
