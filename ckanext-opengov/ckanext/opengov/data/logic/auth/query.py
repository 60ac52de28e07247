"""Who reads tables."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

__all__ = ["data_diff", "data_query"]


@tk.auth_allow_anonymous_access
def data_query(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who may see the resource."""
    return {"success": tk.check_access("resource_show", tk.fresh_context(context), {"id": data_dict["resource_id"]})}


data_diff = data_query
