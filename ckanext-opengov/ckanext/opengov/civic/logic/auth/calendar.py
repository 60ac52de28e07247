"""The calendar is read by everybody and changed by administrators of the portal."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

__all__ = ["calendar_day_delete", "calendar_day_list", "calendar_day_set", "calendar_explain"]


@tk.auth_allow_anonymous_access
def calendar_explain(context: Context, data_dict: DataDict | None) -> AuthResult:
    """Everybody may know how a term is counted."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def calendar_day_list(context: Context, data_dict: DataDict | None) -> AuthResult:
    """Everybody may know which days are transferred."""
    return {"success": True}


def calendar_day_set(context: Context, data_dict: DataDict | None) -> AuthResult:
    """System administrators only: CKAN lets them pass before it asks."""
    return {"success": False, "msg": tk._("Only an administrator of the portal transfers days.")}


def calendar_day_delete(context: Context, data_dict: DataDict | None) -> AuthResult:
    """System administrators only: CKAN lets them pass before it asks."""
    return calendar_day_set(context, data_dict)
