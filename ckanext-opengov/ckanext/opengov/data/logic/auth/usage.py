"""Who sees the statistics of data sets."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

__all__ = ["data_usage_show"]


@tk.auth_allow_anonymous_access
def data_usage_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who may see the data set."""
    return {"success": tk.check_access("package_show", context, {"id": tk.get_or_bust(data_dict, "id")})}
