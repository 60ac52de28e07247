"""Who reads the heads' pages."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

__all__ = ["head_list", "head_show"]


@tk.auth_allow_anonymous_access
def head_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def head_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}
